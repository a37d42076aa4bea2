"""URL Links, schemes and the JS-SDK ticket."""

from __future__ import annotations

import time

import pytest
import requests

from sandbox.links import DAY_SECONDS


def make(sandbox, **wish) -> dict:
    wish = {"expire_type": 1, "expire_interval": 30} | wish
    return sandbox.call("/wxa/generate_urllink", wish, "MINI").json()


def open_link(sandbox, phone, content: str) -> requests.Response:
    url = f"{sandbox.url}/__ctl/phones/{phone['id']}/scan"
    return requests.post(url, json={"content": content}, timeout=9)


def test_a_link_opens_the_mini_program_with_its_query(sandbox):
    phone = sandbox.phone()
    link = make(sandbox, path="pages/join", query="scene=Sabc&from=sms")["url_link"]
    found = open_link(sandbox, phone, link).json()
    assert (found["kind"], found["page"], found["scene"]) == ("mini_program", "pages/join", "Sabc")
    assert found["query"] == {"scene": "Sabc", "from": "sms"}
    assert found["code"]
    added = open_link(sandbox, phone, f"{link}?cq=campaign%3D7").json()
    assert added["query"]["campaign"] == "7"


def test_a_scheme_opens_it_too_and_for_many_people(sandbox):
    wish = {"jump_wxa": {"path": "/pages/join", "query": "scene=S1"}, "is_expire": True}
    answer = sandbox.call(
        "/wxa/generatescheme", wish | {"expire_time": int(time.time()) + 600}, "MINI"
    ).json()
    assert answer["openlink"].startswith("weixin://dl/business/?t=")
    for _ in range(2):
        found = open_link(sandbox, sandbox.phone(), answer["openlink"]).json()
        assert (found["page"], found["scene"]) == ("pages/join", "S1")


def test_a_link_ends(sandbox):
    phone = sandbox.phone()
    link = make(sandbox, expire_interval=1)["url_link"]
    sandbox.pass_time(DAY_SECONDS + 1)
    answer = open_link(sandbox, phone, link)
    assert (answer.status_code, answer.json()["error"]) == (409, "link_expired")


@pytest.mark.parametrize(
    ("wish", "errcode"),
    [
        ({"expire_interval": 31}, 85401),
        ({"expire_interval": None}, 85401),
        ({"expire_type": 0, "expire_time": 1}, 85401),
        ({"expire_type": 2}, 40097),
        ({"query": "名字=茶"}, 40212),
        ({"query": "a" * 1025}, 40212),
        ({"path": "pages/join?scene=1"}, 40165),
        ({"env_version": "beta"}, 85400),
        ({"is_expire": True}, 47001),
    ],
)
def test_a_wrong_link_is_refused_by_its_own_code(sandbox, wish, errcode):
    assert make(sandbox, **wish)["errcode"] == errcode
    assert len(sandbox.world.state.links) == 0


def test_a_page_that_is_not_published_has_no_link(sandbox):
    sandbox.control("/console", {"mini_pages": ["pages/join"]}, "PUT")
    assert make(sandbox, path="pages/other")["errcode"] == 40165
    assert make(sandbox, path="/pages/join")["errcode"] == 0


def test_the_ticket_of_the_js_sdk_stays_the_same_for_two_hours(sandbox):
    def ask(kind: str = "jsapi", account: str = "OA") -> dict:
        params = {"access_token": sandbox.token(account), "type": kind}
        return requests.get(f"{sandbox.url}/cgi-bin/ticket/getticket", params, timeout=9).json()

    first = ask()
    sandbox.pass_time(7000)
    second = ask()
    assert (second["ticket"], second["expires_in"] <= 200) == (first["ticket"], True)
    sandbox.pass_time(201)
    assert ask()["ticket"] != first["ticket"]
    assert ask("other")["errcode"] == 40097
    assert ask(account="MINI")["errcode"] == 48001
