"""What members and shops need of WeChat, from end to end with the sandbox and its pushes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
import requests

from app.core.config import settings
from app.core.world import now
from app.wechat import client, quotas
from app.wechat.client import events
from tests.wechat.pretend import Sandbox, eventually

pytestmark = pytest.mark.usefixtures("context")
WORDS = {"thing1": "茶小满", "time2": "2026年11月22日 15:04"}
READ = "/cgi-bin/user/info"


@pytest.fixture
def heard(messages) -> Any:
    """The events that are pushed, as they are read."""
    found: list[events.Event | None] = []

    def listen(message: client.Message) -> None:
        found.append(client.read_event(message.fields))

    with messages.connected_to(listen):
        yield found


def _first(heard: list[Any], kind: type) -> Any:
    return eventually(lambda: next((one for one in heard if isinstance(one, kind)), None))


def _logged_in(sandbox: Sandbox) -> dict[str, Any]:
    phone = sandbox.phone()
    client.code_to_session(sandbox.act(phone, "login")["code"])
    return phone


def test_links_lead_into_the_mini_program(sandbox: Sandbox) -> None:
    assert client.url_link("", "scene=S1", days=1).startswith("https://")
    assert client.url_scheme("", "scene=S1").startswith("weixin://")


def test_a_page_is_signed_with_the_sandboxs_ticket(sandbox: Sandbox) -> None:
    one, other = (client.page_signature("https://a.example/") for _ in range(2))
    assert one["appId"] == settings().wechat_oa_app_id
    assert one["signature"] != other["signature"]


def test_a_phone_number_after_consent_and_once(sandbox: Sandbox) -> None:
    phone = _logged_in(sandbox)
    sandbox.act(phone, "privacy", agree=True)
    code = sandbox.act(phone, "phone-number")["code"]
    found = client.phone_number(code, phone["mini_openid"])
    assert (len(found.number), found.country_code) == (11, "86")
    with pytest.raises(client.PhoneCodeInvalid):
        client.phone_number(code, phone["mini_openid"])


def test_a_consent_is_worth_one_message_of_the_mini_program(sandbox: Sandbox, heard) -> None:
    phone = _logged_in(sandbox)
    sandbox.act(phone, "subscribe", choices={"SUB1": "accept"})
    answered = _first(heard, events.ConsentAnswered)
    assert [(one.template_id, one.is_accepted) for one in answered.consents] == [("SUB1", True)]
    wish = {"openid": phone["mini_openid"], "template_id": "SUB1", "data": WORDS}
    client.send_mini_program_subscription(**wish)
    [fate] = _first(heard, events.SubscriptionsSent).fates
    assert fate.is_delivered
    with pytest.raises(client.ConsentUsedUp):
        client.send_mini_program_subscription(**wish)


def test_a_consent_is_worth_one_message_of_the_official_account(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    sandbox.act(phone, "follow")
    sandbox.act(phone, "subscribe", choices={"OA1": "accept"}, app="oa")
    wish = {"openid": phone["openid"], "template_id": "OA1", "data": WORDS}
    client.send_subscription(**wish, url="https://a.example/")
    with pytest.raises(client.ConsentUsedUp):
        client.send_subscription(**wish)


def test_texts_and_pictures_are_checked(sandbox: Sandbox, heard) -> None:
    phone = _logged_in(sandbox)
    openid = phone["mini_openid"]
    assert client.check_text("味道很好", openid, "comment").suggestion == "pass"
    assert client.check_text("赌博", openid, "comment").suggestion == "risky"
    there = f"{sandbox.product_url}/healthz/live?risky"
    trace = client.check_media(there, openid, "profile")
    sandbox.control("/clock/advance", {"seconds": 60})
    checked = _first(heard, events.MediaChecked)
    assert (checked.trace_id, checked.suggestion) == (trace, "risky")
    heard.clear()
    client.check_media("http://127.0.0.1:9/nowhere.jpg", openid, "profile")
    sandbox.control("/clock/advance", {"seconds": 60})
    checked = _first(heard, events.MediaChecked)
    assert (checked.suggestion, checked.error_code) == (None, -1008)
    sandbox.control("/clock/advance", {"seconds": 3 * 3600})
    with pytest.raises(client.PersonInactive):
        client.check_text("味道很好", openid, "comment")


def test_a_payer_is_known_by_the_payment_for_five_minutes(sandbox: Sandbox, payments) -> None:
    phone, number = sandbox.phone(), uuid4().hex
    app_id = settings().wechat_mini_app_id
    prepaid = client.prepay(
        out_trade_no=number,
        description="储值",
        amount_fen=100,
        trade_type="jsapi",
        app_id=app_id,
        openid=phone["mini_openid"],
        expires_at=now() + timedelta(minutes=30),
    )
    sandbox.act(phone, "pay", **client.jsapi_parameters(str(prepaid.prepay_id), app_id))
    assert client.unionid_after_paying(phone["mini_openid"], number) == phone["unionid"]
    sandbox.control("/clock/advance", {"seconds": 301})
    assert client.unionid_after_paying(phone["mini_openid"], number) is None


def test_a_snapshot_visitor_is_recognised(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    sandbox.fault("snapshot_user")
    asked = client.consent_address(f"{sandbox.product_url}/h5", "state1", "snsapi_userinfo")
    address = asked.replace("#wechat_redirect", f"&phone={phone['id']}")
    answer = requests.get(address, allow_redirects=False, timeout=9)
    code = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["code"]
    login = client.web_login(code)
    assert login.is_snapshot
    assert login.openid != phone["openid"]


def test_a_quota_of_the_day_is_respected_and_can_be_cleared(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    sandbox.control("/console", {"quotas": {READ: {"daily": 2}}}, method="PUT")
    for _ in range(2):
        client.follower(phone["openid"])
    assert quotas.quota_of("official", READ).used == 2
    for _ in range(3):
        with pytest.raises(client.QuotaUsedUp):
            client.follower(phone["openid"])
    quotas.clear_quota("official")
    assert client.follower(phone["openid"]).openid == phone["openid"]
