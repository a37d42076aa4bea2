"""Purses, WeChat orders and withdrawals (钱包). Knows no store, no contract and no sale."""
