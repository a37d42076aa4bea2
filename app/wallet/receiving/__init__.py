"""Leave to be paid without confirming each withdrawal on the phone. 免确认收款授权"""
