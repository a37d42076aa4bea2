"""Visitors of the console, who ask for exports."""

from tests.pages.console.conftest import visitor

__all__ = ["visitor"]
