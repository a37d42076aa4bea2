"""What goes wrong in the middle costs nobody anything."""

from __future__ import annotations

from sqlalchemy import text

from app.benefits import campaigns
from app.benefits.queue_subsidy import paying
from app.core.db import db, in_transaction, read
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from tests.alliance import shop as world
from tests.benefits.queue_subsidy.line import TARGET_FEN, place, rebate
from tests.wallet.people import moved
from tests.wallet.racing import at_once


def test_a_place_that_cannot_be_paid_holds_up_nobody_else(line):
    queue = line()
    people = [queue.stage.member() for _ in range(3)]
    sales = [queue.buy(each) for each in people]
    broken = text("UPDATE benefits_queue_place SET parts = 2147483647 WHERE sale_id = :s")
    in_transaction(lambda: db.session.execute(broken, {"s": sales[0]}))
    queue.feed(3 * TARGET_FEN)
    queue.turn()
    assert [rebate(each) for each in people] == [0, TARGET_FEN, TARGET_FEN]
    shown = [queue.mine(each)["places"][0] for each in people]
    assert [each["state"] for each in shown] == ["waiting", "paid", "paid"]
    assert shown[0]["position"] == 1


def test_a_campaign_that_ends_while_it_pays_pays_whole_places_and_returns_the_rest(app, line):
    queue = line()
    people = [queue.stage.member() for _ in range(4)]
    for member_id in people:
        queue.buy(member_id)
    queue.feed(4 * TARGET_FEN)
    world.fold()

    def work(number):
        with app.app_context():
            if number == 1:
                in_transaction(lambda: campaigns.end(queue.campaign_id))
            else:
                paying.turn()

    at_once(work, 3)
    queue.stage.turn()
    given = [rebate(each) for each in people]
    assert set(given) <= {0, TARGET_FEN}
    assert queue.pot() == 0
    assert moved(Account.CAMPAIGN_POT, queue.campaign_id) == sum(given)
    assert ledger.verify().findings == []


def test_what_somebody_owes_is_paid_first_out_of_the_queue(line):
    queue = line()
    member_id = queue.stage.member()
    spent = queue.buy(member_id)
    queue.feed(TARGET_FEN)
    queue.turn()
    world.take(member_id, Account.REBATE, 450)
    queue.stage.refund(spent)
    queue.buy(member_id)
    queue.feed(TARGET_FEN)
    queue.turn()
    owed_fen = world.balance(member_id, Account.CLAWBACK_DUE)
    consumers_share_fen = 100  # of the second purchase, which has paid its part of the debt before
    assert (rebate(member_id), owed_fen) == (TARGET_FEN + consumers_share_fen - 450, 0)


def test_who_was_merged_keeps_the_place_and_is_paid_as_who_they_are_today(line):
    queue = line()
    stays, goes = queue.stage.member(), queue.stage.member()
    sale_id = queue.buy(goes)
    in_transaction(lambda: members.merge_pasts(stays, goes, {}))
    assert queue.mine(stays)["places"][0]["sale_id"] == str(sale_id)
    queue.feed(TARGET_FEN)
    queue.turn()
    assert (rebate(stays), rebate(goes), place(sale_id).state) == (TARGET_FEN, 0, "paid")


def test_each_fen_that_moved_is_on_a_day_and_in_a_grant(line):
    queue = line(pays="parts", front_places=3)
    sales = [queue.buy() for _ in range(3)]
    queue.feed(777)
    queue.turn()
    queue.refund(sales[1], 9_000)
    days = text(
        "SELECT sum(in_fen), sum(out_fen), sum(back_fen) FROM benefits_queue_day d JOIN"
        " benefits_queue_campaign c USING (queue_id) WHERE c.campaign_id = :c"
    )
    came_in, went_out, came_back = read(days, {"c": queue.campaign_id})[0]
    grants = text(
        "SELECT sum(amount_fen), sum(taken_back_fen) FROM benefits_grant WHERE campaign_id = :c"
    )
    assert tuple(read(grants, {"c": queue.campaign_id})[0]) == (went_out, came_back)
    assert came_in - went_out + came_back == queue.pot()
    assert came_back > 0
