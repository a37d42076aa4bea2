"""Bills on the page: the text WeChat Pay would offer, or why there is none."""

from __future__ import annotations

import pytest
import requests

from sandbox.clock import beijing_day


def test_a_bill_is_shown_once_it_is_ready(sandbox, merchant):
    person = sandbox.phone()
    order, prepay_id = merchant.prepay(person)
    sandbox.control(f"/phones/{person['id']}/pay", merchant.sheet(prepay_id))
    day = beijing_day(sandbox.world.clock.now())
    url = f"{sandbox.url}/page/bills"
    early = requests.get(f"{url}/ALL/{day}", timeout=9)
    assert (early.status_code, early.json()["error"]) == (409, "PARAM_ERROR")
    sandbox.pass_time(2 * 86400)
    for kind in ("ALL", "SUCCESS", "BASIC"):
        shown = requests.get(f"{url}/{kind}/{day}", timeout=9)
        assert shown.status_code == 200
    assert order["out_trade_no"] in requests.get(f"{url}/ALL/{day}", timeout=9).text
    empty = requests.get(f"{url}/REFUND/{day}", timeout=9)
    assert (empty.status_code, empty.json()["error"]) == (409, "NO_STATEMENT_EXIST")


@pytest.mark.parametrize(
    ("place", "status"),
    [("OTHER/2026-11-22", 404), ("ALL/yesterday", 409), ("ALL/2026-13-01", 409)],
)
def test_what_is_no_bill_is_refused(sandbox, place, status):
    answer = requests.get(f"{sandbox.url}/page/bills/{place}", timeout=9)
    assert (answer.status_code, "message" in answer.json()) == (status, True)
