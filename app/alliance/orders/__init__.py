"""Carts and orders of offers: paid into escrow, handed over, and a sale when completed. 订单"""
