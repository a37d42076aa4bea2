"""One programme for the tests of a file; letters that nobody reads are taken away."""

from __future__ import annotations

import pytest

from tests.alliance import shop as world
from tests.benefits.promotion.programme import programme


@pytest.fixture(autouse=True)
def letters_taken_away(context):
    yield
    world.burn_letters()


@pytest.fixture(scope="module")
def of(app):
    """A programme that runs on: each test has its own people. Who ends one makes another."""
    with app.app_context():
        return programme(app.test_client(), 1_000_000)
