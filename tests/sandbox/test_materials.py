"""Temporary materials: taken as WeChat takes them, and named by messages, for three days."""

from __future__ import annotations

import pytest
import requests

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100
SEND = "/cgi-bin/message/custom/send"


def token(sandbox, kind="OA"):
    return sandbox.token(kind)


def upload(sandbox, data=PNG, kind="image", field="media", account="OA", **more):
    query = {"access_token": token(sandbox, account), "type": kind} | more
    url = f"{sandbox.url}/cgi-bin/media/upload"
    return requests.post(url, params=query, files={field: ("a.png", data)}, timeout=9).json()


def fetch(sandbox, media_id, account="OA"):
    query = {"access_token": token(sandbox, account), "media_id": media_id}
    return requests.get(f"{sandbox.url}/cgi-bin/media/get", query, timeout=9)


def test_a_picture_is_kept_and_fetched_for_three_days(sandbox):
    told = upload(sandbox)
    assert told["type"] == "image"
    answer = fetch(sandbox, told["media_id"])
    assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
    sandbox.pass_time(3 * 86_400 + 1)
    assert fetch(sandbox, told["media_id"]).json()["errcode"] == 40007


@pytest.mark.parametrize(
    ("wish", "errcode"),
    [
        ({"kind": "film"}, 40004),
        ({"data": b"<html>"}, 40005),
        ({"data": JPEG, "kind": "voice"}, 40005),
        ({"data": PNG, "kind": "thumb"}, 40005),
        ({"data": JPEG + b"0" * 65_536, "kind": "thumb"}, 40006),
        ({"data": b""}, 40006),
        ({"field": "file"}, 47001),
        ({"width": "3"}, 47001),
    ],
)
def test_what_wechat_would_not_take_is_refused_by_its_code(sandbox, wish, errcode):
    assert upload(sandbox, **wish)["errcode"] == errcode
    assert len(sandbox.world.state.materials) == 0


def test_each_kind_is_known_by_its_first_bytes(sandbox):
    for kind, data in (
        ("image", JPEG),
        ("voice", b"#!AMR\n000"),
        ("video", b"\0\0\0\x18ftypmp42"),
        ("thumb", JPEG),
    ):
        told = upload(sandbox, data, kind)
        assert told["thumb_media_id" if kind == "thumb" else "media_id"]


def test_a_message_names_a_material_of_its_own_account(sandbox):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    mine, theirs = upload(sandbox)["media_id"], upload(sandbox, account="MINI")["media_id"]

    def send(media_id):
        wish = {"touser": phone["openid"], "msgtype": "image", "image": {"media_id": media_id}}
        return sandbox.call(SEND, wish).json()["errcode"]

    assert (send(mine), send(theirs), send("unknown")) == (0, 40007, 40007)
    assert fetch(sandbox, theirs).json()["errcode"] == 40007
    assert [line["kind"] for line in sandbox.chat(phone) if line["side"] == "account"] == ["image"]
