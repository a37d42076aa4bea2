"""Whoever asks to be erased is: canaries are looked for in every table, and the books stand."""

import pytest
from sqlalchemy import text

from app.core import crypto, outbox, personal_data
from app.core.db import db, in_transaction
from app.core.world import now
from app.members import service as members
from app.members.own_data import deletion
from app.members.reviews import everyone_of
from app.qr import service as qr
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.members.real_name import numbers
from tests.notices.traces import Seals, found

pytestmark = pytest.mark.usefixtures("context")
WRITTEN = "我叫欧阳娜娜,住在北门街"
ADDRESS = {"name": "上官婉儿", "phone": "13800009173", "address": "洛阳市上阳宫路 9173 号"}


@pytest.fixture
def seals(monkeypatch):
    yield Seals(monkeypatch)
    crypto._ring.cache_clear()


class Known:
    """Somebody of whom everything is known that a member can tell."""

    def __init__(self, person, sandbox, client):
        self.person, self._sandbox, self._client = person(), sandbox, client
        phone = self.person.phone
        self.person.does("follow", scene=qr.token_of("S", world.shop().store_id))
        self.person.does("text", content=WRITTEN)
        self.person.does("text", content="余额")
        sandbox.act(phone, "privacy")
        self.wish = numbers.wish(name="欧阳娜娜")
        self.sign_in()
        self._client.post("/api/v1/real-name", json=self.wish, headers=self.headers)
        work_off()
        self._orders()
        self.canaries = [
            phone["openid"],
            phone["mini_openid"],
            WRITTEN,
            self.wish["name"],
            self.wish["id_number"],
            self.wish["phone"],
            self.wish["bank_card"]["number"],
            *ADDRESS.values(),
        ]

    def _orders(self):
        how = {"delivery": "shipment", "receiver": ADDRESS}
        offer = stall.displayed(self._client, world.shop())
        member_id = self.person.member_id
        order = market.placed(self._client, member_id, (offer, 1), **how)
        ended = market.act(self._client, order, "cancel", world.headers(member_id))
        assert ended.status_code == 200  # what is open stands in the way

    def sign_in(self):
        code = self._sandbox.act(self.person.phone, "login")["code"]
        session = self._client.post("/api/v1/sessions", json={"code": code}).json
        self.headers = {"Authorization": f"Bearer {session['token']}"}
        return session

    def exported(self):
        return self._client.get("/api/v1/me/data-export", headers=self.headers)

    def is_erased(self):
        wish = {"confirmation": "注销"}
        asked = self._client.post("/api/v1/me/deletion", json=wish, headers=self.headers)
        assert asked.status_code == 202, asked.json
        due = text("UPDATE members_deletion SET due_at = :now WHERE member_id = :member_id")
        values = {"now": now(), "member_id": self.person.member_id}
        in_transaction(lambda: db.session.execute(due, values))
        assert deletion.erase_due() == 1


@pytest.fixture
def known(person, funded, seals, sandbox, client):
    in_transaction(lambda: db.session.execute(text("DELETE FROM members_phone")))
    return Known(person, sandbox, client)


def work_off():
    while outbox.work_off():
        pass


def test_nothing_tells_any_more_who_it_was_and_the_books_stand(known, seals, capfd):
    assert found(seals.of(known.canaries)) != []  # the canaries were there
    before = world.books()
    known.is_erased()
    assert found(known.canaries) == []
    assert found(seals.of(known.canaries)) == []
    assert world.books() == before
    told = capfd.readouterr()
    assert [each for each in known.canaries if each in told.out + told.err] == []


def test_everything_is_told_before_and_nothing_personal_afterwards(known):
    before = known.exported()
    assert before.status_code == 200, before.json
    assert [each for each in known.canaries if each not in before.text] == []
    member_id = known.person.member_id
    known.is_erased()
    session = known.sign_in()
    assert session["member_id"] == str(member_id)
    assert (session["is_new"], session["experience_fen"]) == (False, 0)  # no second welcome
    after = known.exported()
    kept = {known.person.phone["mini_openid"]}  # told anew by the sign-in
    assert [each for each in known.canaries if each in after.text and each not in kept] == []


def test_every_part_can_be_read_row_by_row(known):
    everyone = everyone_of(known.person.member_id)
    assert members.today(known.person.member_id) in everyone
    read = 0
    for part in personal_data.parts().values():
        cursor, seen = None, []
        while True:
            page = personal_data.page(part, everyone, cursor, 1)
            seen += [str(row) for row in page.rows]
            cursor = page.cursor
            if cursor is None:
                break
        whole = personal_data.page(part, everyone, None, 200)
        assert seen == [str(row) for row in whole.rows], part.name
        read += len(seen)
    assert read > 10
