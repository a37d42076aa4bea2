"""Pictures of offers are drawn anew, kept in the database, and seen by whom they may be."""

import io
import struct
import zlib
from datetime import timedelta

import pytest
import time_machine
from PIL import Image

from app.alliance.offers import pictures
from app.core.world import now
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.offers.stall import OFFERS, refused

pytestmark = pytest.mark.usefixtures("context")
UPLOAD = f"{OFFERS}/pictures"


@pytest.fixture
def shop():
    return world.shop()


def upload(client, shop, sent):
    return client.post(
        UPLOAD, data=sent, content_type="image/png", headers=world.owner_headers(shop)
    )


def address(made):
    return f"/api/v1/offer-pictures/{made['merchant_id']}/{made['name']}.jpg"


def bomb(width=100_000, height=100_000):
    """A small PNG whose head promises so many pixels."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_a_picture_is_drawn_anew_upright_without_what_else_the_file_carried(client, shop):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"  # lying on its side; a comment
    sent = stall.picture("JPEG", (2_000, 1_000), exif=exif)
    made = upload(client, shop, sent).json
    assert (made["width"], made["height"]) == (640, 1_280)
    kept = pictures.content(shop.merchant_id, made["name"], is_staff=True)
    assert b"taken at home" in sent
    assert b"taken at home" not in kept
    with Image.open(io.BytesIO(kept)) as drawn:
        assert (drawn.format, drawn.size, len(drawn.getexif())) == ("JPEG", (640, 1_280), 0)


def test_the_same_picture_twice_is_one(client, shop):
    first, second = (upload(client, shop, stall.picture()) for _ in range(2))
    assert first.json["name"] == second.json["name"]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"", "no_picture"),
        (b"<svg onload='alert(1)'/>", "no_picture"),
        (stall.picture("GIF"), "no_picture"),
        (stall.picture()[:60], "no_picture"),
        (bomb(), "too_large"),
        (bomb(4_000, 3_001), "too_large"),
        (stall.picture(size=(8, 8)), "too_small"),
    ],
    ids=["nothing", "svg", "gif", "half", "bomb", "large", "tiny"],
)
def test_what_is_no_usable_picture_is_refused(client, shop, sent, reason):
    answer = upload(client, shop, sent)
    assert refused(answer) == (422, "picture_unusable")
    assert answer.json["reason"] == reason


def test_more_than_four_mebibytes_are_not_read(client, shop):
    answer = upload(client, shop, b"x" * (pictures.LARGEST_BYTES + 1))
    assert refused(answer) == (413, "too_large")


def test_a_picture_is_seen_by_everybody_once_a_displayed_offer_shows_it(client, shop):
    made = upload(client, shop, stall.picture()).json
    assert refused(client.get(address(made))) == (404, "picture_unknown")
    preview = f"{OFFERS}/pictures/{made['merchant_id']}/{made['name']}.jpg"
    assert client.get(preview, headers=world.owner_headers(shop)).status_code == 200
    foreign = client.get(preview, headers=world.owner_headers(world.shop()))
    assert refused(foreign) == (404, "picture_unknown")
    offer = stall.displayed(client, shop, pictures=[made["name"]])
    shown = client.get(address(made))
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    again = client.get(address(made), headers={"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304
    client.post(
        f"{OFFERS}/{offer['id']}/take-down",
        json={"reason": "假冒商标"},
        headers=world.staff_headers("operator"),
    )
    assert refused(client.get(address(made))) == (404, "picture_unknown")


def test_an_offer_shows_only_pictures_of_its_own_merchant(client, shop):
    made = upload(client, world.shop(), stall.picture()).json
    wish = stall.wording(store_id=str(shop.store_id), pictures=[made["name"]])
    answer = client.post(OFFERS, json=wish, headers=world.owner_headers(shop))
    assert refused(answer) == (404, "picture_unknown")
    assert world.count("alliance_offer", f"merchant_id = '{shop.merchant_id}'") == 0


def test_pictures_that_no_offer_uses_go_after_a_day(client, shop):
    used, unused = (upload(client, shop, stall.picture(size=(40, side))).json for side in (50, 60))
    stall.written(client, shop, pictures=[used["name"]])
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        assert pictures.clear_unused() >= 1
    left = f"merchant_id = '{shop.merchant_id}' AND name = "
    assert world.count("alliance_offer_picture", f"{left}'{used['name']}'") == 1
    assert world.count("alliance_offer_picture", f"{left}'{unused['name']}'") == 0


def test_who_keeps_a_process_drawing_lets_others_wait_and_no_longer(client, shop, monkeypatch):
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0.05)
    with pictures._turn:
        busy = upload(client, shop, stall.picture())
    assert refused(busy) == (503, "service_unavailable")
    assert world.count("alliance_offer_picture", f"merchant_id = '{shop.merchant_id}'") == 0
    assert upload(client, shop, stall.picture()).status_code == 201


def test_who_may_keep_no_more_has_nothing_drawn(client, shop, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_UNUSED", 1)
    upload(client, shop, stall.picture())
    assert refused(upload(client, shop, b"no picture")) == (409, "too_many_pictures")
    assert world.count("alliance_offer_picture", f"merchant_id = '{shop.merchant_id}'") == 1


def test_one_caller_sends_so_many_a_minute_whatever_the_address(client, shop):
    who = world.owner_headers(shop)
    sent = [
        client.post(UPLOAD, data=b"x", headers=who, environ_base={"REMOTE_ADDR": f"10.7.0.{n}"})
        for n in range(61)
    ]
    assert refused(sent[-2]) == (422, "picture_unusable")
    assert refused(sent[-1]) == (429, "too_many_requests")
