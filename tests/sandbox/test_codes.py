"""Codes a phone scans: of the official account, of the mini-program, uploaded, expired."""

from __future__ import annotations

import io

import pytest
import requests
import zxingcpp
from PIL import Image

from tests.sandbox.test_official_account import CALLBACK, make_code


def test_the_picture_of_a_code_says_its_address(sandbox):
    code = make_code(sandbox, "S12345")
    picture = requests.get(
        f"{sandbox.url}/cgi-bin/showqrcode", {"ticket": code["ticket"]}, timeout=9
    )
    assert picture.headers["Content-Type"] == "image/jpg"
    seen = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.content)))[0].text
    assert seen == code["url"]


def test_an_uploaded_picture_is_scanned(sandbox, product):
    phone, code = sandbox.phone(), make_code(sandbox, "upload")
    picture = requests.get(
        f"{sandbox.url}/cgi-bin/showqrcode", {"ticket": code["ticket"]}, timeout=9
    )
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/scan"
    answer = requests.post(url, files={"image": picture.content}, timeout=9)
    assert answer.json()["kind"] == "subscribe"
    assert len(product.of(CALLBACK)) == 1


def test_an_expired_code_cannot_be_scanned(sandbox, product):
    phone, code = sandbox.phone(), make_code(sandbox, "old", seconds=60)
    sandbox.pass_time(61)
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/scan"
    answer = requests.post(url, json={"content": code["url"]}, timeout=9)
    assert (answer.status_code, answer.json()["error"]) == (409, "code_expired")
    assert product.letters == []
    picture = requests.get(
        f"{sandbox.url}/cgi-bin/showqrcode", {"ticket": code["ticket"]}, timeout=9
    )
    assert picture.status_code == 404


def test_a_mini_program_code_opens_with_its_scene(sandbox):
    answer = sandbox.call("/wxa/getwxacodeunlimit", {"scene": "S" * 31, "page": "p/join"}, "MINI")
    content = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)))[0].text
    phone = sandbox.phone()
    found = sandbox.control(f"/phones/{phone['id']}/scan", {"content": content})
    assert (found["kind"], found["scene"], found["page"]) == ("mini_program", "S" * 31, "p/join")
    refused = sandbox.call("/wxa/getwxacodeunlimit", {"scene": "S" * 33}, "MINI").json()
    assert refused["errcode"] == 40169


@pytest.mark.parametrize(
    ("wish", "errcode"),
    [
        ({"scene": ""}, 40169),
        ({"scene": "a b"}, 40129),
        ({"scene": "a%20"}, 40129),
        ({"scene": "scancode_time=1"}, 85096),
        ({"scene": "S1", "page": "/pages/index"}, 41030),
        ({"scene": "S1", "page": "pages/index?a=1"}, 41030),
        ({"scene": "S1", "width": 100}, 40097),
        ({"scene": "S1", "env_version": "beta"}, 40097),
        ({"scene": "S1", "pages": "p"}, 47001),
    ],
)
def test_a_wrong_mini_program_code_is_refused_by_its_own_code(sandbox, wish, errcode):
    answer = sandbox.call("/wxa/getwxacodeunlimit", wish, "MINI").json()
    assert answer["errcode"] == errcode
    assert len(sandbox.world.state.mini_codes) == 0


def test_a_page_must_be_published_unless_the_path_is_not_checked(sandbox):
    sandbox.control("/console", {"mini_pages": ["pages/join"]}, "PUT")
    wish = {"scene": "S1", "page": "pages/other"}
    assert sandbox.call("/wxa/getwxacodeunlimit", wish, "MINI").json()["errcode"] == 41030
    for more in ({"check_path": False}, {"page": "pages/join"}, {"page": ""}):
        answer = sandbox.call("/wxa/getwxacodeunlimit", wish | more, "MINI")
        assert answer.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"action_name": "QR_OTHER"}, 40054),
        ({"action_info": {"scene": {"scene_str": "x" * 65}}}, 40053),
        ({"action_info": {}}, 40053),
        ({"expire_seconds": 0}, 40052),
        ({"seconds": 60}, 47001),
    ],
)
def test_a_wrong_parametric_code_is_refused_by_its_own_code(sandbox, change, errcode):
    wish = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "abc"}}}
    answer = sandbox.call("/cgi-bin/qrcode/create", wish | change).json()
    assert answer["errcode"] == errcode
    assert len(sandbox.world.state.tickets) == 0
