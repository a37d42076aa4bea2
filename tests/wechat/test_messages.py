"""What events say, in WeChat's XML and in its JSON, with the oddities seen in the wild."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as trials

from app.wechat import events
from app.wechat.envelope import open_envelope
from app.wechat.messages import READERS, read_event
from tests.wechat.test_fuzz import objects

HEAD = "<ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>"
PAID_AT = datetime(2022, 12, 9, 5, 25, 31, tzinfo=UTC)
TWO_ANSWERS = (
    events.Consent("T1", is_accepted=True, scene="2"),
    events.Consent("T2", is_accepted=False, scene="2"),
)


def from_xml(event: str, inner: str = "") -> events.Event | None:
    text = f"<xml>{HEAD}<MsgType>event</MsgType><Event>{event}</Event>{inner}</xml>"
    return read_event(open_envelope(text.encode()))


def from_json(event: str, **fields: Any) -> events.Event | None:
    return read_event({"MsgType": "event", "Event": event, **fields})


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("<EventKey></EventKey>", events.Followed(None, None)),
        ("", events.Followed(None, None)),
        ("<EventKey>qrscene_S1</EventKey><Ticket>t</Ticket>", events.Followed("S1", None)),
        ("<EventKey>qrscene_</EventKey>", events.Followed(None, None)),
        ("<EventKey>last_trade_no_4200001</EventKey>", events.Followed(None, "4200001")),
        ("<EventKey>last_trade_no_</EventKey>", events.Followed(None, None)),
        ("<EventKey>something new</EventKey>", events.Followed(None, None)),
    ],
)
def test_a_follow_after_paying_is_not_a_scanned_code(key, expected):
    assert from_xml("subscribe", key) == expected


def test_only_a_scan_carries_its_scene_bare():
    assert from_xml("SCAN", "<EventKey>S1</EventKey>") == events.CodeScanned("S1")
    assert from_xml("SCAN", "<EventKey>last_trade_no_42</EventKey>") == events.CodeScanned(None)
    assert from_xml("unsubscribe", "<EventKey>last_trade_no_42</EventKey>") == events.Unfollowed()


def test_what_is_tapped_in_the_menu():
    assert from_xml("CLICK", "<EventKey>BALANCE</EventKey>") == events.MenuClicked("BALANCE")
    view = "<EventKey>https://a.example/?b=1</EventKey><MenuId>42</MenuId>"
    assert from_xml("VIEW", view) == events.MenuViewed("https://a.example/?b=1", "42")
    page = "<EventKey>pages/a</EventKey><MenuId>42</MenuId>"
    assert from_xml("view_miniprogram", page) == events.MiniProgramViewed("pages/a", "42")
    code = "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>"
    scanned = from_xml("scancode_waitmsg", f"<EventKey>PAY</EventKey>{code}")
    assert scanned == events.MenuScanned("PAY", "1")
    assert from_json("VIEW", EventKey="u") == events.MenuViewed("u", None)


def test_a_place_is_told_in_degrees_or_not_at_all():
    place = "<Latitude>23.137466</Latitude><Longitude>113.352425</Longitude>"
    told = from_xml("LOCATION", f"{place}<Precision>119.385040</Precision>")
    assert told == events.LocationTold(23.137466, 113.352425, 119.38504)
    assert from_json("LOCATION", Latitude=-23.5, Longitude=7) == events.LocationTold(-23.5, 7, None)
    for latitude in ("", "nan", "1e3", "91", True, None, "٣"):
        assert from_json("LOCATION", Latitude=latitude, Longitude="1") is None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("success", "delivered"),
        ("failed:user block", "blocked"),
        ("failed: user block", "blocked"),
        ("failed: system failed", "failed"),
        ("failed:system failed", "failed"),
        ("Failed: something new", "failed"),
    ],
)
@pytest.mark.parametrize("name", ["MsgID", "MsgId"])
def test_the_fate_of_a_template_however_it_is_spelled(status, outcome, name):
    fate = from_xml("TEMPLATESENDJOBFINISH", f"<{name}>200163836</{name}><Status>{status}</Status>")
    assert isinstance(fate, events.TemplateFinished)
    assert (fate.message_id, fate.outcome) == ("200163836", outcome)
    assert from_json("TEMPLATESENDJOBFINISH", **{name: 200163836, "Status": status}) == fate


def _xml_list(tag: str, *entries: dict[str, str]) -> str:
    items = "".join(
        "<List>" + "".join(f"<{name}>{value}</{name}>" for name, value in entry.items()) + "</List>"
        for entry in entries
    )
    return f"<{tag}>{items}</{tag}>"


ACCEPTED = {"TemplateId": "T1", "SubscribeStatusString": "accept", "PopupScene": "2"}
REFUSED = {"TemplateId": "T2", "SubscribeStatusString": "reject", "PopupScene": "2"}


@pytest.mark.parametrize(
    "fields",
    [
        {"List": [ACCEPTED, REFUSED]},
        {"SubscribeMsgPopupEvent": [ACCEPTED, REFUSED]},
        {"SubscribeMsgPopupEvent": {"List": [ACCEPTED | {"PopupScene": 2}, REFUSED]}},
        {"SubscribeMsgPopupEvent": [{"List": ACCEPTED}, {"List": [REFUSED]}]},
    ],
)
def test_answers_to_subscriptions_in_every_shape_of_json(fields):
    assert from_json("subscribe_msg_popup_event", **fields) == events.ConsentAnswered(TWO_ANSWERS)


def test_one_answer_is_an_object_in_json_and_a_single_tag_in_xml():
    one = events.ConsentAnswered(TWO_ANSWERS[:1])
    assert from_json("subscribe_msg_popup_event", List=ACCEPTED) == one
    inner = _xml_list("SubscribeMsgPopupEvent", ACCEPTED)
    assert from_xml("subscribe_msg_popup_event", inner) == one
    inner = _xml_list("SubscribeMsgPopupEvent", ACCEPTED, REFUSED)
    assert from_xml("subscribe_msg_popup_event", inner) == events.ConsentAnswered(TWO_ANSWERS)


@pytest.mark.parametrize("tag", ["SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"])
def test_a_changed_subscription_is_read_under_the_wrong_tag_of_the_official_sample(tag):
    entry = {"TemplateId": "T1", "SubscribeStatusString": "reject"}
    changed = events.ConsentChanged((events.Consent("T1", is_accepted=False, scene=None),))
    assert from_xml("subscribe_msg_change_event", _xml_list(tag, entry)) == changed
    assert from_json("subscribe_msg_change_event", List=entry) == changed


def test_the_fates_of_subscription_messages():
    entry = {
        "TemplateId": "T1",
        "MsgID": "1700827132819554304",
        "ErrorCode": "0",
        "ErrorStatus": "success",
    }
    sent = from_xml("subscribe_msg_sent_event", _xml_list("SubscribeMsgSentEvent", entry))
    assert isinstance(sent, events.SubscriptionsSent)
    [fate] = sent.fates
    assert fate.is_delivered
    assert fate.message_id == "1700827132819554304"
    numbers = entry | {"MsgID": 1700827132819554304, "ErrorCode": 0}
    assert from_json("subscribe_msg_sent_event", List=numbers) == sent
    failed = entry | {"ErrorCode": "43101", "ErrorStatus": "user refuse"}
    both = from_json("subscribe_msg_sent_event", List=[entry, failed])
    assert [fate.is_delivered for fate in both.fates] == [True, False]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("user_info_modified", events.ProfileCleared),
        ("user_authorization_cancellation", events.AccountCancelled),
    ],
)
def test_people_are_named_by_openid_and_not_by_the_sender(event, kind):
    inner = "<OpenID>o2</OpenID><AppID>wx1</AppID>"
    assert from_xml(event, inner) == kind("o2", "wx1")
    assert from_json(event, **{" OpenID": "o2", " AppID": "wx1"}) == kind("o2", "wx1")
    assert from_json(event, FromUserName="o1") is None


def test_what_was_revoked_is_told_by_numbers():
    revoked = from_xml("user_authorization_revoke", "<OpenID>o2</OpenID><RevokeInfo>8</RevokeInfo>")
    assert revoked == events.AuthorizationRevoked("o2", None, ("8",))
    several = from_json("user_authorization_revoke", OpenID="o2", RevokeInfo="6,13")
    assert several == events.AuthorizationRevoked("o2", None, ("6", "13"))


def test_a_content_check_is_read_in_both_of_its_versions():
    inner = "<trace_id>t1</trace_id><version>2</version><errcode>0</errcode><errmsg>ok</errmsg>"
    inner += "<result><suggest>risky</suggest><label>20002</label></result>"
    assert from_xml("wxa_media_check", inner) == events.MediaChecked("t1", "risky", 20002, 0)
    result = {"suggest": "risky", "label": 20002}
    checked = from_json("wxa_media_check", trace_id="t1", errcode=0, result=result)
    assert checked == events.MediaChecked("t1", "risky", 20002, 0)
    old = from_json("wxa_media_check", trace_id="t1", isrisky=0, status_code=0, detail=[])
    assert old == events.MediaChecked("t1", "pass", None, 0)
    failed = from_json("wxa_media_check", trace_id="t1", errcode=-1008, result={"suggest": "pass"})
    assert failed == events.MediaChecked("t1", None, None, -1008)


def test_what_trade_management_tells_of_an_order():
    order = {
        "transaction_id": "42",
        "merchant_id": "1900000001",
        "merchant_trade_no": "A1",
        "pay_time": 1670563531,
    }
    known = events.TradeOrder("A1", "42", "1900000001", PAID_AT)
    wanted = from_json("trade_manage_remind_shipping", **order, msg="请发货")
    assert wanted == events.ShippingWanted(known, "请发货")
    settled = from_json(
        "trade_manage_order_settlement",
        **order,
        shipped_time="1670563531",
        confirm_receive_method="2",
        confirm_receive_time=1670563531,
        settlement_time=0,
        estimated_settlement_time="",
    )
    assert settled == events.ShippingSettled(known, PAID_AT, None, PAID_AT, None, 2)
    flat = "".join(f"<{name}>{value}</{name}>" for name, value in order.items())
    assert from_xml("trade_manage_remind_shipping", f"{flat}<msg>请发货</msg>") == wanted


def test_what_trade_management_tells_of_the_mini_program():
    access = from_xml("trade_manage_remind_access_api", "<msg>请接入</msg>")
    assert access == events.ShippingAccessWanted("请接入")
    assert from_json("wxa_trade_controlled", msg="受限") == events.TradeControlled("受限")


@pytest.mark.parametrize("event", ["", "something_new", "qualification_verify_success"])
def test_what_is_not_known_is_none(event):
    assert from_json(event, EventKey="x") is None
    assert read_event({"MsgType": "text", "Event": "CLICK", "EventKey": "x"}) is None


NEED_NO_FIELDS = {"subscribe", "unsubscribe", "scan"}
NEED_NO_FIELDS |= {"trade_manage_remind_access_api", "wxa_trade_controlled"}


@pytest.mark.parametrize("event", sorted(set(READERS) - NEED_NO_FIELDS))
def test_an_event_without_its_fields_is_none_and_no_fault(event):
    assert from_json(event) is None


@trials(max_examples=200, deadline=None)
@given(objects)
def test_no_field_whatsoever_is_a_fault(fields):
    for event in READERS:
        read_event({**fields, "MsgType": "event", "Event": event})
