"""Who sold against whose top-ups, and what that comes to for each merchant. 储值轧差"""
