"""Every queue of these tests ends with its test: the pool has one owner at a time."""

import pytest

from tests.benefits.queue_subsidy.line import Line
from tests.benefits.stage import end_queues


@pytest.fixture
def line(client, context):
    """Makes a queue that runs."""

    def make(pool_fen=0, **rules):
        return Line(client, pool_fen, **rules)

    yield make
    end_queues()
