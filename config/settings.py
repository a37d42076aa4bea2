"""Every setting of the product, read from environment variables of the same name in capitals.

`docs/settings.md` documents each one; the house test fails for a setting that is missing there.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.production import refusals

HOURS_OF_A_DAY = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"


# What opens the chat for messages of ours: how many (null: any number), for how many seconds.
CustomerServiceWindow = tuple[
    Annotated[int, Field(ge=1)] | None, Annotated[int, Field(ge=1, le=30 * 24 * 3600)]
]
CategoryCap = Annotated[int, Field(ge=0, le=10_000)]
TWO_DAYS = 48 * 3600
CUSTOMER_SERVICE_WINDOWS: dict[str, CustomerServiceWindow] = {  # WeChat fact B6 (2026)
    "message": (5, TWO_DAYS),
    "menu": (3, 60),
    "follow": (3, 60),
    "scan": (3, 60),
    "payment": (None, TWO_DAYS),
}

EarnerKind = Literal["member", "merchant", "salesperson"]
WithdrawalChannel = Literal["wechat_transfer", "bank_file"]
WITHDRAWAL_CHANNELS: dict[EarnerKind, WithdrawalChannel] = {
    "member": "wechat_transfer",
    "merchant": "wechat_transfer",
    "salesperson": "wechat_transfer",
}


class Settings(BaseSettings):
    """The product's settings. Amounts in fen, rates in basis points (100 = 1 %)."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    lianhui_env: Literal["development", "test", "production"] = "production"

    database_url: str
    database_pool_size: int = Field(20, ge=1, le=500)
    redis_url: str
    base_url: str
    clock_url: str | None = None
    trusted_proxies: int = Field(0, ge=0, le=10)

    secret_key: SecretStr
    identity_key: SecretStr
    pii_keys: SecretStr
    real_name_minimum_age: int = Field(18, ge=14, le=30)
    reveal_hourly_limit: int = Field(20, ge=1, le=1_000)
    unionid_ask_again_days: int = Field(30, ge=1, le=365)
    invitations_daily: int = Field(20, ge=0, le=1_000)
    invitation_days: int = Field(30, ge=1, le=365)
    deletion_days: int = Field(15, ge=0, le=15)
    step_up_minutes: int = Field(15, ge=1, le=240)
    session_hours: int = Field(2, ge=1, le=24 * 30)

    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_mp_base: str = "https://mp.weixin.qq.com"
    wechat_open_base: str = "https://open.weixin.qq.com"
    wechat_pay_base: str = "https://api.mch.weixin.qq.com"
    wechat_js_sdk_url: str = Field(
        "https://res.wx.qq.com/open/js/jweixin-1.6.0.js", pattern=r"^https?://[^\s'\";<>]+$"
    )
    api_docs: bool = False
    metrics_token: SecretStr = SecretStr("")
    health_cache_seconds: int = Field(3, ge=0, le=60)
    h5_framed_by: str = Field(
        "", pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+( https?://[A-Za-z0-9.:\[\]-]+)*)?$"
    )
    wechat_oa_app_id: str
    wechat_oa_secret: SecretStr
    wechat_oa_token: SecretStr
    wechat_oa_aes_key: SecretStr
    wechat_oa_mode: Literal["safe", "compatible", "plain"] = "safe"
    wechat_oa_original_id: str
    wechat_oa_templates: dict[str, str] = Field(default_factory=dict)
    wechat_oa_subscriptions: dict[str, str] = Field(default_factory=dict)
    wechat_mini_subscriptions: dict[str, str] = Field(default_factory=dict)
    wechat_long_term_templates: frozenset[str] = frozenset()
    customer_service_windows: dict[str, CustomerServiceWindow] = Field({}, validate_default=True)
    quiet_hours: str | None = Field("22:00-08:00", pattern=HOURS_OF_A_DAY)
    statement_link_days: int = Field(14, ge=1, le=90)
    ticket_quiet_days: int = Field(7, ge=1, le=90)
    ticket_reopen_days: int = Field(30, ge=0, le=365)
    ticket_keep_days: int = Field(1_095, ge=365, le=3_650)
    notice_keep_days: int = Field(365, ge=30, le=3_650)
    notice_daily_limits: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    wechat_oa_menu_file: Path | None = None
    wechat_oa_card_pictures: str = "static/cards"
    service_hours: str | None = Field("09:00-21:00", pattern=HOURS_OF_A_DAY)
    wechat_mini_app_id: str
    wechat_mini_secret: SecretStr
    wechat_mini_page: str = Field("", pattern=r"^([0-9A-Za-z_-][0-9A-Za-z_/-]{0,127})?$")
    wechat_mini_version: Literal["release", "trial", "develop"] = "release"
    wechat_permanent_codes: int = Field(90_000, ge=0, le=100_000)
    wechat_pay_mch_id: str
    wechat_pay_api_v3_key: SecretStr
    wechat_pay_merchant_serial: str
    wechat_pay_private_key_file: Path
    wechat_pay_key_mode: Literal["public_key", "switching", "certificate"] = "public_key"
    wechat_pay_public_key_id: str = ""
    wechat_pay_public_key_file: Path | None = None
    wechat_pay_other_public_keys: dict[str, Path] = Field(default_factory=dict)
    wechat_payment_code: Literal["off", "v2", "v3"] = "off"
    wechat_pay_api_v2_key: SecretStr = SecretStr("")
    wechat_pay_certificate_file: Path | None = None
    wechat_code_wait_seconds: int = Field(30, ge=10, le=120)
    wechat_transfer_scene_id: str = "1005"
    wechat_shipping: Literal["ask", "always", "never"] = "ask"
    wechat_shipping_top_up: Literal["virtual", "pickup"] = "virtual"
    wechat_shipping_sale: Literal["virtual", "pickup"] = "pickup"

    custody: Literal["licensed_split", "seller_of_record", "prepaid_issuer"] | None = None
    group_posting: bool = True
    channel_fee_bp: int = Field(60, ge=0, le=10_000)
    experience_grant_fen: int = Field(2_000, ge=0)
    experience_sale_cap_bp: int = Field(1_000, ge=0, le=10_000)
    experience_category_caps: dict[str, CategoryCap] = Field(default_factory=dict)
    experience_valid_days: int = Field(180, ge=1)
    experience_remind_days: int = Field(7, ge=0, le=90)
    experience_grant_when: Literal["joined", "consent", "first_visit"] = "joined"
    experience_funder: Literal["campaign_fund", "operations"] = "campaign_fund"
    experience_monthly_budget_fen: int = Field(0, ge=0)
    rebate_freeze_days: int = Field(7, ge=0)
    home_store_inherited: bool = True
    policy_four_eyes: bool = True
    policy_recommender_cap_bp: int = Field(5_000, ge=0, le=10_000)
    policy_promoter_cap_bp: int = Field(5_000, ge=0, le=10_000)
    top_up_minimum_fen: int = Field(100, ge=1)
    top_up_maximum_fen: int = Field(500_000, ge=1)
    prepaid_card_limit_fen: int = Field(500_000, ge=1)
    prepaid_card_limit_unnamed_fen: int = Field(100_000, ge=1)
    prepaid_person_limit_fen: int = Field(5_000_000, ge=1)
    top_up_refund_days: int = Field(7, ge=7, le=360)
    payment_maximum_fen: int = Field(10_000_000, ge=1)
    payment_code_drift_minutes: int = Field(1, ge=0, le=5)
    payment_code_offline_minutes: int = Field(60, ge=2, le=24 * 60)
    payment_free_fen: int = Field(50_000, ge=0)
    payment_free_daily_fen: int = Field(100_000, ge=0)
    payment_confirm_minutes: int = Field(5, ge=1, le=60)
    payment_pin_attempts: int = Field(5, ge=1, le=20)
    payment_pin_lock_minutes: int = Field(15, ge=1, le=24 * 60)
    payment_pin_reset_minutes: int = Field(60, ge=0, le=7 * 24 * 60)
    order_valid_minutes: int = Field(30, ge=1, le=120)
    order_unpaid_minutes: int = Field(30, ge=5, le=24 * 60)
    order_receipt_days: int = Field(10, ge=1, le=60)
    order_extension_days: int = Field(5, ge=1, le=30)
    order_fulfil_days: int = Field(15, ge=1, le=90)
    closed_order_days: int = Field(3, ge=0, le=30)
    errand_keep_days: int = Field(30, ge=1, le=365)
    application_picture_keep_days: int = Field(90, ge=7, le=1_095)
    merchant_picture_keep_days: int = Field(1_095, ge=1_095, le=3_650)
    withdrawal_minimum_fen: int = Field(10_000, ge=30)
    withdrawal_automatic_limit_fen: int = Field(20_000, ge=0)
    withdrawal_automatic_daily_limit_fen: int = Field(5_000_000, ge=0)
    withdrawal_maximum_fen: int = Field(2_000_000, ge=30)
    withdrawal_real_name_from_fen: int = Field(200_000, ge=0, le=200_000)
    experience_withdrawal_minimum_fen: int = Field(10_000, ge=30)
    experience_is_withdrawable: bool = True
    withdrawal_four_eyes_fen: int = Field(100_000, ge=0)
    withdrawal_daily_count: int = Field(10, ge=1, le=1_000)
    withdrawal_daily_limit_fen: int = Field(200_000, ge=30)
    withdrawal_fee_bp: int = Field(0, ge=0, le=1_000)
    withdrawal_fee_minimum_fen: int = Field(0, ge=0, le=10_000)
    withdrawal_tax: Literal["labour_remuneration", "none"] = "labour_remuneration"
    reconciliation_days_back: int = Field(3, ge=1, le=90)
    reconciliation_four_eyes_fen: int = Field(100_000, ge=0)
    funds_four_eyes_fen: int = Field(100_000_000, ge=0)
    withdrawal_channels: dict[EarnerKind, WithdrawalChannel] = WITHDRAWAL_CHANNELS
    withdrawal_choices: dict[Literal["member", "salesperson"], set[WithdrawalChannel]] = {}
    merchant_withdrawal_maximum_fen: int = Field(2_000_000, ge=30)
    merchant_withdrawal_daily_limit_fen: int = Field(2_000_000, ge=30)
    wechat_transfer_maximum_fen: int = Field(2_000_000, ge=30)
    withdrawal_query_days: int = Field(30, ge=2, le=30)
    risk_new_account_hours: int = Field(24, ge=0)
    risk_changed_card_hours: int = Field(72, ge=0)
    top_up_bonus_maximum_bp: int = Field(5_000, ge=0, le=100_000)
    staff_pair_days: int = Field(30, ge=0, le=3_650)
    risk_new_payee_hours: int = Field(72, ge=0)
    risk_velocity_minutes: int = Field(60, ge=1)
    risk_velocity_count: int = Field(3, ge=1)
    risk_ring_members: int = Field(5, ge=2)
    ring_days: int = Field(7, ge=1, le=90)
    ring_burst_count: int = Field(20, ge=2)
    ring_burst_minutes: int = Field(60, ge=1)
    ring_idle_members: int = Field(5, ge=2)
    ring_second_accounts: int = Field(2, ge=1)
    ring_card_members: int = Field(3, ge=2)
    ring_circle_fen: int = Field(100_000, ge=1)
    profit_sharing_maximum_bp: int = Field(3_000, ge=100, le=10_000)
    settlement_working_days: int = Field(7, ge=0, le=250)
    experience_working_days: int = Field(7, ge=0, le=250)
    calendar_alarm_months: int = Field(2, ge=0, le=24)

    @field_validator("customer_service_windows")
    @classmethod
    def _complete_windows(
        cls, given: dict[str, CustomerServiceWindow]
    ) -> dict[str, CustomerServiceWindow]:
        unknown = sorted(given.keys() - CUSTOMER_SERVICE_WINDOWS.keys())
        if unknown:
            raise ValueError(f"CUSTOMER_SERVICE_WINDOWS names no trigger of WeChat's: {unknown}")
        return CUSTOMER_SERVICE_WINDOWS | given

    @field_validator("withdrawal_channels")
    @classmethod
    def _complete_channels(
        cls, given: dict[EarnerKind, WithdrawalChannel]
    ) -> dict[EarnerKind, WithdrawalChannel]:
        return WITHDRAWAL_CHANNELS | given

    @model_validator(mode="after")
    def _can_charge_codes(self) -> Settings:
        is_real = self.wechat_pay_base.startswith("https://")
        lacks = not self.wechat_pay_api_v2_key.get_secret_value() or (
            is_real and self.wechat_pay_certificate_file is None
        )
        if self.wechat_payment_code == "v2" and lacks:
            raise ValueError(
                "WECHAT_PAYMENT_CODE=v2 needs WECHAT_PAY_API_V2_KEY and WECHAT_PAY_CERTIFICATE_FILE"
            )
        return self

    @model_validator(mode="after")
    def _know_what_verifies(self) -> Settings:
        has_key = self.wechat_pay_public_key_id and self.wechat_pay_public_key_file
        if self.wechat_pay_key_mode != "certificate" and not has_key:
            raise ValueError(
                "WECHAT_PAY_PUBLIC_KEY_ID and WECHAT_PAY_PUBLIC_KEY_FILE are needed, unless"
                " WECHAT_PAY_KEY_MODE is certificate"
            )
        return self

    @model_validator(mode="after")
    def _leave_something_to_pay(self) -> Settings:
        if self.withdrawal_fee_minimum_fen >= self.withdrawal_minimum_fen:
            raise ValueError("WITHDRAWAL_FEE_MINIMUM_FEN must be below WITHDRAWAL_MINIMUM_FEN")
        return self

    @model_validator(mode="after")
    def _refuse_weak_production(self) -> Settings:
        found = refusals(self)
        if found:
            raise ValueError("; ".join(found))
        return self


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process; raises pydantic's ValidationError naming what is missing."""
    return Settings()
