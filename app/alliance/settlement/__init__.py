"""What merchants have sold becomes theirs to use, with a statement. 结算"""
