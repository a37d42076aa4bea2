"""The catalogue of faults: what each strikes, what it does, and with which parameters.

`GET /__ctl/faults` hands it out, so that the page draws its form from here and nothing is
described twice. What a kind does is done where it strikes; this file decides nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

PUSH, NOTIFY, API = "push:", "notify:", "api:"
DELIVERY = (PUSH, NOTIFY)
ACCOUNTS = ("/cgi-bin/", "/sns/", "/wxa/")
PAY = ("/v3/",)
UNTIL_LIFTED = 0


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that can be chosen. `choices` are suggestions: others may be given too."""

    name: str
    zh: str
    en: str
    default: Any
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """`strikes` are the beginnings of subjects it is made for, `paths` those of the only API
    paths it can strike whatever `match` says (none: all)."""

    zh: str
    en: str
    strikes: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    paths: tuple[str, ...] = ()
    example: str = ""


DELAY = Parameter("delay_seconds", "延迟秒数（虚拟时钟）", "seconds on the virtual clock", 30.0)
HOLD = Parameter("delay_seconds", "不应答的真实秒数", "real seconds without an answer", 30.0)
BEHIND = Parameter(
    "behind",
    "排到哪种推送之后（主题的一部分）",
    "goes out after one whose subject has this",
    "",
    ("push:SCAN", "push:text", "notify:REFUND"),
)
LATE = Parameter("delay_seconds", "最多等待秒数（虚拟时钟）", "at most, virtual seconds", 5.0)
ERRCODES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest,",
    40003: "invalid openid",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40037: "invalid template_id",
    40163: "code been used",
    40164: "invalid ip 127.0.0.1, not in whitelist",
    40226: "code blocked",
    42001: "access_token expired",
    43004: "require subscribe",
    43019: "receiver is in blacklist",
    43101: "user refuse to accept the msg",
    43107: "subscribe message ability banned",
    43108: "concurrent sends to the same user",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    47003: "argument invalid! data.thing1.value invalid",
    48001: "api unauthorized",
    48004: "api forbidden for irregularities",
    50002: "user limited",
}
PAY_CODES: dict[str, tuple[int, str]] = {
    "PARAM_ERROR": (400, "参数错误"),
    "INVALID_REQUEST": (400, "无效请求"),
    "APPID_MCHID_NOT_MATCH": (400, "商户号mchid与appid不匹配"),
    "OPENID_MISMATCH": (400, "appid和openid不匹配"),
    "ORDER_CLOSED": (400, "订单已关闭"),
    "SIGN_ERROR": (401, "签名错误，请检查后再试"),
    "NO_AUTH": (403, "商户无权限"),
    "NOT_ENOUGH": (403, "余额不足"),
    "RULE_LIMIT": (403, "业务规则限制"),
    "TRADE_ERROR": (403, "交易错误"),
    "ACCOUNT_ERROR": (403, "账户异常"),
    "REQUEST_BLOCKED": (403, "此请求已被拦截"),
    "ORDER_NOT_EXIST": (404, "订单不存在"),
    "NOT_FOUND": (404, "记录不存在"),
    "RESOURCE_NOT_EXISTS": (404, "请求的资源不存在"),
    "FREQUENCY_LIMIT_EXCEED": (429, "频率超限"),
    "SYSTEM_ERROR": (500, "系统异常，请稍后重试"),
    "ERROR": (500, "系统错误"),
}
# WeChat fact D9, MCHTRANSFER.BILL.FINISHED.
TRANSFER_REASONS = (
    "ACCOUNT_FROZEN",
    "REAL_NAME_CHECK_FAIL",
    "NAME_NOT_CORRECT",
    "OPENID_INVALID",
    "TRANSFER_QUOTA_EXCEED",
    "DAY_RECEIVED_QUOTA_EXCEED",
    "DAY_RECEIVED_COUNT_EXCEED",
    "MCH_CANCEL",
    "OVERDUE_CLOSE",
    "PAYEE_ACCOUNT_ABNORMAL",
    "PAYER_ACCOUNT_ABNORMAL",
    "TRANSFER_RISK",
    "TRANSFER_SCENE_UNAVAILABLE",
    "TRANSFER_SCENE_INVALID",
    "TRANSFER_REMARK_SET_FAIL",
    "BLOCK_B2C_USERLIMITAMOUNT_MONTH",
)
# WeChat fact D10.
SHARING_REASONS = (
    "ACCOUNT_ABNORMAL",
    "NO_RELATION",
    "RECEIVER_HIGH_RISK",
    "RECEIVER_REAL_NAME_NOT_VERIFIED",
    "NO_AUTH",
    "RECEIVER_RECEIPT_LIMIT",
    "PAYER_ACCOUNT_ABNORMAL",
    "INVALID_REQUEST",
)
RETURN_REASONS = ("ACCOUNT_ABNORMAL", "BALANCE_NOT_ENOUGH", "TIME_OUT_CLOSED")

DELIVERIES = {
    "delay": Kind("推送迟到", "arrives later; answers of the API too", DELIVERY, (DELAY,)),
    "drop": Kind("推送丢失，只能主动查询", "never arrives: only asking finds it", DELIVERY),
    "repeat": Kind("重复推送，身份相同、签名不同", "sent twice, same identity", DELIVERY),
    "reorder": Kind("推送乱序", "changes places with a later one", DELIVERY, (BEHIND, LATE)),
    "answer_lost": Kind("产品的应答丢失，将重推", "the product's answer is lost", DELIVERY),
    "forge": Kind("先来一封伪造签名的", "a wrongly signed copy goes first", DELIVERY),
    "stale_timestamp": Kind("先来一封一小时前的", "signed an hour ago", DELIVERY),
    "tampered": Kind("先来一封密文被改动的", "a copy with altered ciphertext first", DELIVERY),
}
PUSHES = {
    "foreign_app": Kind("先来一封发给别的 appid 的密文", "sealed for another app id", (PUSH,)),
    "bad_padding": Kind("先来一封填充错误的密文", "sealed with wrong padding", (PUSH,)),
    "external_entity": Kind("先来一封带外部实体的 XML", "XML with an external entity", (PUSH,)),
    "entity_bomb": Kind("先来一封实体膨胀的 XML", "XML with a billion laughs", (PUSH,)),
    "cut_xml": Kind("先来一封不完整的 XML", "XML that ends too early", (PUSH,)),
    "paid_follow": Kind(
        "支付后关注：EventKey 为 last_trade_no_…",
        "EventKey names the last payment, not a scene",
        ("push:subscribe ", "push:unsubscribe"),
    ),
    "list_as_array": Kind(
        "JSON 推送的 List 只有一项也用数组",
        "List of a JSON push is an array though it has one entry",
        ("push:subscribe_msg",),
    ),
}
NOTIFICATIONS = {
    "signtest": Kind("先来一封验签探测（SIGNTEST）", "WeChat's own probe goes first", (NOTIFY,)),
    "unknown_serial": Kind("先来一封序列号未知的", "signed under an unknown serial", (NOTIFY,)),
    "wrong_key": Kind("先来一封 APIv3 密钥不对的", "sealed with another APIv3 key", (NOTIFY,)),
    "unknown_order": Kind("先来一封未知单号的", "names an unknown order", (NOTIFY,)),
    "amount_mismatch": Kind("先来一封金额不符的", "another amount goes first", (NOTIFY,)),
    "wrong_mchid": Kind("先来一封商户号不符的", "for another merchant", (NOTIFY,)),
    "wrong_appid": Kind("先来一封 appid 不符的", "for another app id", (NOTIFY,)),
    "wrong_currency": Kind("先来一封币种不符的", "in another currency", (NOTIFY,)),
    "other_payer": Kind("先来一封付款人不符的", "paid by somebody else", (NOTIFY,)),
}
CALLS = {
    "reset_before": Kind("连接重置，未执行", "connection reset, nothing done", (API,)),
    "reset_after": Kind("连接重置，已执行", "connection reset, everything done", (API,)),
    "timeout_before": Kind("超时无应答，未执行", "no answer, nothing done", (API,), (HOLD,)),
    "timeout_after": Kind("超时无应答，已执行", "no answer, all done", (API,), (HOLD,)),
    "system_error": Kind("500 SYSTEM_ERROR / -1，未执行", "500 or -1, nothing done", (API,)),
    "system_error_after": Kind("500 SYSTEM_ERROR / -1，已执行", "500 or -1, all done", (API,)),
    "bad_gateway": Kind("502 网页，未执行", "502 with HTML, nothing done", (API,)),
    "bad_gateway_after": Kind("502 网页，已执行", "502 with HTML, all done", (API,)),
    "html_page": Kind("200 却是网页，未执行", "200 with HTML, nothing done", (API,)),
    "html_page_after": Kind("200 却是网页，已执行", "200 with HTML, all done", (API,)),
    "truncated_json": Kind("JSON 被截断，已执行", "JSON cut short, all done", (API,)),
    "frequency_limited": Kind("429 / 45011 频率超限", "429 or 45011", (API,)),
    "unsigned": Kind("应答没有签名", "an answer without signature", (API,), paths=PAY),
    "pay_error": Kind(
        "微信支付以指定错误码拒绝",
        "WeChat Pay refuses with this code",
        (API,),
        (
            Parameter("code", "错误码", "code", "PARAM_ERROR", tuple(PAY_CODES)),
            Parameter("status", "HTTP 状态，0 为该错误码的默认值", "HTTP status; 0: the code's", 0),
        ),
        paths=PAY,
        example="api:POST /v3/refund",
    ),
    "errcode": Kind(
        "以指定 errcode 拒绝",
        "refuses with this errcode",
        (API,),
        (
            Parameter("errcode", "错误码", "errcode", 45009, tuple(ERRCODES)),
            Parameter("errmsg", "说明，空为默认", "words; empty: the usual ones", ""),
        ),
        paths=ACCOUNTS,
        example="message/template/send",
    ),
    "token_invalid": Kind("40001，令牌其实有效", "40001 for a valid one", (API,), paths=ACCOUNTS),
    "token_expired": Kind("42001，令牌其实有效", "42001 for a valid one", (API,), paths=ACCOUNTS),
    "token_rotated": Kind(
        "令牌被另一系统刷新：旧的作废",
        "another system fetched a token",
        (API,),
        paths=ACCOUNTS,
    ),
    "unionid_missing": Kind("应答没有 unionid", "no unionid in the answer", (API,), paths=ACCOUNTS),
    "snapshot_user": Kind(
        "快照页：虚拟 openid，is_snapshotuser=1",
        "a snapshot visitor with a made-up openid",
        ("api:GET /sns/oauth2/access_token",),
    ),
    "snapshot_user_unflagged": Kind(
        "快照页但缺少 is_snapshotuser",
        "a snapshot visitor without the flag",
        ("api:GET /sns/oauth2/access_token",),
    ),
}
OUTCOMES = {
    "not_enough": Kind(
        "403 NOT_ENOUGH：退款或转账余额不足",
        "a refund or a transfer finds too little money",
        ("api:POST /v3/fund-app/", "api:POST /v3/refund/"),
    ),
    "pay_while_closing": Kind(
        "关单瞬间付款人付了款", "the payer pays just before the order is closed", ("close:",)
    ),
    "payer_declined": Kind("付款码支付失败 PAYERROR", "a payment by code ends PAYERROR", ("pay:",)),
    "refund_abnormal": Kind("退款异常 ABNORMAL", "the refund ends ABNORMAL", ("refund:",)),
    "refund_closed": Kind("退款关闭 CLOSED", "the refund ends CLOSED", ("refund:",)),
    "transfer_fail": Kind(
        "转账失败 FAIL",
        "the transfer ends in FAIL",
        ("transfer:",),
        (Parameter("reason", "原因", "reason", "PAYEE_ACCOUNT_ABNORMAL", TRANSFER_REASONS),),
    ),
    "sharing_fail": Kind(
        "分账接收方失败 CLOSED",
        "a receiver does not get its part",
        ("sharing:",),
        (Parameter("reason", "原因", "reason", "ACCOUNT_ABNORMAL", SHARING_REASONS),),
    ),
    "sharing_return_fail": Kind(
        "分账回退失败 FAILED",
        "a part is not given back",
        ("sharing-return:",),
        (Parameter("reason", "原因", "reason", "BALANCE_NOT_ENOUGH", RETURN_REASONS),),
    ),
    "template_block": Kind("模板消息被用户拒收", "failed:user block", ("template:",)),
    "template_failed": Kind("模板消息发送失败", "failed: system failed", ("template:",)),
}
LINE = (
    Parameter("number", "含此单号的行，空则按行号", "the line with this number", ""),
    Parameter("line", "行号，0 为首行", "else this line; 0 is the first", 0),
)
OFF_BY = Parameter("amount_fen", "差额（分）", "off by so many fen", 1)
BILLS = {
    "bill_omit": Kind("账单缺一行", "a line is missing from the bill", ("bill:",), LINE),
    "bill_add": Kind("账单多一行", "a line that never was", ("bill:",), LINE),
    "bill_alter": Kind("账单一行金额不符", "a line is off", ("bill:",), (*LINE, OFF_BY)),
}
KINDS: dict[str, Kind] = DELIVERIES | PUSHES | NOTIFICATIONS | CALLS | OUTCOMES | BILLS
COMMON = (
    Parameter("match", "只击中主题含此文字者，空为不限", "part of the subject; empty: any", ""),
    Parameter("count", "击中次数，0 为直到解除", "how often; 0: until lifted", 1),
    Parameter("probability", "每次的概率 0–1", "chance each time, 0–1", 1.0),
    Parameter("seed", "随机种子：同种子同故障", "same seed, same faults", None),
)


def as_json() -> list[dict[str, Any]]:
    """The catalogue for the control API."""
    return [{"kind": name} | asdict(kind) for name, kind in KINDS.items()]
