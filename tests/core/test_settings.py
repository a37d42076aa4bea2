"""Production refuses what is fine for development."""

import os

import pytest
from pydantic import ValidationError

from config.settings import Settings

GOOD = {
    "LIANHUI_ENV": "production",
    "SECRET_KEY": "rU3vNq8ZkT5wYb2LxJ7mEc9HsD4fGa6P",
    "IDENTITY_KEY": "n4Tq7Wz2Kc9Rv5Xb8Ly3Hd6Gj1Fs0PaM",
    "PII_KEYS": "k1:q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
    "WECHAT_OA_SECRET": "0f3a9c7be1d2485690ab",
    "WECHAT_OA_TOKEN": "Zq81",
    "WECHAT_OA_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WECHAT_MINI_SECRET": "9b1fe20c774a53d8e6aa",
    "WECHAT_PAY_API_V3_KEY": "Xw7Rk2Pq9Lm4Vb6Nt8Yh3Jc5Gd1Fs0Az",
    "BASE_URL": "https://shop.example",
    "WECHAT_API_BASE": "https://api.weixin.qq.com",
    "WECHAT_MP_BASE": "https://mp.weixin.qq.com",
    "WECHAT_OPEN_BASE": "https://open.weixin.qq.com",
    "WECHAT_PAY_BASE": "https://api.mch.weixin.qq.com",
    "CUSTODY": "seller_of_record",
    "POLICY_FOUR_EYES": "true",
    "CLOCK_URL": "",
}


def refusal(monkeypatch, **changes):
    for name, value in {**GOOD, **changes}.items():
        monkeypatch.setenv(name, value)
    try:
        Settings()
    except ValidationError as error:
        return str(error)
    return None


def test_good_settings_are_accepted(monkeypatch):
    assert refusal(monkeypatch) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "x" * 40),
        ("SECRET_KEY", "development-secret-key-do-not-use-anywhere-else"),
        ("IDENTITY_KEY", "short"),
        ("IDENTITY_KEY", "development-secret-key-do-not-use-anywhere-else"),
        ("IDENTITY_KEY", GOOD["SECRET_KEY"]),
        ("WECHAT_PAY_API_V2_KEY", "short"),
        ("METRICS_TOKEN", "x" * 40),
        ("BASE_URL", "http://shop.example"),
        ("WECHAT_PAY_BASE", "http://127.0.0.1:9000"),
        ("CLOCK_URL", "https://clock.example"),
        ("WECHAT_OA_MODE", "plain"),
        ("CUSTODY", ""),
        ("POLICY_FOUR_EYES", "false"),
    ],
)
def test_weak_settings_are_refused_in_production(monkeypatch, name, value):
    assert name in refusal(monkeypatch, **{name: value})


def test_a_missing_setting_is_named(monkeypatch):
    monkeypatch.delenv("WECHAT_OA_APP_ID")
    assert "wechat_oa_app_id" in refusal(monkeypatch)


def test_the_test_process_itself_is_not_production():
    assert os.environ["LIANHUI_ENV"] == "test"


def test_a_fee_that_leaves_nothing_to_pay_is_refused(monkeypatch):
    fee = {"WITHDRAWAL_FEE_MINIMUM_FEN": "5000"}
    assert refusal(monkeypatch, **fee) is None
    assert "WITHDRAWAL_FEE_MINIMUM_FEN" in refusal(
        monkeypatch, **fee, WITHDRAWAL_MINIMUM_FEN="5000"
    )
