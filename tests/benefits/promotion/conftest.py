"""Letters that nobody needs to read are taken away after each test."""

from __future__ import annotations

import pytest

from tests.alliance import shop as world


@pytest.fixture(autouse=True)
def letters_taken_away(context):
    yield
    world.burn_letters()
