"""Visitors of the consoles."""

import pytest

from tests.pages.console.visitors import Visitor


@pytest.fixture
def visitor(app, context):
    """Makes somebody of the staff with these roles, signed in at the console."""
    return lambda *roles, **narrow: Visitor(app, *roles, **narrow).sign_in()
