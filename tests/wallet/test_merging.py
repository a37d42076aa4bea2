"""Two members who turn out to be one person: one experience grant, and no past is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from app.wallet import merging
from app.wallet import service as wallet
from app.wallet.models import WeChatOrder
from tests.ledger.books import journal, leg, post
from tests.wallet.people import books, earned, headers, member, platform, purse
from tests.wallet.test_purses import fill_campaign_fund, fold, grant, prepaid

pytestmark = pytest.mark.usefixtures("context")


def merge(one, other):
    return in_transaction(lambda: members.merge(one, other))


def test_the_second_grant_of_one_person_goes_back_to_the_fund():
    fill_campaign_fund(4_000)
    first, second = member(), member()
    grant(first)
    grant(second)
    before = platform(Account.CAMPAIGN_FUND)
    assert merge(first, second) == first
    assert purse(first, Account.EXPERIENCE) == 2_000
    assert purse(second, Account.EXPERIENCE) == 0
    assert platform(Account.CAMPAIGN_FUND) == before + 2_000


@pytest.mark.parametrize("past", ["earned", "ordered"])
def test_two_who_both_have_a_past_in_the_books_stay_two(past):
    fill_campaign_fund(4_000)
    first, second = member(), member()
    grant(second)
    earned(first, 1)
    if past == "earned":
        earned(second, 1)
    else:
        in_transaction(lambda: wallet.new_order("sale", new_id(), second, 100, "jsapi", "-"))
    before = books(second)
    with pytest.raises(members.CannotMerge):
        merge(first, second)
    db.session.rollback()
    assert books(second) == before


def test_who_has_a_past_in_the_books_absorbs_an_earlier_one_without():
    first, second = member(), member()
    earned(second, 700)
    before = books(second)
    assert merge(first, second) == second
    assert books(second) == before


@pytest.fixture
def rich_pair():
    """Two accounts of one person, each with money of every kind."""
    fill_campaign_fund(4_000)
    pair = member(), member()
    for each in pair:
        prepaid(each, 5_000)
        earned(each, 700)
        grant(each)
    return pair


def merge_pasts(one, other):
    return in_transaction(lambda: members.merge_pasts(one, other, {"kind": "staff"}))


def test_every_fen_and_lot_of_the_absorbed_member_goes_over_once(rich_pair):
    first, second = rich_pair
    before = {each.lot_id for each in wallet.lots_left(first) + wallet.lots_left(second)}
    fund = platform(Account.CAMPAIGN_FUND)
    merge_pasts(first, second)
    assert purse(first, Account.PREPAID_PRINCIPAL) == 10_000
    assert purse(first, Account.REBATE) == 1_400
    assert purse(first, Account.EXPERIENCE) == 2_000
    assert platform(Account.CAMPAIGN_FUND) == fund + 2_000
    assert {fen for fen, _ in books(second).values()} == {0}
    assert {each.lot_id for each in wallet.lots_left(first)} < before
    assert ledger.verify().findings == []


def test_undoing_gives_every_fen_and_lot_back(rich_pair):
    first, second = rich_pair
    fold()
    before = [{name: fen for name, (fen, _) in books(each).items()} for each in rich_pair]
    lots = [wallet.lots_left(each) for each in rich_pair]
    merge_id = merge_pasts(first, second)
    fold()
    in_transaction(lambda: members.undo(merge_id, new_id(), "认错人"))
    after = [{name: fen for name, (fen, _) in books(each).items()} for each in rich_pair]
    assert after == before
    assert [wallet.lots_left(each) for each in rich_pair] == lots
    assert ledger.verify().findings == []


def test_a_merge_is_not_undone_once_money_has_moved(rich_pair):
    first, second = rich_pair
    merge_id = merge_pasts(first, second)
    earned(first, 1)
    fold()
    before = books(first), books(second)
    with pytest.raises(members.CannotUndo):
        in_transaction(lambda: members.undo(merge_id, new_id(), "认错人"))
    db.session.rollback()
    assert (books(first), books(second)) == before
    assert members.today(second) == first


def test_what_comes_back_to_the_absorbed_member_follows_to_who_they_are_now(rich_pair):
    first, second = rich_pair
    row = in_transaction(lambda: request_all(second))
    merge_pasts(first, second)
    assert purse(first, Account.REBATE) == 700
    in_transaction(lambda: wallet.reject_withdrawal(row, new_id(), "-"))
    assert purse(second, Account.REBATE) == 700
    assert merging.move_residues() >= 1
    assert merging.move_residues() == 0
    assert (purse(first, Account.REBATE), purse(second, Account.REBATE)) == (1_400, 0)
    assert ledger.verify().findings == []


def request_all(member_id):
    """A withdrawal that waits for a reviewer, as if the threshold were lower."""
    settings().withdrawal_minimum_fen, settings().withdrawal_automatic_limit_fen = 30, 0
    try:
        return wallet.request_withdrawal(member_id, 700).id
    finally:
        settings.cache_clear()


def test_a_debt_of_the_absorbed_member_is_not_forgotten():
    first, second = member(), member()
    post(
        journal(
            leg(second, Account.CLAWBACK_DUE, -300),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, 300),
        )
    )
    merge_pasts(first, second)
    assert (purse(first, Account.CLAWBACK_DUE), purse(second, Account.CLAWBACK_DUE)) == (-300, 0)


def test_a_session_that_outlived_its_member_opens_no_order_and_withdraws_nothing(client):
    first, second = member(), member()
    earned(first, 20_000)
    earned(second, 20_000)
    token = headers(second)
    client.get("/api/v1/me/wallet", headers=token)  # the process remembers whose session it is
    merge_pasts(first, second)
    before = books(first), books(second)
    answer = client.post("/api/v1/withdrawals", json={"amount_fen": 10_000}, headers=token)
    assert (answer.status_code, answer.json["code"]) == (409, "member_merged")
    with pytest.raises(members.MemberMerged):
        in_transaction(lambda: wallet.new_order("sale", new_id(), second, 100, "native", "-"))
    db.session.rollback()
    assert (books(first), books(second)) == before


@pytest.mark.parametrize("is_merged_first", [True, False])
def test_an_order_and_a_merge_at_the_same_moment_wait_for_each_other(app, is_merged_first):
    first, second = member(), member()
    begun, finish = threading.Event(), threading.Event()

    def merging_unit():
        members.merge_pasts(first, second, {})

    def ordering_unit():
        wallet.new_order("sale", new_id(), second, 1, "native", "-")

    units = [merging_unit, ordering_unit] if is_merged_first else [ordering_unit, merging_unit]

    def held():
        units[0]()
        begun.set()
        finish.wait(30)

    def run(work):
        with app.app_context():
            return in_transaction(work)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(run, held)
        assert begun.wait(30)
        other = pool.submit(run, units[1])
        with pytest.raises(TimeoutError):
            other.result(0.5)
        finish.set()
        one.result(30)
        if is_merged_first:
            with pytest.raises(members.MemberMerged):
                other.result(30)
        else:
            other.result(30)
    assert members.today(second) == first
    orders = db.session.query(WeChatOrder).filter_by(member_id=second).count()
    assert orders == (0 if is_merged_first else 1)


def test_an_answered_request_is_not_done_again_by_the_member_that_stayed(client):
    first, second = member(), member()
    earned(first, 50_000)
    earned(second, 50_000)
    wish, token = {"amount_fen": 10_000}, headers(second)
    answer = client.post("/api/v1/withdrawals", json=wish, headers=token)
    assert answer.status_code == 201
    merge_pasts(first, second)
    stayed = headers(first, token["Idempotency-Key"])
    again = client.post("/api/v1/withdrawals", json=wish, headers=stayed)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json == answer.json
    assert purse(first, Account.REBATE) == 90_000


def test_what_accounts_asked_for_on_the_day_of_their_merge_counts_together(rich_pair):
    one, other = rich_pair
    for each in (one, other):
        earned(each, 200_000)
    in_transaction(lambda: wallet.request_withdrawal(other, 150_000))
    merge_pasts(one, other)
    with pytest.raises(wallet.WithdrawalLimitReached) as refused:
        in_transaction(lambda: wallet.request_withdrawal(one, 50_001))
    assert refused.value.extra["left_fen"] == 50_000
    in_transaction(lambda: wallet.request_withdrawal(one, 50_000))


def test_one_merge_in_trouble_holds_up_no_other(rich_pair, monkeypatch):
    one, other = rich_pair
    merge_pasts(one, other)
    third, fourth = member(), member()
    for each in (third, fourth):
        earned(each, 1_000)
    merge_pasts(third, fourth)
    for absorbed in (other, fourth):
        earned(absorbed, 500)
    real = members.present

    def broken(member_id):
        if member_id == other:
            raise RuntimeError("this merge is in trouble")
        return real(member_id)

    monkeypatch.setattr(members, "present", broken)
    merging.move_residues()
    monkeypatch.undo()
    assert purse(fourth, Account.REBATE) == 0
    assert purse(other, Account.REBATE) == 500
    merging.move_residues()
    assert purse(other, Account.REBATE) == 0
