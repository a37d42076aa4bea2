"""A split policy's party `promoter` is whoever promoted what was bought."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from app.alliance import parties, terms
from app.alliance.explaining.shares import shares_of
from app.alliance.models import Sale
from app.alliance.policies.simulation.replaying import earners_then, replay
from app.alliance.policies.simulation.running import past_sale
from app.alliance.rules import Party
from app.benefits.promotion import service
from app.core.db import db, in_transaction, read
from app.core.world import bucket_of
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.benefits.promotion.programme import buy, click, link, programme, refund, state
from tests.benefits.promotion.test_orders import complete, ordered

SHARES = {"recommender": 2_500, "promoter": 2_000, "operations": 5_500}


@pytest.fixture
def of(context, client):
    return programme(client, shop=world.shop(SHARES))


def promoters_share(sale_id):
    """Owner, reason and fen of the promoter's share."""
    rows = read(
        text(
            "SELECT owner_id, reason, amount_fen FROM alliance_share"
            " WHERE sale_id = :s AND party = 'promoter'"
        ),
        {"s": sale_id},
    )
    return tuple(rows[0])


def reproduced(sale_id):
    """Whether the simulator comes to what was posted."""

    def work():
        sale = db.session.get_one(Sale, (bucket_of(sale_id), sale_id))
        past, own = past_sale(sale, shares_of(sale)), terms.policy(sale.policy_id)
        today = parties.earners_of([sale])[sale.id]
        return replay(past, own, earners_then(past, own, today)) == past.parts

    return in_transaction(work)


def test_a_promoter_has_the_policys_share_and_the_commission(of):
    friend, customer = world.member(), world.rich()
    click(of.client, customer, link(of, friend)["token"])
    sale = buy(of, customer)
    assert promoters_share(sale) == (friend, "direct", 200)
    assert state(sale)[0] == "paid"
    assert world.balance(friend, Account.REBATE_PENDING) == 700
    assert reproduced(sale)
    refund(of, sale, 5_000)
    assert world.balance(friend, Account.REBATE_PENDING) == 350
    assert reproduced(sale)


def test_without_a_promoter_the_fallback_has_it(of):
    sale = buy(of, world.rich())
    assert promoters_share(sale)[1:] == ("fallback", 200)
    assert reproduced(sale)


def test_nobody_is_the_promoter_of_their_own_purchase(of):
    from app.members import service as members

    friend, second = world.member(), world.rich()
    click(of.client, second, link(of, friend)["token"])
    survivor = in_transaction(lambda: members.merge(friend, second))
    world.give(survivor, Account.PREPAID_PRINCIPAL, 10_000)
    sale = buy(of, survivor)
    assert promoters_share(sale)[1:] == ("fallback", 200)
    assert reproduced(sale)


def test_one_person_has_one_share_also_as_recommender_and_promoter(of):
    friend = world.member()
    customer = world.rich(introduction=world.brought_by_member(friend))
    click(of.client, customer, link(of, friend)["token"])
    sale = buy(of, customer)
    assert promoters_share(sale)[1:] == ("fallback", 200)
    assert state(sale) == ("refused", "has_share", 500, 0)
    assert world.balance(friend, Account.REBATE_PENDING) == 250
    assert reproduced(sale)


def test_an_orders_promoter_is_who_was_noted_when_it_was_paid(of):
    friend = world.member()
    tea = stall.displayed(of.client, of.shop, price_fen=3_000)
    buyer, order = ordered(of, friend, (tea, 1), offer_id=tea["id"])
    click(of.client, buyer, link(of, world.member())["token"])  # after it was paid
    complete(of, buyer, order)
    assert promoters_share(order) == (friend, "direct", 60)
    assert reproduced(order)


def test_a_draft_that_names_promoters_finds_those_of_past_sales(context, client):
    of, friend, customer = programme(client), world.member(), world.rich()
    click(of.client, customer, link(of, friend)["token"])
    sale_id = buy(of, customer)
    draft = terms.policy_from(SHARES, {}, True)

    def earners(tried):
        sale = db.session.get_one(Sale, (bucket_of(sale_id), sale_id))
        return parties.earners_of([sale], tried)[sale_id]

    assert Party.PROMOTER not in in_transaction(lambda: earners(None))
    found = in_transaction(lambda: earners(draft))
    assert found[Party.PROMOTER].owner_id == friend


def test_sales_without_a_link_have_no_promoter(of):
    sale = buy(of, world.rich())
    assert in_transaction(lambda: service.promoters_of(None, sale_ids=[sale])) == {}


def test_who_promoted_many_sales_is_asked_at_once(of):
    friend = world.member()
    with_link, *others = (world.rich() for _ in range(6))
    click(of.client, with_link, link(of, friend)["token"])
    sales = [buy(of, each) for each in (with_link, *others)]

    def asked(wanted):
        statements = []

        def note(*args):
            statements.append(args[2])

        def work():
            event.listen(db.engine, "before_cursor_execute", note)
            try:
                return service.promoters_of(None, sale_ids=wanted)
            finally:
                event.remove(db.engine, "before_cursor_execute", note)

        return in_transaction(work), len(statements)

    (nobody, few), (none, many) = asked(sales[1:2]), asked(sales[1:])
    assert (nobody, none) == ({}, {})
    assert many == few
    assert asked(sales)[0] == {sales[0]: friend}
