"""No path pays without funds: whatever is tried on whichever way, what is paid was there before."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.config import settings as product
from app.ledger.service import Account
from app.qr import service as qr
from tests.alliance import shop as world
from tests.alliance.paying.test_prices import shop

pytestmark = pytest.mark.usefixtures("context")
ASSETS = (
    Account.PREPAID_PRINCIPAL,
    Account.PREPAID_BONUS,
    Account.EXPERIENCE,
    Account.REBATE,
)
PURSES = st.lists(st.sampled_from(["prepaid", "experience", "rebate"]), min_size=1, unique=True)
TRY = st.tuples(
    st.sampled_from(["store", "store_code", "amount_code", "payment_code"]),
    st.sampled_from([1, 2, 333, 1_000, 1_001, 2_999, 5_000, 100_000]),
    PURSES,
)


def held(member_id, *others):
    """Everything that a payment could touch, by owner and account."""
    sums = world.books().sums
    found = Counter()
    for (owner, account, _), fen in sums.items():
        if owner in (member_id, *others):
            found[owner, account] += fen
    return found


class Till:
    """A shop with a member price, its codes, and somebody with little money at its till."""

    def __init__(self, client, prepaid, bonus, gold, rebate):
        self.client, self.at, self.payer = client, shop(1_000), world.member()
        given_money = {
            Account.PREPAID_PRINCIPAL: prepaid,
            Account.PREPAID_BONUS: bonus,
            Account.REBATE: rebate,
        }
        for account, fen in given_money.items():
            if fen:
                world.give(self.payer, account, fen)
        if gold:
            world.give_experience(self.payer, gold)

    def code(self, amount_fen):
        wish = {"store_id": str(self.at.store_id), "amount_fen": amount_fen}
        who = world.owner_headers(self.at)
        return self.client.post("/api/v1/amount-codes", json=wish, headers=who).json["token"]

    def pay(self, way, amount_fen, purses):
        """One attempt; the answer, and whether it took the member's own choice of purses."""
        store_id, who = str(self.at.store_id), world.headers(self.payer)
        if way == "payment_code":
            self.client.put("/api/v1/me/payment-settings", json={"purses": purses}, headers=who)
            shown = self.client.get("/api/v1/me/payment-code", headers=who).json["code"]
            wish = {"code": shown, "amount_fen": amount_fen, "store_id": store_id}
            return self.client.post(
                "/api/v1/payments/by-code", json=wish, headers=world.owner_headers(self.at)
            )
        wish = {
            "store": {"store_id": store_id, "amount_fen": amount_fen},
            "store_code": {"code": qr.token_of("S", self.at.store_id), "amount_fen": amount_fen},
            "amount_code": {"code": self.code(amount_fen)} if way == "amount_code" else {},
        }[way]
        return self.client.post("/api/v1/payments", json=wish | {"purses": purses}, headers=who)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    prepaid=st.sampled_from([0, 1, 900, 3_000]),
    bonus=st.sampled_from([0, 100]),
    gold=st.sampled_from([0, 500]),
    rebate=st.sampled_from([0, 1_500]),
    tries=st.lists(TRY, min_size=1, max_size=4),
)
def test_what_is_paid_was_there_and_a_refusal_changes_nothing(
    client, prepaid, bonus, gold, rebate, tries
):
    till = Till(client, prepaid, bonus, gold, rebate)
    payer, merchant = till.payer, till.at.merchant_id
    for way, amount_fen, purses in tries:
        before = held(payer, merchant)
        answer = till.pay(way, amount_fen, purses)
        after = held(payer, merchant)
        owned = sum(before[payer, account] for account in ASSETS)
        left = sum(after[payer, account] for account in ASSETS)
        if answer.status_code == 201 and answer.json["status"] == "paid":
            paid = answer.json["amount_fen"]
            assert paid <= owned
            assert owned - left == paid
            net = after[merchant, Account.PENDING] - before[merchant, Account.PENDING]
            taken = before[payer, Account.EXPERIENCE] - after[payer, Account.EXPERIENCE]
            assert 0 <= net <= paid - taken
        else:
            # the code of a minute is good for one payment
            said = answer.json.get("code") or answer.json["status"]
            assert said in ("not_enough", "payment_code_used", "confirming"), answer.json
            assert after == before
        assert all(fen >= 0 for fen in after.values())
        assert amount_fen <= product().payment_maximum_fen
