"""Difference codes (差异码): which enterprise a customer belongs to, and what it earns by them."""
