"""Campaigns at the console: written by a form of their kind, published by another, once."""

from datetime import timedelta

import pytest

from app.alliance import distribution
from app.core.world import PLATFORM_ID, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.conftest import bare, stage  # noqa: F401  # a kind that decides nothing
from tests.pages.console.visitors import hidden

pytestmark = pytest.mark.usefixtures("context", "bare", "stage")
NEW = "/console/campaigns/new/bare"


def wish(**differs: str) -> dict[str, str]:
    """What is typed into the form; moments in Beijing time."""
    until = (now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    return {
        "name": "开业<大>礼",
        "name_en": "Opening gift",
        "funder": "campaign_fund",
        "budget_fen": "10",
        "starts_at": "2026-01-01T08:00",
        "ends_at": until,
        "gift_fen": "2.50",
    } | differs


def fund() -> None:
    """50 yuan in the campaign fund."""
    world.give(PLATFORM_ID, Account.CAMPAIGN_FUND, 5_000)
    distribution.fold()


def budget(address: str, person) -> dict:
    """The campaign as the API tells it to this person."""
    person.see(address)
    told = person.browser.get(
        f"/api/v1/campaigns/{address.rpartition('/')[2]}",
        headers=world.staff_headers("operator"),
    )
    return told.json


def test_a_draft_is_rewritten_and_published_by_another_exactly_once(visitor):
    fund()
    author, other = visitor("operator"), visitor("operator")
    author.see("/console/campaigns", "新建活动", NEW)
    author.see(NEW, "出资", "参与对象", 'name="gift_fen"')
    wrong = author.post(NEW, **wish(gift_fen="两元"))
    assert wrong.status_code == 422
    assert 'value="两元"' in wrong.text
    here = author.do(NEW, **wish(joined_from="2026-02-03T08:00")).location
    page = author.see(here, "开业&lt;大&gt;礼", "您起草了此活动", "¥10.00", "¥2.50")
    assert f'action="{here}/publish"' not in page
    refused = author.post(f"{here}/publish")
    assert refused.status_code == 403
    page = author.see(f"{here}/rewrite", 'value="2.50"', 'value="2026-02-03T08:00"')
    assert 'value="10.00"' in page
    author.do(f"{here}/rewrite", **wish(gift_fen="3", joined_from="2026-02-03T08:00"))
    told = budget(here, author)
    assert (told["status"], told["settings"]) == ("draft", {"gift_fen": 300})
    assert told["audience"] == {"joined_from": "2026-02-03T00:00:00+00:00"}
    key = hidden(other.see(here, "草稿待发布"), "key")
    assert other.post(f"{here}/publish", revision="1").status_code == 409
    for _ in range(2):
        assert other.post(f"{here}/publish", key=key, revision="2").status_code == 303
    assert other.get(f"{here}/rewrite").status_code == 404
    told = budget(here, other)
    assert (told["status"], told["left_fen"]) == ("published", 1_000)


def test_money_is_added_once_and_it_is_paused_resumed_and_ended_with_a_reason(visitor):
    fund()
    author, other = visitor("operator"), visitor("operator")
    author.get(NEW)
    here = author.do(NEW, **wish()).location
    other.see(here)
    other.do(f"{here}/publish")
    key = hidden(other.see(here, "追加预算"), "key")
    for _ in range(2):
        assert other.post(f"{here}/money", key=key, amount_fen="5").status_code == 303
    assert budget(here, other)["left_fen"] == 1_500
    assert other.post(f"{here}/pause", reason="").status_code == 422
    other.do(f"{here}/pause", reason="核对<规则>")
    other.see(here, "已暂停", "核对&lt;规则&gt;", "还没有发放")
    other.see("/console/campaigns", here, status="paused", benefit="bare")
    assert here not in other.see("/console/campaigns", status="draft")
    other.do(f"{here}/resume")
    other.do(f"{here}/end", reason="提前结束")
    page = other.see(here, "提前结束")
    assert f'action="{here}/money"' not in page
    assert budget(here, other)["status"] == "ended"


def test_others_read_campaigns_at_most_and_change_none(visitor):
    author = visitor("operator")
    author.get(NEW)
    here = author.do(NEW, **wish()).location
    for role in ("finance", "support", "reviewer"):
        person = visitor(role)
        assert f'action="{here}/' not in person.see(here)
        assert person.get(NEW).status_code == 403
        person.get(here)
        assert person.post(NEW, **wish()).status_code == 403
        for step in ("publish", "pause", "resume", "end", "money", "delete", "rewrite"):
            assert person.post(f"{here}/{step}", reason="x").status_code == 403, (role, step)
    cashier = visitor("cashier")
    assert cashier.get("/console/campaigns").status_code == 403
    assert budget(here, author)["status"] == "draft"
    author.see(here)
    author.do(f"{here}/delete")
    assert author.get(here).status_code == 404
