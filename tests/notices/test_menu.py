"""The menu: set in a file or built in, checked before WeChat is asked, put there once."""

import json
from datetime import timedelta

import pytest
import requests

from app.core.auth import Principal, open_session
from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import beijing_day, new_id, now
from app.notices import menu, pages
from app.wechat.tokens import access_token

pytestmark = pytest.mark.usefixtures("context")


def shown(sandbox):
    token = {"access_token": access_token()}
    return requests.get(f"{sandbox.url}/cgi-bin/menu/get", token, timeout=9).json()["menu"][
        "button"
    ]


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=["menu", *words])


@pytest.fixture
def from_file(tmp_path, monkeypatch):
    def use(content):
        path = tmp_path / "menu.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        monkeypatch.setattr(settings(), "wechat_oa_menu_file", path)

    return use


def click(name="余额", key="BALANCE"):
    return {"type": "click", "name": name, "key": key}


def test_the_menu_is_published_once_and_its_entries_answer(run, person, sandbox):
    assert run("publish").output == "published\n"
    assert run("publish").output == "unchanged\n"
    assert [entry["name"] for entry in shown(sandbox)] == ["打开联惠", "我的", "服务"]
    someone = person()
    someone.does("follow")
    help_text = someone.does("text", content="帮助")
    for entry in shown(sandbox)[1]["sub_button"][:3]:
        assert someone.does("menu", key=entry["key"]) not in ("", help_text)


def test_the_difference_is_shown_and_ends_with_one(run, sandbox, from_file):
    first = run("diff")
    assert first.exit_code == 1
    assert '+    "name": "打开联惠"' in first.output
    run("publish")
    assert (run("diff").exit_code, run("diff").output) == (0, "")
    from_file({"button": [click()]})
    changed = run("diff")
    assert changed.exit_code == 1
    assert '-    "name": "打开联惠"' in changed.output
    run("publish")
    assert shown(sandbox)[0]["key"] == "BALANCE"


def test_a_file_sets_the_menu(run, from_file):
    from_file({"button": [click("我的余额")]})
    assert json.loads(run("show").output) == [click("我的余额")]


WRONG = [
    ("{", "is not JSON"),
    ({"button": []}, "1 to 3 entries"),
    ({"button": [click()] * 4}, "1 to 3 entries"),
    ({"button": ["x"]}, "the name of entry 1"),
    ({"button": [click("一二三四五六")]}, "the name of entry 1 has not 1 to 16 bytes"),
    ({"button": [{"name": "a", "sub_button": [click()] * 6}]}, "more than 5 entries"),
    ({"button": [{"name": "a", "sub_button": [click("名" * 21)]}]}, "the name of entry 1.1"),
    ({"button": [{"name": "a", "sub_button": [{"name": "b", "sub_button": [click()]}]}]}, "below"),
    ({"button": [{"name": "a", "type": "jump"}]}, "no type that WeChat knows"),
    ({"button": [{"name": "a", "type": "view"}]}, "lacks url"),
    ({"button": [{"name": "a", "type": "view", "url": "ftp://a"}]}, "the address of entry 1"),
    ({"button": [{"name": "a", "type": "view", "url": "https://" + "a" * 1_020}]}, "the address"),
    ({"button": [click(key="k" * 129)]}, "the key of entry 1 is longer"),
    ({"button": [click(key="NOTHING")]}, "nothing answers the key"),
    ({"button": [{"name": "a", "type": "miniprogram", "appid": "wx"}]}, "lacks pagepath"),
]


@pytest.mark.parametrize(("content", "reason"), WRONG)
def test_a_wrong_menu_is_refused_before_wechat_is_asked(run, sandbox, from_file, content, reason):
    run("publish")
    before = shown(sandbox)
    from_file(content)
    for command in ("show", "publish", "diff"):
        answer = run(command)
        assert answer.exit_code == 1
        assert reason in answer.output
    assert shown(sandbox) == before


def test_a_refusal_of_wechat_ends_with_one_sentence(run, sandbox):
    sandbox.fault("system_error", match="menu/create", count=3)
    answer = run("publish")
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: WeChat")


def test_a_file_that_is_gone_is_said(run, monkeypatch, tmp_path):
    monkeypatch.setattr(settings(), "wechat_oa_menu_file", tmp_path / "none.json")
    assert run("publish").exit_code == 1
    assert menu.targets() == frozenset()


def operator(role="operator"):
    caller = Principal("staff", new_id(), frozenset({role}))
    return {"Authorization": f"Bearer {in_transaction(lambda: open_session(caller)).token}"}


def test_taps_are_counted_by_entry_and_not_by_person(client, writer):
    def counted():
        day = beijing_day(now()).isoformat()
        answer = client.get("/api/v1/menu/taps", query_string={"from": day}, headers=operator())
        assert answer.status_code == 200, answer.json
        return {(each["event"], each["key"]): each["taps"] for each in answer.json["taps"]}

    before = counted()
    address = pages.address()
    for _ in range(3):
        other = writer()
        other.causes("CLICK", EventKey="BALANCE", MenuId="1")
        other.causes("VIEW", EventKey=address, MenuId="1")
        other.causes("VIEW", EventKey=f"{address}?who={other.openid}", MenuId="1")
        other.causes("view_miniprogram", EventKey="pages/secret?phone=13800000000", MenuId="1")
    wanted = [("click", "BALANCE"), ("view", address), ("view", "other")]
    wanted.append(("view_miniprogram", "other"))
    after = counted()
    assert [after[name] - before.get(name, 0) for name in wanted] == [3, 3, 3, 3]
    assert "who=" not in str(after)


def test_taps_are_the_platforms_and_of_a_span_of_time(client):
    answer = client.get("/api/v1/menu/taps", headers=operator("cashier"))
    assert answer.status_code == 403
    today = beijing_day(now())
    early = {"from": (today - timedelta(days=400)).isoformat(), "to": today.isoformat()}
    answer = client.get("/api/v1/menu/taps", query_string=early, headers=operator())
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
