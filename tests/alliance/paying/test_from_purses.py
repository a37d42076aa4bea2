"""Payments of many people at once: taken together, each for itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.ledger import group
from app.ledger.service import Account
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")


def test_whose_purse_does_not_suffice_is_refused_alone_among_many_who_pay_at_once(app):
    noodles = world.shop()
    rich = [world.rich(10_000) for _ in range(12)]
    poor = [world.rich(99) for _ in range(4)]
    payers = [each for group in zip(rich[::3], rich[1::3], rich[2::3], poor, strict=True)
              for each in group]  # fmt: skip
    wish = {"store_id": str(noodles.store_id), "amount_fen": 100}

    def pay(number):
        with app.app_context():
            who = world.headers(payers[number]) | {"Idempotency-Key": f"n{number}"}
            return [app.test_client().post("/api/v1/payments", json=wish, headers=who)
                    for _ in range(2)]  # fmt: skip

    with ThreadPoolExecutor(16) as pool:
        answers = dict(zip(payers, pool.map(pay, range(16)), strict=True))
    for payer in rich:
        first, again = answers[payer]
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json == again.json
        assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 9_900
    for payer in poor:
        assert [(each.status_code, each.json["code"]) for each in answers[payer]] == [
            (409, "not_enough")
        ] * 2
        assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 99
        assert world.count("alliance_sale", f"payer_id = '{payer}'") == 0
    assert world.balance(noodles.merchant_id, Account.PENDING) == 12 * 90


def test_a_payment_with_all_its_rows_and_letters_is_committed_by_one_statement(
    app, client, monkeypatch
):
    """The careful way of many statements must stay the exception: it costs each payment half."""
    noodles, payer = world.shop(), world.rich(1_000)
    monkeypatch.setattr(group, "in_transaction", None)
    wish = {"store_id": str(noodles.store_id), "amount_fen": 100}
    answer = client.post("/api/v1/payments", json=wish, headers=world.headers(payer))
    assert answer.status_code == 201
    told = f"payload ->> 'sale_id' = '{answer.json['id']}'"
    assert world.count("core_outbox", told) > 0
