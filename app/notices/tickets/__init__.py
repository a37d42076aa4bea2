"""Members' tickets, and the inbox of the staff who answer them. 工单"""
