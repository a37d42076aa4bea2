"""The ledger compared with WeChat Pay's daily bills, and what is done about differences. 对账"""
