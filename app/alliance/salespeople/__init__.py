"""Salespeople and other recommenders: their codes, what they brought, their authorisation."""
