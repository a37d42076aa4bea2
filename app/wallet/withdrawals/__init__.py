"""Money that earners take out: request, review, batch, payment, tax. 提现"""
