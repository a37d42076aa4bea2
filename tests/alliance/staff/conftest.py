"""Accounts that sign in for real."""

from tests.core.accounts.conftest import hire

__all__ = ["hire"]
