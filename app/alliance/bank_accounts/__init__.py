"""The bank accounts merchants are paid to, encrypted, with their history. 收款账户"""
