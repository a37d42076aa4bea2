"""Moments and template fields as WeChat and people want them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_settings import SettingsError

from app.core.config import settings
from app.notices.kinds import TERMS, Kind
from app.notices.rules import (
    beijing_time,
    delivery_state,
    fitted,
    money,
    template_of,
)
from config.settings import Settings


def test_amounts_have_no_separators_because_templates_take_none():
    assert money(-123_456_789) == "-¥1234567.89"


def test_moments_are_written_in_beijing_time():
    assert beijing_time(datetime(2026, 11, 22, 16, 5, tzinfo=UTC)) == "2026年11月23日 00:05"


def test_a_thing_of_twenty_characters_stays_and_a_longer_one_ends_in_an_ellipsis():
    assert fitted("店" * 20, "thing1") == "店" * 20
    cut = fitted("店" * 21, "thing1")
    assert (len(cut), cut[-1]) == (20, "…")


def test_a_composed_character_is_not_cut_in_two():
    family = "👨‍👩‍👧"
    assert fitted(family, "thing4") == family
    cut = fitted("店" * 18 + family + "名", "thing4")
    assert len(cut) <= 20
    assert "\u200d…" not in cut


@pytest.mark.parametrize("value", ["a\nb", "a\r\n\tb", "a \u200b b", " a b "])
def test_a_field_is_one_line(value):
    assert fitted(value, "thing1") == "a b"


def test_an_empty_field_is_not_refused_by_wechat():
    assert fitted(" \n", "thing1") == "-"


@given(st.text(), st.sampled_from(["thing1", "phrase2", "character_string3", "letter4", "const5"]))
def test_whatever_a_store_is_called_the_field_is_fit_to_send(value, key):
    line = fitted(value, key)
    longest = {"phrase2": 5, "character_string3": 32, "letter4": 32}.get(key, 20)
    assert 1 <= len(line) <= longest
    assert line.replace("\u200d", "").isprintable()
    assert line.strip() == line


def test_other_fields_keep_their_own_limits():
    assert fitted("已经到账了吧", "phrase2") == "已经到账了"
    assert fitted("单号A-1", "character_string3") == "A-1"
    assert fitted("9" * 40, "number1") == "9" * 32
    assert fitted("¥100000000.00", "amount2") == "¥100000000.00"


def test_a_setting_may_name_the_fields_of_the_accounts_own_template():
    assert template_of("TM1", Kind.MEMBER_PAID) == ("TM1", TERMS[Kind.MEMBER_PAID].keys)
    given = template_of("TM1 place=thing7 amount=amount3", Kind.MEMBER_PAID)
    assert given == ("TM1", {"place": "thing7", "amount": "amount3"})


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("success", ("delivered", None)),
        ("failed:user block", ("blocked", "user_block")),
        ("failed: user block", ("blocked", "user_block")),
        ("failed: system failed", ("failed", "failed:systemfailed")),
        ("", ("failed", "unknown")),
    ],
)
def test_reports_of_wechat_are_understood(status, state):
    assert delivery_state(status) == state


def test_a_setting_changes_one_window_and_leaves_the_others(monkeypatch):
    monkeypatch.setenv("CUSTOMER_SERVICE_WINDOWS", '{"message": [20, 172800]}')
    found = Settings().customer_service_windows
    assert (found["message"], found["scan"]) == ((20, 172_800), (3, 60))


@pytest.mark.parametrize(
    "value", ['{"wave": [1, 60]}', '{"scan": [0, 60]}', '{"scan": [1]}', '{"scan": [1, -1]}', "[]"]
)
def test_windows_that_wechat_does_not_have_are_refused(monkeypatch, value):
    monkeypatch.setenv("CUSTOMER_SERVICE_WINDOWS", value)
    with pytest.raises((ValidationError, SettingsError)):
        Settings()


@pytest.mark.parametrize("value", ["22-8", "25:00-08:00", "22:00-08:60", "night"])
def test_hours_that_are_none_are_refused(monkeypatch, value):
    monkeypatch.setenv("QUIET_HOURS", value)
    with pytest.raises(ValidationError):
        Settings()


def test_the_allowances_are_those_of_fact_b6(app):
    assert settings().customer_service_windows == {
        "message": (5, 172_800),
        "menu": (3, 60),
        "follow": (3, 60),
        "scan": (3, 60),
        "payment": (None, 172_800),
    }
