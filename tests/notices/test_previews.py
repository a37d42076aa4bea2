"""Every kind can be looked at before it is sent, and templates that cannot work are refused."""

import pytest

from app.core.auth import Principal, open_session
from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import new_id
from app.notices import previews
from app.notices.kinds import Kind
from app.notices.previews import EXAMPLES, TemplatesInvalid
from app.notices.rules import fitted, value_fits
from app.wechat.replies import LONGEST_TEXT_BYTES

pytestmark = pytest.mark.usefixtures("context")


def staff(role):
    caller = Principal("staff", new_id(), frozenset({role}))
    return {"Authorization": f"Bearer {in_transaction(lambda: open_session(caller)).token}"}


@pytest.mark.parametrize("role", ["operator", "support"])
def test_staff_see_each_kind_as_its_receiver_would(client, role, monkeypatch):
    monkeypatch.setattr(settings(), "notice_daily_limits", {"member.rebate": 3})
    shown = client.get("/api/v1/notices/previews", headers=staff(role)).json
    assert shown["quiet_hours"] == settings().quiet_hours
    found = {each["kind"]: each for each in shown["previews"]}
    assert set(found) == set(Kind)
    paid = found["member.paid"]
    assert paid["text"].startswith("付款成功：在「老街面馆·河坊街店」支付 ¥50.00")
    assert paid["doors"][0] == "customer_service"
    assert (paid["nature"], paid["waits_at_night"], paid["lasts_seconds"]) == (
        "money",
        False,
        86400,
    )
    assert found["member.rebate"]["daily"] == 3
    template = paid["templates"][-1]
    assert (template["door"], template["template_id"]) == ("template", "TM_member_paid")
    assert template["values"]["amount2"] == "¥50.00"


def test_nobody_else_sees_them(client):
    assert client.get("/api/v1/notices/previews", headers=staff("cashier")).status_code == 403


def test_our_own_words_fit_into_the_fields_whole():
    for kind, content in EXAMPLES.items():
        for name, key in previews.TERMS[kind].keys.items():
            assert value_fits(content.fields[name], key), (kind, name)
            assert fitted(content.fields[name], key) == content.fields[name]


def test_no_text_is_longer_than_the_chat_shows():
    assert max(len(each.text.encode()) for each in EXAMPLES.values()) < LONGEST_TEXT_BYTES


WRONG = [
    ("wechat_oa_templates", {"member.unheard": "TM"}, "no notice is called member.unheard"),
    ("notice_daily_limits", {"unheard": 1}, "no notice is called unheard"),
    ("wechat_oa_templates", {"member.paid": "TM colour=thing1"}, "cannot tell colour"),
    ("wechat_oa_templates", {"member.paid": "TM place"}, "not `id name=field …`"),
    ("wechat_oa_templates", {"member.paid": "TM place=amount1"}, "does not fit into amount1"),
    ("wechat_oa_templates", {"member.paid": "TM place=colour1"}, "does not fit into colour1"),
    ("wechat_oa_templates", {"member.withdrawal": "TM note=phrase1"}, "does not fit into phrase1"),
    ("wechat_oa_templates", {"member.friend_joined": "TM"}, "never sent as template"),
    ("wechat_mini_subscriptions", {"member.service": "MT"}, "never sent as mini_subscription"),
]


@pytest.mark.parametrize(("name", "value", "reason"), WRONG)
def test_settings_that_could_not_be_sent_are_refused_at_the_start(monkeypatch, name, value, reason):
    previews.check()
    monkeypatch.setattr(settings(), name, value)
    with pytest.raises(TemplatesInvalid) as refused:
        previews.check()
    assert reason in str(refused.value)
