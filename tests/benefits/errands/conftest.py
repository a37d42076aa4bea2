"""A town for each test."""

import pytest

from tests.alliance import shop as world
from tests.benefits.errands.town import Town


@pytest.fixture
def town(client, context):
    return Town(client)


@pytest.fixture
def poster(context):
    """A member with a hundred yuan."""
    return world.rich(10_000)


@pytest.fixture
def runner(town):
    return town.runner()
