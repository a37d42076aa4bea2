"""The account's menu follows the settings: each change once, people's own work left alone."""

import json

import pytest
import requests
from sqlalchemy import text

from app.core import outbox
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.outbox import TryLater
from app.notices import menu_publishing
from app.wechat.tokens import access_token

pytestmark = pytest.mark.usefixtures("context")
CREATE = "menu/create"


def at_wechat(sandbox, path="get", **more):
    url = f"{sandbox.url}/cgi-bin/menu/{path}"
    query = {"access_token": access_token()}
    return (
        requests.post(url, params=query, json=more, timeout=9).json()
        if more
        else requests.get(url, query, timeout=9).json()
    )


def names(sandbox):
    found = at_wechat(sandbox)
    return [entry["name"] for entry in found["menu"]["button"]] if "menu" in found else []


def letters():
    """The letters that wait, the oldest first."""
    waiting = "SELECT payload FROM core_outbox WHERE reader = 'notices.publish_menu'"
    return [row[0] for row in read(text(f"{waiting} AND state = 'waiting' ORDER BY id"))]


def state():
    rows = read(text("SELECT state, error_code, is_ours FROM notices_published_menu"))
    return tuple(rows[0]) if rows else None


@pytest.fixture(autouse=True)
def fresh(sandbox, context):
    """Nothing was published yet, and nothing waits."""

    def work():
        db.session.execute(text("DELETE FROM notices_published_menu"))
        db.session.execute(text("DELETE FROM core_outbox WHERE reader = 'notices.publish_menu'"))

    in_transaction(work)


@pytest.fixture
def set_menu(tmp_path, monkeypatch):
    path = tmp_path / "menu.json"
    monkeypatch.setattr(settings(), "wechat_oa_menu_file", path)

    def use(*words, content=None):
        entries = [{"type": "click", "name": word, "key": "BALANCE"} for word in words]
        path.write_text(content if content is not None else json.dumps({"button": entries}))

    return use


def deploy():
    """The duty looks, and a worker reads what it wrote; how many letters there were."""
    menu_publishing.look()
    waiting = letters()
    for payload in waiting:
        menu_publishing.publish_due(payload)
    in_transaction(
        lambda: db.session.execute(
            text("DELETE FROM core_outbox WHERE reader = 'notices.publish_menu'")
        )
    )
    return len(waiting)


def test_the_first_menu_and_each_change_are_published_once(sandbox, set_menu):
    set_menu("余额")
    assert deploy() == 1
    assert names(sandbox) == ["余额"]
    assert [deploy() for _ in range(3)] == [0, 0, 0]
    set_menu("余额", "提现")
    assert deploy() == 1
    assert names(sandbox) == ["余额", "提现"]
    assert state() == ("published", None, True)
    assert menu_publishing.unpublished() == 0


def test_a_duty_that_looks_often_writes_one_letter(sandbox, set_menu):
    set_menu("余额")
    assert [menu_publishing.look() for _ in range(5)] == [1, 0, 0, 0, 0]
    assert len(letters()) == 1


def test_the_same_menu_laid_out_otherwise_is_no_change(sandbox, set_menu):
    set_menu("余额")
    deploy()
    entry = '{"key": "BALANCE", "name": "余额",\n "type": "click", "sub_button": []}'
    set_menu(content=f'{{"button": [{entry}]}}')
    assert deploy() == 0


def test_what_people_change_in_the_console_is_left_alone(sandbox, set_menu):
    set_menu("余额")
    deploy()
    at_wechat(sandbox, "create", button=[{"type": "click", "name": "手改", "key": "X"}])
    assert deploy() == 0
    assert names(sandbox) == ["手改"]
    set_menu("提现")
    deploy()
    assert names(sandbox) == ["提现"]


def test_a_menu_from_before_ours_is_replaced_by_the_command_only(sandbox, set_menu, app):
    at_wechat(sandbox, "create", button=[{"type": "click", "name": "旧", "key": "X"}])
    set_menu("余额")
    deploy()
    assert (names(sandbox), state()) == (["旧"], ("foreign", None, False))
    assert menu_publishing.unpublished() == 1
    answer = app.test_cli_runner().invoke(args=["menu", "publish"])
    assert answer.output == "published\n"
    assert (names(sandbox), state()) == (["余额"], ("published", None, True))
    assert (deploy(), menu_publishing.unpublished()) == (0, 0)


def test_wechat_away_is_asked_again_and_no_menu_is_lost(sandbox, set_menu):
    set_menu("余额")
    menu_publishing.look()
    [payload] = letters()
    sandbox.fault("system_error", match=CREATE, count=3)
    with pytest.raises(TryLater):
        menu_publishing.publish_due(payload)
    assert names(sandbox) == []
    menu_publishing.publish_due(payload)
    assert names(sandbox) == ["余额"]


def test_a_lost_answer_ends_in_one_menu(sandbox, set_menu):
    set_menu("余额")
    menu_publishing.look()
    [payload] = letters()
    sandbox.fault("reset_after", match=CREATE, count=3)
    with pytest.raises(TryLater):
        menu_publishing.publish_due(payload)
    menu_publishing.publish_due(payload)
    assert (names(sandbox), state()[0]) == (["余额"], "published")


def test_a_right_that_is_missing_waits_for_the_operator(sandbox, set_menu):
    set_menu("余额")
    menu_publishing.look()
    [payload] = letters()
    sandbox.fault("errcode", match=CREATE, errcode=48001)
    with pytest.raises(TryLater) as caught:
        menu_publishing.publish_due(payload)
    assert caught.value.seconds >= 600


def test_what_wechat_refuses_is_not_asked_again_until_it_is_changed(sandbox, set_menu):
    set_menu("余额")
    sandbox.fault("errcode", match=CREATE, errcode=40018)
    deploy()
    assert state()[:2] == ("refused", "40018")
    assert (deploy(), menu_publishing.unpublished()) == (0, 1)
    set_menu("提现")
    deploy()
    assert (names(sandbox), menu_publishing.unpublished()) == (["提现"], 0)


def test_a_worker_with_the_settings_of_before_leaves_the_letter_to_another(sandbox, set_menu):
    set_menu("新")
    menu_publishing.look()
    [payload] = letters()
    set_menu("旧")
    with pytest.raises(TryLater):
        menu_publishing.publish_due(payload)
    assert names(sandbox) == []
    menu_publishing.look()  # the relay has the other settings as well
    menu_publishing.publish_due(payload)
    assert names(sandbox) == []
    menu_publishing.publish_due(letters()[-1])
    assert names(sandbox) == ["旧"]


def test_a_file_that_cannot_be_read_is_said_and_nothing_is_lost(sandbox, set_menu, client):
    set_menu("余额")
    deploy()
    set_menu(content="{")
    assert deploy() == 0
    assert client.get("/healthz/ready").json["menu_unpublished"] == 1
    assert names(sandbox) == ["余额"]
    set_menu("余额")
    assert (deploy(), menu_publishing.unpublished()) == (1, 0)


def test_the_letter_is_read_by_a_worker(sandbox, set_menu):
    set_menu("余额")
    menu_publishing.look()
    for _ in range(20):
        outbox.work_off()
        if not letters():
            break
    assert names(sandbox) == ["余额"]
