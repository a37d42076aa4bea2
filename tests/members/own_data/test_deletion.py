"""Members are erased when they ask for it, unless something is left or they come back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.core.db import db, in_transaction, read
from app.core.world import now
from app.ledger.service import Account
from app.members import service
from app.members.own_data import deletion
from tests.alliance import shop as world
from tests.members.people import OFFICIAL_ACCOUNT, register, signed_in, stranger
from tests.members.real_name.conftest import Giver

pytestmark = pytest.mark.usefixtures("context")
PATH = "/api/v1/me/deletion"


class Leaver(Giver):
    """A member with a real name who wants to be erased."""

    def asks(self, confirmation="注销"):
        wish = {"confirmation": confirmation}
        return self._client.post(PATH, json=wish, headers=self.headers)

    def left(self):
        return self._client.get(PATH, headers=self.headers).json["remaining"]


@pytest.fixture
def leaver(client):
    def make():
        made = Leaver(client)
        made.give()
        return made

    return make


def wishes(member_id):
    found = text("SELECT state, delayed_at IS NOT NULL FROM members_deletion WHERE member_id = :id")
    return [tuple(row) for row in read(found, {"id": member_id})]


def fall_due(*member_ids):
    """The days pass."""
    past = text("UPDATE members_deletion SET due_at = :past WHERE member_id = ANY(:ids)")
    values = {"past": now(), "ids": list(member_ids)}
    in_transaction(lambda: db.session.execute(past, values))


def test_after_some_days_nothing_tells_who_it_was(leaver):
    someone = leaver()
    asked = someone.asks()
    assert asked.status_code == 202, asked.json
    assert service.real_name_of(someone.member_id) is not None  # the days have not passed
    assert deletion.erase_due() == 0
    fall_due(someone.member_id)
    assert deletion.erase_due() == 1
    assert wishes(someone.member_id) == [("done", False)]
    assert service.real_name_of(someone.member_id) is None
    assert service.profile(someone.member_id).state == "unfollowed"
    other = leaver()
    given = {name: someone.wish[name] for name in ("phone", "bank_card")}
    assert other.give(**given).status_code == 200  # nobody's any more
    assert deletion.erase_due() == 0


def test_asking_ends_every_session(client, leaver):
    someone = leaver()
    second = signed_in(someone.member_id)
    someone.asks()
    assert client.get(PATH, headers=second).status_code == 401


@pytest.mark.parametrize("word", ["", "注 销", "yes", None, True])
def test_without_the_word_nothing_happens(leaver, word):
    someone = leaver()
    assert someone.asks(word).status_code == 422
    assert wishes(someone.member_id) == []
    assert someone.shown().status_code == 200


@pytest.mark.parametrize(
    "account", [Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS, Account.REBATE]
)
def test_money_that_is_left_is_named_and_keeps_them(leaver, account):
    someone = leaver()
    world.give(someone.member_id, account, 1234)
    refused = someone.asks()
    assert (refused.status_code, refused.json["code"]) == (409, "deletion_blocked")
    assert refused.json["remaining"] == [{"what": account.label, "amount_fen": 1234}]
    assert someone.left()[0]["amount_fen"] == 1234
    assert wishes(someone.member_id) == []
    assert someone.shown().status_code == 200


def test_a_gift_keeps_nobody(leaver):
    someone = leaver()
    world.give_experience(someone.member_id, 500)
    assert someone.asks().status_code == 202


def test_whoever_signs_in_again_has_come_back(leaver):
    someone = leaver()
    someone.asks()
    in_transaction(lambda: service.come_back(someone.member_id))
    fall_due(someone.member_id)
    assert deletion.erase_due() == 0
    assert wishes(someone.member_id) == [("undone", False)]
    assert service.real_name_of(someone.member_id).name == "王小明"
    someone.headers = signed_in(someone.member_id)
    assert someone.asks().status_code == 202  # and may ask again


def test_money_that_came_in_meanwhile_delays_it(leaver):
    someone = leaver()
    someone.asks()
    world.give(someone.member_id, Account.REBATE, 100)
    fall_due(someone.member_id)
    late = deletion.delayed_count()
    assert deletion.erase_due() == 0
    assert wishes(someone.member_id) == [("asked", True)]
    assert deletion.delayed_count() == late + 1
    assert service.real_name_of(someone.member_id) is not None
    assert deletion.erase_due() == 0  # not again before a day has passed


def test_an_account_that_was_merged_in_is_erased_along(leaver):
    someone, openid = leaver(), stranger()
    twin = register(openid).member_id
    in_transaction(lambda: service.merge_pasts(someone.member_id, twin, {}))
    stays = service.today(twin)
    someone.headers = signed_in(stays)
    someone.asks()
    fall_due(stays)
    assert deletion.erase_due() == 1
    assert service.real_name_of(twin) is None
    assert service.openid_of(stays, OFFICIAL_ACCOUNT) is None
    assert service.member_of(OFFICIAL_ACCOUNT, openid) == stays  # the hash stays


@pytest.mark.parametrize("who", ["earlier", "later"])
def test_whoever_turns_out_to_have_another_account_is_not_erased(leaver, who):
    someone, other = leaver(), register().member_id
    pair = sorted((someone.member_id, other))
    asking = pair[0] if who == "earlier" else pair[1]
    someone.headers = signed_in(asking)
    assert someone.asks().status_code == 202
    in_transaction(lambda: service.merge_pasts(*pair, {}))
    fall_due(*pair)
    assert deletion.erase_due() == 0
    assert wishes(asking) == [("undone", False)]
    assert service.real_name_of(pair[0]).name == "王小明"


def test_signing_in_and_erasing_at_once_is_one_or_the_other(app, client):
    for _ in range(5):
        openid = stranger()
        member_id = register(openid).member_id
        wish = {"confirmation": "注销"}
        assert client.post(PATH, json=wish, headers=signed_in(member_id)).status_code == 202
        fall_due(member_id)
        start = threading.Barrier(2)

        def sign_in(openid=openid, start=start):
            def work():
                found = service.register(OFFICIAL_ACCOUNT, openid, None, "test", None, now())
                service.come_back(found.member_id)

            with app.app_context():
                start.wait(30)
                in_transaction(work)
                db.session.remove()

        def erase(start=start):
            with app.app_context():
                start.wait(30)
                deletion.erase_due()
                db.session.remove()

        with ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(sign_in), pool.submit(erase)]:
                each.result()
        assert wishes(member_id) in ([("undone", False)], [("done", False)])
        # Whoever has signed in is known, whichever was first.
        assert service.openid_of(member_id, OFFICIAL_ACCOUNT) == openid
