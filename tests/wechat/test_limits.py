"""WeChat's limits: paths it closed are not called, calls are counted, with and without Redis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.config import settings
from app.core.world import beijing_day
from app.wechat import calls, limits
from app.wechat.client import Paused, QuotaUsedUp
from tests.wechat.api_desk import ApiDesk, refusal

pytestmark = pytest.mark.usefixtures("context")
SEND, READ = "/cgi-bin/message/template/send", "/cgi-bin/user/info"
EVENING = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)  # 20:30 in Beijing
MIDNIGHT = datetime(2026, 11, 22, 16, tzinfo=UTC)  # of Beijing
NO_REDIS = "redis://127.0.0.1:9/0"


class Clock:
    """The moment the limits see."""

    def __init__(self) -> None:
        self.moment = EVENING

    def __call__(self, *, is_exact: bool = False) -> datetime:
        return self.moment


@pytest.fixture
def clock(api: ApiDesk, monkeypatch) -> Clock:
    here = Clock()
    monkeypatch.setattr(limits, "now", here)
    limits.forget()
    return here


@pytest.fixture(params=["with Redis", "without Redis"])
def anywhere(request, monkeypatch) -> None:
    """Runs a test with Redis and without."""
    if request.param == "without Redis":
        monkeypatch.setattr(settings(), "redis_url", NO_REDIS)


def _send() -> Any:
    return calls.post("official", SEND, {"touser": "o1"})


@pytest.mark.usefixtures("anywhere")
def test_a_used_up_quota_closes_its_path_until_beijing_midnight(api: ApiDesk, clock: Clock) -> None:
    api.answers[SEND] = refusal(45009, "reach max api daily quota limit")
    for _ in range(5):
        with pytest.raises(QuotaUsedUp) as caught:
            _send()
        assert caught.value.until == MIDNIGHT
        assert int(caught.value.headers["Retry-After"]) >= (MIDNIGHT - EVENING).seconds
    assert len(api.of(SEND)) == 1
    assert limits.paused() == 1
    calls.get("official", READ, {})
    api.answers.clear()
    clock.moment = MIDNIGHT - timedelta(seconds=1)
    with pytest.raises(QuotaUsedUp):
        _send()
    clock.moment = MIDNIGHT + timedelta(seconds=1)
    _send()
    assert limits.paused() == 0


@pytest.mark.usefixtures("anywhere")
def test_asking_too_often_pauses_a_path_for_about_a_minute(api: ApiDesk, clock: Clock) -> None:
    api.answers[SEND] = [refusal(45011, "api minute-quota reach limit"), {"errcode": 0}]
    pauses = set()
    for _ in range(5):
        with pytest.raises(Paused) as caught:
            _send()
        pauses.add(caught.value.until)
    assert len(api.of(SEND)) == 1
    [until] = pauses
    assert timedelta(seconds=60) <= until - EVENING <= timedelta(seconds=90)
    clock.moment = until
    _send()


def test_pauses_differ_so_that_not_all_come_back_at_once(clock: Clock) -> None:
    ends = {limits.close("wx1", f"/{number}", Paused).until for number in range(20)}
    assert len(ends) > 10


def test_a_path_closed_by_one_process_is_closed_for_all(api: ApiDesk, clock: Clock) -> None:
    limits.close(settings().wechat_oa_app_id, SEND, QuotaUsedUp)
    limits._own_pauses.clear()  # what another process would know
    with pytest.raises(QuotaUsedUp):
        _send()
    limits.close(settings().wechat_mini_app_id, READ, QuotaUsedUp)
    calls.get("official", READ, {})
    assert limits.paused() == 2


@pytest.mark.usefixtures("anywhere")
def test_calls_are_counted_by_path_and_beijing_day(api: ApiDesk, clock: Clock) -> None:
    app_id = settings().wechat_oa_app_id
    for _ in range(3):
        _send()
    assert limits.counts_today()[f"{app_id} {SEND}"] == 3
    limits.close(app_id, SEND, QuotaUsedUp)
    with pytest.raises(QuotaUsedUp):
        _send()
    assert limits.counts_today()[f"{app_id} {SEND}"] == 3
    clock.moment = MIDNIGHT
    assert limits.counts_today() == {}
    assert beijing_day(clock.moment) > beijing_day(EVENING)


def test_calls_are_told_to_prometheus_by_app_and_path(client, api: ApiDesk) -> None:
    for _ in range(2):
        _send()
    app_id = settings().wechat_oa_app_id
    line = f'lianhui_wechat_calls_today{{app="{app_id}",path="{SEND}"}} 2.0'
    assert line in client.get("/metrics").text


def test_cleared_counts_open_the_paths_of_one_app(api: ApiDesk, clock: Clock) -> None:
    for app_id in ("wx1", "wx2"):
        limits.close(app_id, SEND, QuotaUsedUp)
    limits.reopen("wx1")
    limits.admit("wx1", SEND)
    with pytest.raises(QuotaUsedUp):
        limits.admit("wx2", SEND)


def test_clearings_are_counted_by_month(clock: Clock, monkeypatch) -> None:
    left = limits.clearings_left("wx1")
    assert left is not None
    limits.note_clearing("wx1")
    assert limits.clearings_left("wx1") == left - 1
    clock.moment = EVENING + timedelta(days=31)
    assert limits.clearings_left("wx1") == limits.CLEARINGS_A_MONTH
    monkeypatch.setattr(settings(), "redis_url", NO_REDIS)
    assert limits.clearings_left("wx1") is None
