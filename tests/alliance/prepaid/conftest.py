"""Nothing of these tests is left for others to distribute."""

import pytest

from app.alliance.distribution import distribute


@pytest.fixture(autouse=True)
def distributed(context):
    yield
    while distribute():
        pass
