"""What the alliance owes and what it holds for it, for everybody to see. 备付金公示"""
