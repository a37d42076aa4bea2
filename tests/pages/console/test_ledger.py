"""The books at the console and in the API: each fen of an owner found, paged, by staff only."""

import pytest

from app.alliance.distribution import distribute, fold
from app.core.world import PLATFORM_ID, new_id
from app.ledger.service import Account
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")
API = "/api/v1/ledger"


@pytest.fixture
def payer(client):
    """A member with prepaid money who bought twice."""
    member_id, shop = world.rich(50_000), world.shop()
    for amount in (10_000, 7_700):
        world.paid(client, member_id, shop, amount)
    distribute()
    fold()
    return member_id


def test_an_account_is_read_entry_by_entry_without_gap_or_repetition(client, payer):
    headers = world.staff_headers("finance")
    found = client.get(f"{API}/{payer}", headers=headers).json["accounts"]
    held = {each["account"]: each["balance_fen"] for each in found}
    assert held["prepaid_principal"] == 50_000 - 17_700
    seen, query = [], {"account": "prepaid_principal", "limit": 1}
    while True:
        page = client.get(f"{API}/{payer}/entries", query_string=query, headers=headers).json
        seen += page["entries"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert len({each["entry_id"] for each in seen}) == len(seen) > 2
    assert sum(each["amount_fen"] for each in seen) == held["prepaid_principal"]
    assert seen[0]["balance_fen"] == held["prepaid_principal"]


def test_nonsense_is_refused_and_others_see_no_books(client, payer):
    headers = world.staff_headers("operator")
    for wrong in ({}, {"account": "x"}, {"account": "rebate", "cursor": "a~b~c"}):
        answer = client.get(f"{API}/{payer}/entries", query_string=wrong, headers=headers)
        assert answer.status_code in (400, 422), wrong
    assert client.get(f"{API}/{new_id()}", headers=headers).json["accounts"] == []
    for role in ("support", "reviewer"):
        answer = client.get(f"{API}/{payer}", headers=world.staff_headers(role))
        assert answer.status_code == 403
    for path in (API + f"/{payer}", API + f"/{payer}/entries?account=rebate"):
        assert client.get(path, headers=world.headers(payer)).status_code == 403


def test_the_books_are_looked_through_from_owner_to_fen(payer, visitor):
    person = visitor("finance")
    person.see("/console/ledger", "账本", "每日关账", f"{PLATFORM_ID}/operations")
    person.see(f"/console/ledger/{PLATFORM_ID}/operations", "逐分说明")
    here = f"/console/ledger/{payer}/{Account.PREPAID_PRINCIPAL.label}"
    person.see("/console/ledger", here, "¥323.00", owner=str(payer))
    page = person.see(here, "−¥77.00", "逐分说明")
    entry = page.split('href="/console/entries/')[1].split('"')[0]
    person.see(f"/console/entries/{entry}", "分录", "−¥77.00")
    person.see(here, "这 31 天里没有分录", day="2020-02-01")
    assert person.get(here, day="gestern").status_code == 422
    assert person.get(f"/console/ledger/{payer}/nothing").status_code == 404
    other = visitor("support", "reviewer")
    for path in ("/console/ledger", here):
        assert other.get(path).status_code == 403
