"""The front page: today, charts from numbers in the page, what waits and for whom."""

import json
import re

import pytest

from app.alliance.overview import counting
from app.core.world import beijing_day, now
from app.pages.console import dashboard
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Nothing is remembered from another test."""
    monkeypatch.setattr(dashboard._health, "_until", 0.0)


def count_today():
    day = beijing_day(now())
    counting._write(day, counting._counted(day))


def test_it_shows_today_and_draws_what_the_api_says(client, visitor):
    world.paid(client, world.rich(50_000), world.shop(), 12_300)
    count_today()
    person = visitor("operator")
    page = person.see("/console", "今日消费", "每日让利", "平台账户", "疑似同一人")
    charts = json.loads(re.search(r'id="charts">(.*?)</script>', page)[1])
    token = person.browser.get_cookie("staff").value
    days = client.get("/api/v1/overview/days", headers={"Authorization": f"Bearer {token}"}).json[
        "days"
    ]
    assert charts["sales"]["labels"][-1] == days[0]["day"][5:]
    assert charts["sales"]["series"][0]["values"][-1] == days[0]["sold_fen"] / 100


def test_each_role_sees_the_work_that_is_theirs(visitor):
    count_today()
    shown = {
        role: set(
            re.findall(
                r'<a href="?(/console/[a-z-]+)[^>]*class="figure', visitor(role).see("/console")
            )
        )
        for role in ("support", "finance", "reviewer")
    }
    assert "/console/withdrawals" in shown["finance"] & shown["reviewer"]
    assert "/console/withdrawals" not in shown["support"]
    assert "/console/merges" in shown["support"] - shown["finance"]
    assert "平台账户" not in visitor("reviewer").see("/console")


def test_queues_renew_themselves_and_are_asked_for_once_in_a_while(visitor, monkeypatch):
    person = visitor("finance")
    asked = []
    health = dashboard._health._ask
    monkeypatch.setattr(dashboard._health, "_ask", lambda: asked.append(1) or health())
    part = person.get("/console/waiting")
    assert "<html" not in part.text
    assert "待审核提现" in part.text
    person.get("/console/waiting")
    assert len(asked) == 1


def test_a_trouble_leads_to_the_page_that_tells_more_if_it_is_open_to_the_visitor(
    visitor, monkeypatch
):
    health = {"status": "ready", "calendar_ending": 1, "orders_overdue": 2}
    monkeypatch.setattr(dashboard._health, "_ask", lambda: health)
    told = visitor("operator").see("/console/waiting", "需要关注", "未结订单 2")
    assert '<a href="/console/calendar">工作日历将到期</a> 1' in told
    monkeypatch.setattr(dashboard._health, "_until", 0.0)
    told = visitor("reviewer").see("/console/waiting", "工作日历将到期 1")
    assert "/console/calendar" not in told
