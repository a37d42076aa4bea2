"""The same token through every door, and whoever's was scanned first has brought the person."""

from itertools import permutations

import pytest

from app.core import outbox
from app.core.world import now
from app.members import jobs
from app.members import service as members
from app.qr import service as qr
from app.wechat import client as wechat
from tests.alliance import shop as world
from tests.alliance.browser import Browser

APP, MINI = "wxdev0fa0000000001", "wxdevmini000000001"
pytestmark = pytest.mark.usefixtures("context")


class Somebody:
    """A person with a phone, at the doors of the alliance."""

    def __init__(self, sandbox, client):
        self._sandbox, self._client, self.phone = sandbox, client, sandbox.phone()

    def follow(self, token):
        self._sandbox.act(self.phone, "follow", scene=token)

    def scan(self, token):
        """Scans a code of the official account, which they follow."""
        ticket = wechat.create_qrcode_ticket(token, 600)
        self._sandbox.act(self.phone, "scan", content=ticket.url)

    def open_mini_program(self, token):
        code = self._sandbox.act(self.phone, "login")["code"]
        answer = self._client.post("/api/v1/sessions", json={"code": code, "scene": token})
        assert answer.status_code == 201, answer.json

    def open_page(self, token):
        answer = Browser(self._sandbox, self.phone).log_in(scene=token, consent="true")
        assert answer.status_code == 201, answer.text

    def wait(self):
        self._sandbox.control("/clock/advance", {"seconds": 2})
        now(is_exact=True)

    def settled(self):
        """The binding once WeChat has told who is one person."""
        jobs.acquaint_followers()
        while outbox.work_off():
            pass
        found = {members.member_of(APP, self.phone["openid"])}
        found |= {members.member_of(MINI, self.phone["mini_openid"])}
        (member_id,) = found - {None}
        return members.binding(member_id)


@pytest.fixture
def somebody(sandbox, client):
    return lambda: Somebody(sandbox, client)


@pytest.mark.parametrize("door", ["follow", "open_mini_program", "open_page"])
def test_each_door_credits_the_code(somebody, door):
    someone, shop = somebody(), world.shop()
    token = qr.token_of("S", shop.store_id)
    getattr(someone, door)(token)
    bound = someone.settled()
    assert (bound.home_store_id, bound.scene) == (shop.store_id, token)


@pytest.mark.parametrize(
    "doors", list(permutations(["follow", "open_mini_program", "open_page"])), ids="-".join
)
def test_through_several_doors_the_first_code_is_credited(somebody, doors):
    someone, shops = somebody(), [world.shop() for _ in doors]
    for door, shop in zip(doors, shops, strict=True):
        getattr(someone, door)(qr.token_of("S", shop.store_id))
        someone.wait()
    bound = someone.settled()
    assert bound.home_store_id == shops[0].store_id
    assert bound.recommender_id == shops[0].merchant_id


def test_a_scan_by_a_follower_changes_nothing(somebody):
    someone, first, second = somebody(), world.shop(), world.shop()
    someone.follow(qr.token_of("S", first.store_id))
    someone.wait()
    someone.scan(qr.token_of("S", second.store_id))
    assert someone.settled().home_store_id == first.store_id
