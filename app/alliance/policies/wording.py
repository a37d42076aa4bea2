"""What the parties of a split policy are called: Chinese, English."""

from __future__ import annotations

from app.alliance.rules import Party

PARTIES: dict[Party, tuple[str, str]] = {
    Party.CONSUMER: ("消费者", "the customer"),
    Party.RECOMMENDER: ("推荐人", "whoever brought the customer"),
    Party.MERCHANT_RECOMMENDER: ("商家推荐人", "whoever brought the store's merchant"),
    Party.HOME_STORE: ("归属门店", "the customer's home store"),
    Party.SALESPERSON: ("业务员", "the salesperson of the selling merchant"),
    Party.PROMOTER: ("推广者", "the promoter"),
    Party.OPERATIONS: ("平台运营", "operations"),
    Party.CAMPAIGN_FUND: ("活动基金", "the campaign fund"),
    Party.CHARITY: ("公益基金", "charity"),
    Party.QUEUE_POOL: ("排队补贴池", "the queue pool"),
}

FAULTS: dict[str, tuple[str, str]] = {
    "share_negative": ("{party}的份额为负", "the share of {party} is negative"),
    "shares_sum": (
        "各份额合计为 {found}，应为 {allowed}（万分之）",
        "the shares come to {found} basis points, not {allowed}",
    ),
    "fallback_circle": ("{party}的归属循环，没有终点", "the fallbacks of {party} run in a circle"),
    "fallback_of_fund": (
        "{party}总是存在，不需要指定归属",
        "{party} always exists and needs no fallback",
    ),
    "recommender_above_cap": (
        "{party}最多可得 {found}，超过上限 {allowed}（万分之，含归属过来的份额）",
        "{party} could get {found} basis points with what falls to them, above the cap {allowed}",
    ),
    "promoter_above_cap": (
        "{party}最多可得 {found}，超过上限 {allowed}（万分之，含归属过来的份额）",
        "{party} could get {found} basis points with what falls to them, above the cap {allowed}",
    ),
}
LIMITS: dict[str, tuple[str, str]] = {
    "one_level": (
        "只有一级推荐：推荐人的推荐人没有份额（《禁止传销条例》）。",
        "One level of recommendation only: whoever brought a recommender has no share.",
    ),
    "no_pay_for_recruiting": (
        "不因拉人付费：可分的只有真实消费的让利，注册和邀请本身不产生任何金额。",
        "Nothing is paid for recruiting: only concessions of real sales are shared.",
    ),
    "recommender_cap": (
        "推荐人、商家推荐人、业务员各自最多可得的比例（含归属过来的份额）；允许一人多份时合并计算。"
        "法律未规定具体比例，请与律师商定。",
        "The most that each of those who bring people may get, with what falls to them; together "
        "where one person may have several shares. The law names no rate: ask your lawyer.",
    ),
    "promoter_cap": (
        "推广者最多可得的比例（含归属过来的份额）。法律未规定具体比例，请与律师商定。",
        "The most that a promoter may get, with what falls to them. Ask your lawyer.",
    ),
}
