"""Merchants, contracts, sales and their split (联盟). Talks to no network itself."""
