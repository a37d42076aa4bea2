"""Changing the keys of personal data (PII_KEYS) while the product runs: status, rotate, retire."""
