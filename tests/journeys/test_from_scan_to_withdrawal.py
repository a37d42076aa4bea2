"""Two members, one recommending the other, and three shops: from the scan to the withdrawal.

Everything happens over HTTP and on simulated phones; every balance is asserted to the fen.
"""

import time

import pytest
import requests

from tests.journeys.people import Member, Staff, eventually

pytestmark = pytest.mark.journey


class Alliance:
    """A freshly seeded alliance and the people of this journey."""

    def __init__(self, product):
        self.product, self.facts = product, product.seed()
        self.tea, self.noodles, self.books = (
            self.facts["merchants"][name] for name in ("tea", "noodles", "books")
        )
        # The money that the seed books into WeChat's operating account is really paid in there.
        paid_in = {"account": "OPERATION", "amount_fen": self.facts["operating_fen"]}
        product.sandbox.post("books/top-up", **paid_in)
        self.finance = Staff(product, self.facts["staff"]["finance"])
        self.takings_before = self.takings()

    def join(self, name, scene):
        """A new phone scans a poster; its owner signed in to the mini-program."""
        phone = self.product.sandbox.phone(name)
        phone.scan(self.poster(scene))
        self.settle_down()
        return Member(self.product, phone)

    def poster(self, scene):
        """The picture of a code as it hangs in a shop."""
        address = f"{self.product.web}/api/v1/codes/{scene}/poster.png"
        answer = requests.get(address, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.content

    def takings(self):
        """What the product believes to hold at WeChat Pay, in fen."""
        return -self.finance.get("/funds")["accounts"]["wechat_takings"]["balance_fen"]

    def settle_down(self):
        """Waits until nothing is left to do behind the scenes."""
        names = ("outbox_due", "sales_undistributed", "notices_unprocessed")

        def quiet():
            if any(ready(self.product)[name] for name in names):
                return False
            time.sleep(1)  # what a worker holds at this moment is not due
            return not any(ready(self.product)[name] for name in names)

        eventually(quiet, 90, "quiet")


def ready(product):
    return requests.get(f"{product.web}/healthz/ready", timeout=10).json()


def store_of(merchant):
    return merchant["stores"][0]


def pay(buyer: Member, merchant, amount_fen, *purses):
    """Pays at the merchant's first store; by phone if WeChat has a part in it."""
    made = buyer.post(
        "/payments",
        store_id=store_of(merchant)["id"],
        amount_fen=amount_fen,
        purses=list(purses),
    )
    if made["wechat_pay_parameters"]:
        buyer.phone.do("pay", **made["wechat_pay_parameters"])
    paid = lambda: buyer.get(f"/payments/{made['id']}")  # noqa: E731
    return eventually(lambda: (found := paid())["distributed_at"] and found, 90, "distributed")


def given(paid):
    """What each purse gave for a payment."""
    return {name: amount for name, amount in paid["parts"].items() if amount}


def top_up(buyer: Member, merchant, amount_fen):
    made = buyer.post("/top-ups", store_id=store_of(merchant)["id"], amount_fen=amount_fen)
    buyer.phone.do("pay", **made["wechat_pay_parameters"])
    eventually(lambda: buyer.get(f"/top-ups/{made['id']}")["status"] == "credited", 90, "credited")


@pytest.fixture(scope="module")
def alliance(product):
    return Alliance(product)


def test_from_scan_to_withdrawal(alliance):
    owner = speak_for_a_shop(alliance)
    ann = scan_a_shop(alliance)
    top_up_once(alliance, ann)
    bob = bring_a_friend(alliance, ann)
    pay_from_purses(alliance, ann)
    friend_pays_by_wechat(alliance, ann, bob)
    alliance.settle_down()
    assert owner.phone.has_read("收款", "6000.00")
    wait_for_the_rebate(alliance, ann, bob)
    withdraw(alliance, ann)
    pay_from_rebate_and_wechat_and_get_it_back(alliance, bob)
    settle(alliance, owner)
    the_books_agree_with_wechat(alliance)
    assert alliance.product.audit()["ok"] is True


def speak_for_a_shop(alliance):
    """The bookshop's owner joins like anybody and is named its contact by the operator."""
    owner = alliance.join("Cai", alliance.facts["platform_code"]["scene"])
    operator = Staff(alliance.product, alliance.facts["staff"]["operator"])
    member_id = owner.get("/me")["member_id"]
    operator.post(f"/merchants/{alliance.books['id']}/contacts", member_id=member_id)
    return owner


def scan_a_shop(alliance):
    ann = alliance.join("Ann", store_of(alliance.tea)["scene"])
    assert ann.purses() == {"experience": 2_000}
    assert ann.phone.has_read("清风茶馆", "20.00")
    binding = ann.get("/me/binding")
    assert binding["home_store_id"] == store_of(alliance.tea)["id"]
    noodles = alliance.poster(store_of(alliance.noodles)["scene"])
    ann.phone.scan(noodles)
    assert ann.phone.has_read("您正在", "老街面馆")
    ann.phone.do("unfollow")
    ann.phone.scan(noodles)
    assert ann.phone.has_read("欢迎回来")
    alliance.settle_down()
    assert ann.get("/me/binding") == binding
    assert ann.purses() == {"experience": 2_000}
    return ann


def top_up_once(alliance, ann):
    top_up(ann, alliance.tea, 20_000)
    alliance.product.sandbox.post("push/replay")
    alliance.settle_down()
    assert ann.purses() == {"experience": 2_000, "prepaid_principal": 20_000}


def bring_a_friend(alliance, ann):
    bob = alliance.join("Bob", ann.get("/me/invite-code")["scene"])
    binding = bob.get("/me/binding")
    assert binding["recommender_kind"] == "member"
    assert binding["recommender_id"] == ann.get("/me")["member_id"]
    assert binding["home_store_id"] == store_of(alliance.tea)["id"]
    return bob


def pay_from_purses(alliance, ann):
    paid = pay(ann, alliance.noodles, 10_000, "experience", "prepaid")
    assert given(paid) == {"experience_fen": 1_000, "prepaid_fen": 9_000}
    assert paid["merchant_share_fen"] == 9_000 - 720 + 1_000
    # 8 % of 9,000 = 720: 15 % of it is Ann's own share.
    assert ann.purses() == {
        "experience": 1_000,
        "prepaid_principal": 11_000,
        "rebate_pending": 108,
    }


def friend_pays_by_wechat(alliance, ann, bob):
    pay(bob, alliance.books, 600_000, "wechat")
    # 12 % of 600,000 = 72,000: 15 % for Bob, 20 % for Ann who brought him.
    assert bob.purses() == {"experience": 2_000, "rebate_pending": 10_800}
    assert ann.purses()["rebate_pending"] == 108 + 14_400


def wait_for_the_rebate(alliance, ann, bob):
    alliance.settle_down()
    assert ann.phone.has_read("好友消费", "144.00")
    alliance.product.sandbox.advance(days=8)
    ann.sign_in()
    bob.sign_in()
    eventually(lambda: ann.purses().get("rebate") == 14_508, 90, "Ann's rebate is released")
    eventually(lambda: bob.purses().get("rebate") == 10_800, 90, "Bob's rebate is released")


def withdraw(alliance, ann):
    refused = ann.send("/withdrawals", amount_fen=9_999)
    assert refused.status_code == 422
    made = ann.post("/withdrawals", amount_fen=10_000)
    assert ann.purses()["withdrawing"] == 10_000
    path = f"/withdrawals/{made['id']}"
    waiting = eventually(lambda: (w := ann.get(path))["confirmation"] and w, 90, "to confirm")
    ann.phone.do("confirm-transfer", package_info=waiting["confirmation"]["package"])
    eventually(lambda: ann.get(path)["status"] == "paid", 90, "paid out")
    eventually(lambda: ann.phone.has_read("微信零钱", "100.00"), 90, "Ann is told")
    assert ann.purses() == {
        "experience": 1_000,
        "prepaid_principal": 11_000,
        "rebate": 4_508,
    }


def pay_from_rebate_and_wechat_and_get_it_back(alliance, bob):
    before = bob.purses()
    paid = pay(bob, alliance.noodles, 20_000, "experience", "rebate", "wechat")
    assert given(paid) == {"experience_fen": 2_000, "rebate_fen": 10_800, "wechat_fen": 7_200}
    cashier = Staff(alliance.product, alliance.noodles["cashier"])
    cashier.post(f"/payments/{paid['id']}/refunds", reason="面坨了")
    eventually(lambda: bob.get(f"/payments/{paid['id']}")["status"] == "refunded", 90, "refunded")
    alliance.settle_down()
    assert bob.purses() == before
    assert bob.phone.has_read("72.00")


def settle(alliance, contact):
    owner = Staff(alliance.product, alliance.books["owner"])
    assert owner.get("/settlements")["settlements"] == []
    alliance.product.sandbox.advance(days=14)
    owner.sign_in()
    alliance.finance.sign_in()
    alliance.finance.post("/settlements/run", status=200)
    found = owner.get("/settlements")["settlements"]
    assert [one["total_fen"] for one in found] == [600_000 - 72_000]
    eventually(lambda: contact.phone.has_read("拾光书店", "5280.00"), 90, "the shop is told")


def the_books_agree_with_wechat(alliance):
    alliance.settle_down()
    takings = eventually(lambda: fees_are_level(alliance), 90, "books equal WeChat's")
    # 20,000 topped up and 600,000 paid stayed, less 0.6 % each; the refunded 7,200 left nothing.
    assert takings - alliance.takings_before == 20_000 - 120 + 600_000 - 3_600


def fees_are_level(alliance):
    ours = alliance.takings()
    theirs = alliance.product.sandbox.get("books")["basic_fen"]
    return ours if ours == theirs else None
