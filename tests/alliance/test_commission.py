"""What of an earner's shares is commission, and so taxed: not what they got back as a consumer."""

from datetime import timedelta

import time_machine

from app.alliance import distribution, facts
from app.core.db import in_transaction
from app.core.world import now
from tests.alliance import shop as world


def commission(member_id):
    return in_transaction(lambda: facts.commission_released_fen(member_id))


def test_a_recommenders_share_is_commission_once_it_is_released_and_until_it_is_taken_back(
    context, client
):
    friend, home, selling = world.member(), world.shop(), world.shop()
    payer = world.rich(introduction=world.Introduction("member", friend, home.store_id, "scene"))
    body = world.paid(client, payer, selling, 10_000)
    while distribution.distribute():
        pass
    assert commission(friend) == 0
    with time_machine.travel(now() + timedelta(days=8)):
        while distribution.release():
            pass
        earned = world.balance(friend, world.Account.REBATE)
        assert commission(friend) == earned > 0
        assert commission(payer) == 0
        assert world.balance(payer, world.Account.REBATE) > 0
        answer = client.post(
            f"/api/v1/payments/{body['id']}/refunds",
            json={"reason": "退货"},
            headers=world.owner_headers(selling),
        )
        assert answer.status_code in (200, 201), answer.json
        assert commission(friend) == 0
