"""Codes over HTTP, their tickets and the registry."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select
from structlog.testing import capture_logs

from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.world import new_id, now
from app.qr import fetching, service, tickets
from app.qr.captions import Caption, caption_asked
from app.qr.models import Code
from app.qr.token import Kind, registry_key
from app.wechat.client import WeChatRefused, WeChatUnavailable

pytestmark = pytest.mark.usefixtures("context")


def _row(token: str):
    return read(select(Code.ticket, Code.fetching_until).where(Code.key == registry_key(token)))[0]


def _decoded(picture: bytes) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))]


def test_an_issued_token_resolves_and_stands_in_the_registry() -> None:
    subject_id, operator_id = new_id(), new_id()
    issued = [
        in_transaction(lambda: service.issue("S", subject_id, issued_by=operator_id))
        for _ in range(2)
    ]
    assert issued[0] == issued[1] == service.token_of(Kind.STORE, subject_id)
    assert service.resolve(issued[0]) == service.Scene(Kind.STORE, subject_id)
    rows = read(select(Code.issued_by, Code.kind).where(Code.subject_id == subject_id))
    assert rows == [(operator_id, "S")]


@pytest.mark.parametrize("token", ["", "S", "last_trade_no_1", "S" + "0" * 30])
def test_a_token_nobody_issued_is_unknown(token: str) -> None:
    with pytest.raises(service.UnknownScene):
        service.resolve(token)


def test_issued_tokens_outlive_the_key_but_others_do_not(monkeypatch) -> None:
    subject_id = new_id()
    issued = in_transaction(lambda: service.issue("M", subject_id))
    never_issued = service.token_of("M", new_id())
    assert service.resolve(never_issued)
    monkeypatch.setattr(service, "_key", lambda: b"another key after a rotation....")
    assert service.resolve(issued).subject_id == subject_id
    with pytest.raises(service.UnknownScene):
        service.resolve(never_issued)


def test_a_store_code_is_permanent_and_fetched_once(client, wechat) -> None:
    token = in_transaction(lambda: service.issue("S", new_id()))
    answers = [client.get(f"/api/v1/codes/{token}.png") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert wechat.asked == [
        {"action_info": {"scene": {"scene_str": token}}, "action_name": "QR_LIMIT_STR_SCENE"}
    ]
    assert _decoded(answers[0].data) == ["http://weixin.qq.com/q/02" + "1".zfill(20)]


def test_a_member_code_is_temporary_and_renewed_before_it_ends(wechat, monkeypatch) -> None:
    token = in_transaction(lambda: service.issue("M", new_id()))
    first = service.ticket_for(token)
    assert first.expires_at is not None
    assert timedelta(days=29) < first.expires_at - now() <= timedelta(days=30)
    assert service.ticket_for(token) == first
    monkeypatch.setattr(tickets, "now", lambda: now() + timedelta(days=28))
    second = service.ticket_for(token)
    assert (second.ticket, second.url) != (first.ticket, first.url)
    assert _row(token).ticket == second.ticket


def test_while_wechat_is_away_a_ticket_that_still_works_is_used(wechat, monkeypatch) -> None:
    token = service.token_of("M", new_id())
    first = service.ticket_for(token)
    wechat.is_away = True
    monkeypatch.setattr(tickets, "now", lambda: now() + timedelta(days=29))
    assert service.ticket_for(token) == first
    monkeypatch.setattr(tickets, "now", lambda: now() + timedelta(days=31))
    with pytest.raises(WeChatUnavailable):
        service.ticket_for(token)


def test_when_permanent_codes_are_used_up_a_temporary_one_serves(wechat) -> None:
    wechat.refuses_permanent = True
    assert service.ticket_for(service.token_of("S", new_id())).expires_at is not None


def test_beyond_the_budget_codes_are_temporary_and_people_are_warned(wechat, monkeypatch) -> None:
    monkeypatch.setattr(settings(), "wechat_permanent_codes", service.permanent_count() + 1)
    with capture_logs() as told:
        tickets_given = [service.ticket_for(service.token_of("S", new_id())) for _ in range(2)]
    assert [ticket.expires_at is None for ticket in tickets_given] == [True, False]
    assert {line["event"] for line in told} == {"permanent_codes_run_out"}
    asked = [each["action_name"] for each in wechat.asked]
    assert asked == ["QR_LIMIT_STR_SCENE", "QR_STR_SCENE"]


@pytest.mark.parametrize("kind", ["S", "M"])
def test_however_many_ask_at_once_wechat_is_asked_once(app, wechat, kind) -> None:
    token = service.token_of(kind, new_id())

    def ask(_: int) -> object:
        with app.app_context():
            return service.ticket_for(token)

    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(ask, range(16)))
    assert (len(found), len(wechat.asked)) == (1, 1)


def test_after_somebody_died_while_asking_the_next_one_asks(wechat, monkeypatch) -> None:
    token = service.token_of("M", new_id())
    assert in_transaction(lambda: fetching._claim(token, service.resolve(token)))
    monkeypatch.setattr(fetching, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(WeChatUnavailable):
        service.ticket_for(token)
    assert wechat.asked == []
    monkeypatch.setattr(fetching, "now", lambda: now() + timedelta(seconds=21))
    assert service.ticket_for(token).ticket


def test_another_refusal_is_passed_on_and_nothing_is_stored(client, wechat) -> None:
    wechat.refusal = 48001
    token = service.token_of("S", new_id())
    with pytest.raises(WeChatRefused):
        service.ticket_for(token)
    assert (_row(token).ticket, _row(token).fetching_until) == (None, None)


def test_the_svg_shows_the_same_modules_as_the_png(client, wechat) -> None:
    token = service.token_of("P", new_id())
    svg = client.get(f"/api/v1/codes/{token}.svg")
    assert svg.mimetype == "image/svg+xml"
    assert _decoded(_rasterised(svg.text)) == ["http://weixin.qq.com/q/02" + "1".zfill(20)]


def _rasterised(svg: str) -> bytes:
    """The path's squares (`Mx,yH…V…H…z`, in millimetres) drawn as pixels."""
    squares = re.findall(r"M([\d.]+),([\d.]+)H([\d.]+)V([\d.]+)H[\d.]+z", svg)
    unit = float(squares[0][2]) - float(squares[0][0])
    side = max(round(float(right) / unit) for _, _, right, _ in squares) + 4
    image = Image.new("L", (side, side), 255)
    for left, top, _, _ in squares:
        image.putpixel((round(float(left) / unit), round(float(top) / unit)), 0)
    buffer = io.BytesIO()
    image.resize((side * 6, side * 6), Image.Resampling.NEAREST).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_poster_can_be_scanned_and_says_who_invites(client, wechat) -> None:
    subject_id = new_id()
    token = service.token_of("S", subject_id)
    asked = []

    def caption(kind: Kind, subject_id) -> Caption:
        asked.append((kind, subject_id))
        return Caption("🎉老码头火锅·解放碑店𠮷", "一处入会，全联盟通用")

    with caption_asked.connected_to(caption):
        answer = client.get(f"/api/v1/codes/{token}/poster.png")
    assert answer.status_code == 200
    assert asked == [(Kind.STORE, subject_id)]
    picture = Image.open(io.BytesIO(answer.data))
    assert picture.size == (1080, 1620)
    assert len(_decoded(answer.data)) == 1
    halved = picture.convert("RGB").resize((540, 810))  # as a phone shows it
    assert zxingcpp.read_barcodes(halved)[0].text.startswith("http://weixin.qq.com/q/")


def test_pictures_may_be_cached_and_are_not_sent_twice(client, wechat) -> None:
    token = service.token_of("M", new_id())
    for path in (f"{token}.png", f"{token}.svg", f"{token}/poster.png"):
        first = client.get(f"/api/v1/codes/{path}")
        assert re.fullmatch(r"public, max-age=86400", first.headers["Cache-Control"])
        again = client.get(
            f"/api/v1/codes/{path}", headers={"If-None-Match": first.headers["ETag"]}
        )
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["{}.png", "{}.svg", "{}/poster.png"])
def test_a_picture_of_a_forged_token_is_404_and_asks_wechat_nothing(client, wechat, path) -> None:
    genuine = service.token_of("S", uuid4())
    forged = genuine[:-1] + ("0" if genuine[-1] != "0" else "1")
    answer = client.get("/api/v1/codes/" + path.format(forged))
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_scene")
    assert wechat.asked == []
    assert read(select(Code.key).where(Code.key == registry_key(forged))) == []


def test_without_wechat_and_without_a_ticket_the_picture_is_503(client) -> None:
    assert "127.0.0.1:9" in settings().wechat_api_base
    answer = client.get(f"/api/v1/codes/{service.token_of('S', new_id())}.png")
    assert (answer.status_code, answer.json["code"]) == (503, "wechat_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
