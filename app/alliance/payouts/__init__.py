"""Settled money that leaves by itself after a settlement, where a merchant wants it so. 自动打款"""
