"""Money paid out of the platform's own funds, to recipients it keeps, against receipts. 基金支出"""
