"""Purses, lots, holds and experience gold on the real books."""

from datetime import timedelta

import pytest

from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, bucket_of, new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import experience
from app.wallet import service as wallet
from app.wallet.models import Lot
from app.wallet.service import NotEnough, Purse
from tests.ledger.books import journal, leg, post
from tests.wallet.people import books, earned, headers, member, platform, purse
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")


def fill_campaign_fund(amount_fen):
    """Money in the fund, folded, so that it can be spent."""
    post(
        journal(
            leg(PLATFORM_ID, Account.CAMPAIGN_FUND, amount_fen),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
        )
    )
    fold()


def fold():
    while ledger.fold_and_seal():
        pass


def fund_left():
    return ledger.balances(PLATFORM_ID)[Account.CAMPAIGN_FUND].balance_fen


def empty_campaign_fund():
    fold()
    left = fund_left()
    if left:
        post(
            journal(
                leg(PLATFORM_ID, Account.CAMPAIGN_FUND, -left),
                leg(PLATFORM_ID, Account.BANK_CUSTODY, left),
            )
        )


def grant(member_id, amount_fen=2_000, key="join"):
    return in_transaction(
        lambda: wallet.grant_experience(
            member_id, amount_fen, grant_key=key, principal_id=member_id
        )
    )


def prepaid(member_id, amount_fen):
    """A lot of prepaid money."""
    lot_id = new_id(bucket_of(member_id))
    post(
        journal(
            leg(member_id, Account.PREPAID_PRINCIPAL, amount_fen, lot_id),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
        )
    )
    return lot_id


def plan(member_id, amount_fen, purses=tuple(Purse), cap_fen=10**9):
    return wallet.plan_payment(member_id, amount_fen, purses, experience_cap_fen=cap_fen)


def hold(member_id, parts):
    found = wallet.hold_journal(new_id(), member_id, parts, new_id().hex)
    return in_transaction(lambda: ledger.post([found]))[0].journal_id


def end_lots(member_id):
    """Lets the member's lots be a day past their end."""
    db.session.execute(
        db.update(Lot).where(Lot.owner_id == member_id).values(expires_at=Lot.issued_at)
    )
    db.session.commit()


def test_a_new_member_sees_every_purse_empty(client):
    mine = client.get("/api/v1/me/wallet", headers=headers(member())).json
    assert set(mine["purses"]) == {
        *("prepaid_principal", "prepaid_bonus", "experience", "payment_hold"),
        *("rebate_pending", "rebate", "withdrawing", "clawback_due"),
    }
    assert {row["balance_fen"] for row in mine["purses"].values()} == {0}
    assert {row["ledger_version"] for row in mine["purses"].values()} == {0}


def test_of_wishes_planned_together_each_sees_what_the_ones_before_it_leave():
    ann, bob = member(), member()
    older, newer = prepaid(ann, 300), prepaid(ann, 300)
    lot = prepaid(bob, 50)
    wishes = [
        wallet.PaymentWish(who, amount_fen, (Purse.PREPAID,), 0)
        for who, amount_fen in ((ann, 400), (bob, 60), (ann, 300), (bob, 50), (ann, 200))
    ]
    first, refused, too_much, all_of_it, rest = wallet.plan_payments(wishes)
    assert [(part.lot_id, part.amount_fen) for part in first.parts] == [(older, 300), (newer, 100)]
    assert (refused.extra, too_much.extra) == ({"missing_fen": 10}, {"missing_fen": 100})
    assert [(part.lot_id, part.amount_fen) for part in all_of_it.parts] == [(lot, 50)]
    assert [(part.lot_id, part.amount_fen) for part in rest.parts] == [(newer, 200)]


def test_experience_is_granted_once_for_a_key_and_paid_by_the_fund():
    fill_campaign_fund(5_000)
    before = fund_left()
    member_id = member()
    first, second = grant(member_id), grant(member_id)
    assert first == second is not None
    assert purse(member_id, Account.EXPERIENCE) == 2_000
    assert fund_left() == before - 2_000
    (lot,) = wallet.lots_left(member_id)
    assert lot.sale_cap_bp == 1_000
    assert lot.expires_at is not None


def test_an_empty_fund_grants_nothing():
    empty_campaign_fund()
    fill_campaign_fund(1_999)
    member_id = member()
    assert grant(member_id) is None
    assert books(member_id) == {}
    assert fund_left() == 1_999
    assert db.session.query(Lot).filter_by(owner_id=member_id).count() == 0


def test_many_grants_at_once_spend_the_fund_to_the_last_and_no_further(app):
    empty_campaign_fund()
    fill_campaign_fund(10_000)
    members = [member() for _ in range(16)]

    def work(number):
        with app.app_context():
            return grant(members[number // 2])

    granted = {journal for journal in at_once(work, 16) if journal}
    assert len(granted) == 5
    assert sum(purse(each, Account.EXPERIENCE) for each in members) == 10_000
    assert fund_left() == 0


def test_what_is_left_at_the_end_returns_to_the_fund_once():
    fill_campaign_fund(2_000)
    member_id = member()
    grant(member_id)
    end_lots(member_id)
    assert plan(member_id, 100).parts == ()
    before = platform(Account.CAMPAIGN_FUND)
    assert experience.expire_experience() >= 1
    assert purse(member_id, Account.EXPERIENCE) == 0
    assert platform(Account.CAMPAIGN_FUND) == before + 2_000
    assert experience.expire_experience() == 0
    assert grant(member_id) is not None  # the same grant, not a second one
    assert purse(member_id, Account.EXPERIENCE) == 0


def test_what_comes_back_to_an_expired_lot_returns_to_the_fund_too():
    fill_campaign_fund(2_000)
    member_id = member()
    grant(member_id)
    held = hold(member_id, plan(member_id, 5_000, cap_fen=500).parts)
    end_lots(member_id)
    experience.expire_experience()
    assert purse(member_id, Account.EXPERIENCE) == 0
    in_transaction(lambda: wallet.release_hold(held, f"release:{held}"))
    assert purse(member_id, Account.EXPERIENCE) == 500
    before = platform(Account.CAMPAIGN_FUND)
    experience.expire_experience()
    assert purse(member_id, Account.EXPERIENCE) == 0
    assert platform(Account.CAMPAIGN_FUND) == before + 500


def test_a_payment_within_a_running_hold_survives_the_lots_end():
    fill_campaign_fund(2_000)
    member_id = member()
    grant(member_id)
    hold(member_id, plan(member_id, 5_000, cap_fen=500).parts)
    end_lots(member_id)
    experience.expire_experience()
    assert purse(member_id, Account.PAYMENT_HOLD) == 500


def test_a_plan_is_what_can_be_posted():
    fill_campaign_fund(2_000)
    member_id = member()
    grant(member_id)
    old, young = prepaid(member_id, 3_000), prepaid(member_id, 3_000)
    earned(member_id, 1_000)
    found = plan(member_id, 10_000)
    assert [(part.account, part.amount_fen) for part in found.parts] == [
        (Account.EXPERIENCE, 1_000),  # a tenth of the sale
        (Account.PREPAID_PRINCIPAL, 3_000),
        (Account.PREPAID_PRINCIPAL, 3_000),
        (Account.REBATE, 1_000),
    ]
    assert [part.lot_id for part in found.parts[1:3]] == [old, young]
    assert found.wechat_fen == 2_000
    hold(member_id, found.parts)
    assert purse(member_id, Account.PAYMENT_HOLD) == 8_000
    assert purse(member_id, Account.EXPERIENCE) == 1_000


def test_without_wechat_the_missing_amount_is_named():
    member_id = member()
    prepaid(member_id, 400)
    with pytest.raises(NotEnough) as refusal:
        plan(member_id, 1_000, [Purse.PREPAID, Purse.REBATE])
    assert refusal.value.extra == {"missing_fen": 600}


def test_a_released_hold_leaves_everything_as_it_was():
    fill_campaign_fund(2_000)
    member_id = member()
    grant(member_id)
    prepaid(member_id, 700)
    before = [(lot.lot_id, lot.balance_fen) for lot in wallet.lots_left(member_id)]
    held = hold(member_id, plan(member_id, 1_000).parts)
    first = in_transaction(lambda: wallet.release_hold(held, f"release:{held}"))
    again = in_transaction(lambda: wallet.release_hold(held, f"release:{held}"))
    assert first == again
    assert [(lot.lot_id, lot.balance_fen) for lot in wallet.lots_left(member_id)] == before
    assert purse(member_id, Account.PAYMENT_HOLD) == 0
    with pytest.raises(ledger.AlreadyReversed):
        in_transaction(lambda: wallet.release_hold(held, "another key"))


def test_of_many_holds_on_the_same_money_only_as_many_stand_as_it_covers(app):
    member_id = member()
    prepaid(member_id, 3_500)
    parts = plan(member_id, 1_000).parts

    def work(_):
        with app.app_context():
            try:
                return hold(member_id, parts)
            except ledger.InsufficientFunds:
                return None

    assert len([found for found in at_once(work, 32) if found]) == 3
    assert purse(member_id, Account.PAYMENT_HOLD) == 3_000
    assert purse(member_id, Account.PREPAID_PRINCIPAL) == 500


def test_a_statement_is_readable_and_pages_without_gaps(client):
    member_id = member()
    for amount in range(1, 8):
        earned(member_id, amount)
    prepaid(member_id, 100)
    mine = headers(member_id)
    seen, cursor = [], ""
    while cursor is not None:
        answer = client.get(f"/api/v1/me/statement?limit=3{cursor}", headers=mine)
        assert answer.status_code == 200
        seen += answer.json["lines"]
        cursor = answer.json["next_cursor"]
        cursor = cursor and f"&cursor={cursor}"
    assert sorted(line["amount_fen"] for line in seen) == [1, 2, 3, 4, 5, 6, 7, 100]
    rebate = [line for line in seen if line["purse"] == "rebate"]
    assert [line["ledger_version"] for line in rebate] == [7, 6, 5, 4, 3, 2, 1]
    assert rebate[0]["balance_fen"] == 28
    assert all(line["title"] and line["title_en"] for line in seen)


@pytest.mark.parametrize("cursor", ["x", "1", "999.1", "1.2.3", "-", "1.9999999999999999999"])
def test_an_invented_cursor_is_refused(client, cursor):
    answer = client.get(f"/api/v1/me/statement?cursor={cursor}", headers=headers(member()))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_moments_are_in_the_future_for_new_lots():
    fill_campaign_fund(2_000)
    member_id = member()
    grant(member_id)
    lot = db.session.query(Lot).filter_by(owner_id=member_id).one()
    assert lot.expires_at - lot.issued_at == timedelta(days=180)
