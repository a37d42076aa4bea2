"""Split policies: drafts, publishing by two, the schedule, limits, simulation. 让利分配方案"""
