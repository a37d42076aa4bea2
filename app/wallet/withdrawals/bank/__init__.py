"""Withdrawals paid by the bank: batches in files, and what it says of them. 银行批量转账"""
