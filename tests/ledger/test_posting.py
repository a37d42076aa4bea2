import psycopg
import pytest
from sqlalchemy import text

from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, bucket_of, new_id, now
from app.ledger import call
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from tests.ledger.books import LOT, balance, books, journal, leg, member_with, move, post, sale

pytestmark = pytest.mark.usefixtures("context")


def test_a_sale_moves_what_the_design_says():
    member = member_with(prepaid_principal=5000, prepaid_bonus=1000, experience=2000)
    merchant = new_id()
    paid = sale(member, merchant)
    assert post(paid) == [ledger.Posted(paid.id, replayed=False)]
    assert balance(member, Account.PREPAID_PRINCIPAL) == 1000
    assert balance(member, Account.PREPAID_BONUS) == 0
    assert balance(member, Account.EXPERIENCE) == 1000
    assert balance(merchant, Account.PENDING) == 8200
    assert balance(merchant, Account.EXPERIENCE_PENDING) == 1000
    assert ledger.journal(paid.id).journal == paid


def test_the_same_key_posts_once():
    owner = member_with(rebate=100)
    first = move(owner, Account.REBATE, 7, key="again", principal_id=owner)
    second = move(owner, Account.REBATE, 7, key="again", principal_id=owner)
    post(first)
    assert post(second) == [ledger.Posted(first.id, replayed=True)]
    assert post(first) == [ledger.Posted(first.id, replayed=True)]
    assert balance(owner, Account.REBATE) == 107


def test_the_same_key_within_one_call_posts_once():
    owner = new_id()
    first = move(owner, Account.REBATE, 7, key="twice", principal_id=owner)
    second = move(owner, Account.REBATE, 7, key="twice", principal_id=owner)
    other = move(owner, Account.REBATE, 5)
    assert [posted.journal_id for posted in post(first, second, other)] == [
        first.id,
        first.id,
        other.id,
    ]
    assert books(owner) == {Account.REBATE: (12, 2)}


def test_a_key_used_for_another_request_is_refused():
    owner = member_with(rebate=100)
    post(move(owner, Account.REBATE, 7, key="mine", principal_id=owner))
    before = books(owner)
    with pytest.raises(ledger.KeyReused):
        post(move(owner, Account.REBATE, 8, key="mine", principal_id=owner))
    assert books(owner) == before


def test_a_key_belongs_to_its_principal():
    owner = new_id(5)
    post(move(owner, Account.REBATE, 7, key="same", principal_id=new_id()))
    post(move(owner, Account.REBATE, 8, key="same", principal_id=new_id()))
    assert balance(owner, Account.REBATE) == 15


def test_an_account_never_falls_below_its_floor():
    owner = member_with(rebate=100)
    before = books(owner)
    with pytest.raises(ledger.InsufficientFunds) as refusal:
        post(move(owner, Account.REBATE, -101))
    assert (refusal.value.owner_id, refusal.value.account) == (owner, Account.REBATE)
    assert refusal.value.lot_id is None
    assert books(owner) == before
    post(move(owner, Account.REBATE, -100))
    assert balance(owner, Account.REBATE) == 0


def test_an_account_that_was_never_opened_holds_nothing():
    owner = new_id()
    with pytest.raises(ledger.InsufficientFunds):
        post(move(owner, Account.REBATE, -1))
    assert books(owner) == {}


def test_a_ceiling_is_kept():
    owner = new_id()
    post(move(owner, Account.CLAWBACK_DUE, -50))
    with pytest.raises(ledger.InsufficientFunds):
        post(move(owner, Account.CLAWBACK_DUE, 51))
    assert books(owner) == {Account.CLAWBACK_DUE: (-50, 1)}


def test_a_lot_never_falls_below_zero_though_the_account_holds_enough():
    owner, other_lot = member_with(prepaid_principal=100), new_id()
    before = books(owner)
    with pytest.raises(ledger.InsufficientFunds) as refusal:
        post(
            journal(
                leg(owner, Account.PREPAID_PRINCIPAL, -1, other_lot),
                leg(PLATFORM_ID, Account.BANK_CUSTODY, 1),
            )
        )
    assert refusal.value.lot_id == other_lot
    assert books(owner) == before
    assert ledger.lots(owner, Account.PREPAID_PRINCIPAL) == {LOT: 100}


def test_lots_are_parts_of_their_account():
    owner, other_lot = member_with(prepaid_principal=100), new_id()
    post(
        journal(
            leg(owner, Account.PREPAID_PRINCIPAL, -30),
            leg(owner, Account.PREPAID_PRINCIPAL, 30, other_lot),
        )
    )
    assert ledger.lots(owner, Account.PREPAID_PRINCIPAL) == {LOT: 70, other_lot: 30}
    assert books(owner) == {Account.PREPAID_PRINCIPAL: (100, 3)}


def test_floors_hold_after_each_journal_of_a_call():
    owner = member_with(rebate=10)
    with pytest.raises(ledger.InsufficientFunds):
        post(move(owner, Account.REBATE, -11), move(owner, Account.REBATE, 5))
    assert books(owner) == {Account.REBATE: (10, 1)}
    post(move(owner, Account.REBATE, 5), move(owner, Account.REBATE, -15))
    assert books(owner) == {Account.REBATE: (0, 3)}


def test_within_a_journal_only_its_end_counts():
    owner = member_with(rebate=10)
    post(
        journal(
            leg(owner, Account.REBATE, -25),
            leg(owner, Account.REBATE, 20),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, 5),
        )
    )
    assert books(owner) == {Account.REBATE: (5, 3)}


def test_one_refused_journal_refuses_the_call():
    owner, poor = member_with(rebate=10), new_id()
    with pytest.raises(ledger.InsufficientFunds):
        post(move(owner, Account.REBATE, 5), move(poor, Account.REBATE, -1))
    assert books(owner) == {Account.REBATE: (10, 1)}


def test_a_posting_that_depends_on_funds_can_be_left_out():
    owner, poor = new_id(), new_id()

    def unit():
        refused = ledger.post_if_funded([move(poor, Account.REBATE, -1)])
        return refused, ledger.post_if_funded([move(owner, Account.REBATE, 1)])

    refused, posted = in_transaction(unit)
    assert refused is None
    assert posted is not None
    assert (books(poor), books(owner)) == ({}, {Account.REBATE: (1, 1)})


def test_credits_of_append_only_accounts_touch_no_balance():
    merchant = new_id()
    post(move(merchant, Account.PENDING, 100))
    assert ledger.balances(merchant) == {}
    assert balance(merchant, Account.PENDING) == 100


def test_a_debit_of_an_append_only_account_ignores_credits_not_yet_folded():
    merchant = new_id()
    post(move(merchant, Account.PENDING, 100))
    with pytest.raises(ledger.InsufficientFunds) as refusal:
        post(move(merchant, Account.PENDING, -1))
    assert (refusal.value.owner_id, refusal.value.account) == (merchant, Account.PENDING)
    assert books(merchant) == {Account.PENDING: (100, 1)}


def test_accounts_without_floor_go_either_way_and_keep_no_balance_of_their_own():
    owner = new_id()
    post(journal(leg(owner, Account.SUSPENSE, -5), leg(owner, Account.CONCESSION_CLEARING, 5)))
    assert ledger.balances(owner) == {}
    assert books(owner) == {Account.SUSPENSE: (-5, 1), Account.CONCESSION_CLEARING: (5, 1)}


@pytest.mark.parametrize(
    "legs",
    [
        (),
        (Leg(PLATFORM_ID, Account.SUSPENSE, 1),),
        (Leg(PLATFORM_ID, Account.SUSPENSE, 1), Leg(PLATFORM_ID, Account.OPERATIONS, -2)),
        (Leg(PLATFORM_ID, Account.SUSPENSE, 0), Leg(PLATFORM_ID, Account.OPERATIONS, 0)),
        (Leg(PLATFORM_ID, Account.EXPERIENCE, 1), Leg(PLATFORM_ID, Account.OPERATIONS, -1)),
        (Leg(PLATFORM_ID, Account.REBATE, 1, LOT), Leg(PLATFORM_ID, Account.OPERATIONS, -1)),
    ],
    ids=["empty", "one leg", "unequal", "zero", "lot missing", "lot extra"],
)
def test_what_is_not_a_journal_cannot_be_made(legs):
    with pytest.raises(ledger.Unbalanced):
        Journal(new_id(), "test", PLATFORM_ID, PLATFORM_ID, "key", legs)


def forged(*legs: Leg) -> Journal:
    """A journal that skipped its own checks, to show that the database has them too."""
    made = journal(Leg(PLATFORM_ID, Account.SUSPENSE, 1), Leg(PLATFORM_ID, Account.SUSPENSE, -1))
    object.__setattr__(made, "legs", legs)
    return made


def test_the_database_refuses_an_unbalanced_journal():
    owner = new_id(0)
    for legs in ([leg(owner, Account.REBATE, 5)], []):
        with pytest.raises(ledger.Unbalanced):
            post(forged(*legs), move(owner, Account.REBATE, 1))
    assert books(owner) == {}


def test_the_database_refuses_a_zero_leg_and_a_wrong_lot():
    owner = new_id(0)
    bank = leg(PLATFORM_ID, Account.BANK_CUSTODY, -5)
    zero = forged(leg(owner, Account.REBATE, 5), bank, leg(owner, Account.REBATE, 0))
    extra = forged(Leg(owner, Account.REBATE, 5, LOT), bank)
    missing = forged(Leg(owner, Account.EXPERIENCE, 5), bank)
    for wrong in (zero, extra, missing):
        with pytest.raises(ledger.Unbalanced):
            post(wrong)
    assert books(owner) == {}


def test_the_database_refuses_legs_that_are_not_sorted(app):
    owner = new_id()
    made = journal(leg(owner, Account.REBATE, 5), leg(owner, Account.WITHDRAWING, -5))
    arguments = call.arguments([made], now())
    with psycopg.connect(app.config["SQLALCHEMY_DATABASE_URI"]) as connection:
        for position in (8, 9, 10, 11, 12, 13):
            wire = arguments[position].wire
            size = (len(wire) - 20) // 2
            arguments[position].wire = wire[:20] + wire[20 + size :] + wire[20 : 20 + size]
        with pytest.raises(psycopg.Error, match="not sorted"):
            connection.execute(call.POST, arguments)


def test_a_journal_lives_in_the_bucket_of_its_id_and_a_balance_in_its_owners():
    owner = new_id(77)
    made = move(owner, Account.REBATE, 5)
    post(made)
    found = db.session.execute(
        text(
            "SELECT j.bucket, e.bucket, a.bucket FROM ledger_journal j "
            "JOIN ledger_entry e ON e.journal_id = j.id "
            "JOIN ledger_account a ON a.owner_id = e.owner_id AND a.account = e.account "
            "WHERE j.id = :id AND e.owner_id = :owner"
        ),
        {"id": made.id, "owner": owner},
    ).one()
    assert found == (77, 77, bucket_of(owner))


def test_a_reversal_restores_every_balance_and_happens_once():
    member = member_with(prepaid_principal=100)
    paid = journal(
        leg(member, Account.PREPAID_PRINCIPAL, -60), leg(member, Account.PAYMENT_HOLD, 60)
    )
    post(paid)
    undo = ledger.reverse(paid.id, key="undo", principal_id=member)
    assert undo.reverses_id == paid.id
    post(undo)
    assert balance(member, Account.PREPAID_PRINCIPAL) == 100
    assert ledger.lots(member, Account.PREPAID_PRINCIPAL) == {LOT: 100}
    post(move(member, Account.PAYMENT_HOLD, 60))
    before = books(member)
    with pytest.raises(ledger.AlreadyReversed):
        post(ledger.reverse(paid.id, key="undo again", principal_id=member))
    assert books(member) == before


def test_an_unknown_journal_cannot_be_reversed():
    with pytest.raises(ledger.NoSuchJournal):
        ledger.reverse(new_id(), key="undo", principal_id=PLATFORM_ID)
