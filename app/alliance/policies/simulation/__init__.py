"""What a draft would have given to whom: past sales replayed by the production allocator. 模拟"""
