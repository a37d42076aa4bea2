"""Merchants, stores, contracts, sales and their shares. No balance is kept here: money moves only
through the ledger, and what lies in a purse is the wallet's affair."""
