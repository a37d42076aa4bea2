"""Prepaid money that members pay in, and get back unspent. 充值"""
