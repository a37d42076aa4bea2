"""Tax of prizes in money: in finance's list of the month, and the payment to the office ties."""

from __future__ import annotations

from app.core import personal_data
from app.core.world import PLATFORM_ID, beijing_day, now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.lottery.games import draw, lottery, player, prize, rules
from tests.wallet.people import moved, platform


def records(client, member):
    """What finance sees of a member this month."""
    day, found, after = beijing_day(now()), [], ""
    while True:
        path = f"/api/v1/tax-records?year={day.year}&month={day.month}&limit=500{after}"
        page = client.get(path, headers=world.staff_headers("finance")).json["records"]
        found += page
        if len(page) < 500:
            return [each for each in found if each["member_id"] == str(member)]
        after = f"&after={page[-1]['id']}"


def test_a_prize_and_its_taking_back_are_records_that_tie_with_what_was_withheld(client, stage):
    campaign_id = lottery(client)
    member, sales = player(stage, stage.store())
    journal_id = draw(stage, member, campaign_id)[1]["journal_id"]
    (won,) = records(client, member)
    assert (won["source"], won["kind"], won["journal_id"]) == (
        "prize",
        "accidental_income",
        journal_id,
    )
    assert (won["taxable_fen"], won["tax_fen"], won["withdrawal_id"]) == (800, 160, None)
    assert moved(Account.TAX_WITHHELD, won["grant_id"]) == 160
    stage.turn()
    stage.refund(sales[0])
    stage.turn()
    first, back = records(client, member)
    assert first == won
    assert (back["taxable_fen"], back["tax_fen"], back["grant_id"]) == (-800, -160, won["grant_id"])
    assert moved(Account.TAX_WITHHELD, won["grant_id"]) == 0


def test_tax_that_the_office_has_had_stays_there_and_finance_sees_it(client, stage):
    campaign_id = lottery(client)
    member, sales = player(stage, stage.store())
    draw(stage, member, campaign_id)
    stage.turn()
    world.take(PLATFORM_ID, Account.TAX_WITHHELD, platform(Account.TAX_WITHHELD))
    stage.refund(sales[0])
    won, back = records(client, member)
    assert (back["taxable_fen"], back["tax_fen"]) == (-800, 0)
    assert moved(Account.TAX_WITHHELD, won["grant_id"]) == 160
    assert world.balance(campaign_id, Account.CAMPAIGN_POT) == 20_000 - 160


def test_experience_gold_and_blanks_are_no_records(client, stage):
    campaign_id = lottery(client, rules(prize(kind="experience", stock=1)))
    member, _ = player(stage, stage.store(), purchases=2)
    for _ in range(2):
        assert draw(stage, member, campaign_id)[0] == 201
    assert records(client, member) == []


def test_a_member_is_told_of_the_tax_withheld_from_their_prizes(client, stage):
    campaign_id = lottery(client)
    member, _ = player(stage, stage.store())
    draw(stage, member, campaign_id)
    part = personal_data.parts()["wallet.prize_tax"]
    assert [each["tax_fen"] for each in personal_data.page(part, [member], None, 5).rows] == [160]
