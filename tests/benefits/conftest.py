"""A kind that decides nothing, for tests of the room itself."""

from __future__ import annotations

import pytest

from app.benefits import registry
from app.benefits.contract import Benefit, Funder, News
from app.core.schemas import Body, Fen
from tests.benefits.stage import Stage, end_campaigns


class BareSettings(Body):
    """One number."""

    gift_fen: Fen


BARE = Benefit(
    name="bare",
    title=("测试活动", "A bare kind"),
    settings=BareSettings,
    funders=(Funder.CAMPAIGN_FUND, Funder.OFFER_BUDGET),
    open_room=lambda app: None,
    news=lambda subject, what: News("活动", what, "Campaign", what),
    why=lambda grant: [("测试。", "A test.")],
)


@pytest.fixture
def bare(context):
    """The bare kind stands among the others for as long as a test."""
    registry.benefits()["bare"] = BARE
    yield "bare"
    del registry.benefits()["bare"]


@pytest.fixture
def stage(client, context):
    """A stage; what runs on it ends with its test."""
    yield Stage(client)
    end_campaigns()
