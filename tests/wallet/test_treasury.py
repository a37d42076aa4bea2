"""The platform's own money: funds are filled, places hold what is moved, fees are covered."""

import pytest

from app.core.world import PLATFORM_ID
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import treasury
from tests.ledger.books import journal, leg, post
from tests.wallet.people import headers, member, platform, staff_headers
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
FUNDS, TREASURY = "/api/v1/funds", "/api/v1/treasury"


def fill(client, account, amount_fen, key=None):
    wish = {"account": account, "amount_fen": amount_fen}
    return client.post(FUNDS, json=wish, headers=staff_headers("finance", key=key))


def move(client, origin, target, amount_fen, mine=None):
    wish = {"from": origin, "to": target, "amount_fen": amount_fen}
    return client.post(TREASURY, json=wish, headers=mine or staff_headers("finance"))


def everything():
    return ledger.balances(PLATFORM_ID, with_unfolded=True)


@pytest.mark.parametrize("account", ["operations", "campaign_fund", "charity", "queue_pool"])
def test_a_fund_is_filled_from_the_bank_once_for_a_key(client, account):
    kind = Account[account.upper()]
    before, bank = platform(kind), platform(Account.BANK_CUSTODY)
    mine = staff_headers("finance", key="once")
    wish = {"account": account, "amount_fen": 5_000}
    answers = [client.post(FUNDS, json=wish, headers=mine) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert answers[0].json["journal_id"]
    assert platform(kind) - before == 5_000
    assert platform(Account.BANK_CUSTODY) - bank == -5_000
    shown = client.get(FUNDS, headers=staff_headers("operator")).json["accounts"]
    assert shown[account]["balance_fen"] == before + 5_000


@pytest.mark.parametrize(
    "wish",
    [
        {"account": "suspense", "amount_fen": 5},
        {"account": "operations", "amount_fen": 0},
        {"account": "operations", "amount_fen": 5, "source": "wechat_takings"},
        {"account": "operations"},
        {"amount_fen": 5},
    ],
)
def test_nothing_else_is_filled(client, wish):
    before = everything()
    answer = client.post(FUNDS, json=wish, headers=staff_headers("finance"))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert everything() == before


def test_only_finance_moves_the_platforms_money(client):
    before = everything()
    wishes = {
        FUNDS: {"account": "operations", "amount_fen": 5},
        TREASURY: {"from": "bank_custody", "to": "wechat_operating", "amount_fen": 1},
    }
    for address, wish in wishes.items():
        for mine in (staff_headers("operator", "reviewer"), headers(member())):
            answer = client.post(address, json=wish, headers=mine)
            assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
        assert client.post(address, json=wish).status_code == 401
    assert client.get(FUNDS, headers=headers(member())).status_code == 403
    assert everything() == before


@pytest.fixture
def bank(context):
    """The bank holds an amount that one request can name, whatever other tests brought there."""
    more_fen = -platform(Account.BANK_CUSTODY) - 100_000
    _bring(-more_fen)
    yield
    _bring(more_fen)


def _bring(amount_fen):
    """Into the bank, from where withdrawals are paid; of less than nothing, the other way."""
    post(
        journal(
            leg(PLATFORM_ID, Account.WECHAT_OPERATING, amount_fen),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
        )
    )


@pytest.mark.usefixtures("bank")
def test_money_moves_between_places_as_far_as_it_is_there(client):
    fill(client, "operations", 5_000)
    held = -platform(Account.BANK_CUSTODY)
    operating = platform(Account.WECHAT_OPERATING)
    assert move(client, "bank_custody", "wechat_operating", 2_000).status_code == 201
    assert -platform(Account.BANK_CUSTODY) == held - 2_000
    assert platform(Account.WECHAT_OPERATING) == operating - 2_000
    before = everything()
    answer = move(client, "bank_custody", "wechat_operating", held)
    assert (answer.status_code, answer.json["code"]) == (409, "treasury_short")
    assert answer.json["held_fen"] == held - 2_000
    assert move(client, "bank_custody", "bank_custody", 1).status_code == 422
    assert everything() == before


@pytest.mark.usefixtures("bank")
def test_racing_transfers_never_move_more_than_is_there(app, client):
    fill(client, "operations", 10_000)
    held = -platform(Account.BANK_CUSTODY)
    part = held // 3 + 1
    many = [staff_headers("finance") for _ in range(16)]

    def work(number):
        client = app.test_client()
        return move(client, "bank_custody", "wechat_operating", part, many[number]).status_code

    statuses = at_once(work, 16)
    assert statuses.count(201) == 2
    assert -platform(Account.BANK_CUSTODY) == held - 2 * part


def fold():
    while ledger.fold_and_seal():
        pass


def test_fees_are_covered_as_far_as_operations_holds_them(client):
    fold()
    treasury.cover_channel_fees()
    left = platform(Account.OPERATIONS)
    fee = platform(Account.CHANNEL_FEE)
    post(
        journal(
            leg(PLATFORM_ID, Account.CHANNEL_FEE, -left - fee - 70),
            leg(PLATFORM_ID, Account.WECHAT_TAKINGS, left + fee + 70),
        )
    )
    fold()
    assert treasury.cover_channel_fees() == (1 if left else 0)
    assert platform(Account.OPERATIONS) == 0
    assert platform(Account.CHANNEL_FEE) == -70
    fill(client, "operations", 100)
    fold()
    assert treasury.cover_channel_fees() == 1
    fold()
    assert treasury.cover_channel_fees() == 0
    assert platform(Account.CHANNEL_FEE) == 0
    assert platform(Account.OPERATIONS) == 30


def test_fees_given_back_return_to_operations(client):
    fill(client, "operations", 100_000)
    fold()
    treasury.cover_channel_fees()
    fold()
    before = platform(Account.OPERATIONS)
    post(
        journal(
            leg(PLATFORM_ID, Account.CHANNEL_FEE, 40),
            leg(PLATFORM_ID, Account.WECHAT_TAKINGS, -40),
        )
    )
    fold()
    assert treasury.cover_channel_fees() == 1
    assert platform(Account.CHANNEL_FEE) == 0
    assert platform(Account.OPERATIONS) == before + 40


def test_many_coverings_at_once_cover_once(app, client):
    fill(client, "operations", 100_000)
    post(
        journal(
            leg(PLATFORM_ID, Account.CHANNEL_FEE, -50),
            leg(PLATFORM_ID, Account.WECHAT_TAKINGS, 50),
        )
    )
    fold()
    total = platform(Account.OPERATIONS) + platform(Account.CHANNEL_FEE)

    def cover(_):
        with app.app_context():
            return treasury.cover_channel_fees()

    at_once(cover, 8)
    fold()
    assert platform(Account.CHANNEL_FEE) == 0
    assert platform(Account.OPERATIONS) == total
