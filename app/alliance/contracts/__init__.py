"""Versions of a merchant's contract: offered, accepted, one after the other. 合同版本"""
