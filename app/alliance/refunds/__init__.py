"""Sales taken back, in part or whole, each fen to where it came from. 退款"""
