"""WeChat's error codes: what each means for us, in one table (WeChat fact B2).

A code that is not here is a plain WeChatRefused: refused, and to be decided by whoever called.
`advice` tells operators in both languages what to do about the codes that only they can mend.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.wechat.errors import (
    AlreadyDone,
    Busy,
    ChatClosed,
    CodeInvalid,
    ConsentUsedUp,
    DataInvalid,
    Misconfigured,
    NotFollower,
    NotShippable,
    NotThereYet,
    Paused,
    PersonBlocked,
    PersonInactive,
    PersonUnknown,
    QuotaUsedUp,
    SessionKeyInvalid,
    TokenStale,
    WeChatRefused,
    WeChatUnavailable,
)

KINDS: Mapping[type[WeChatRefused] | type[WeChatUnavailable], tuple[str, ...]] = {
    Busy: ("-1", "10060012", "10060019"),
    WeChatUnavailable: ("43108",),  # somebody else writes to the same person at this moment
    TokenStale: ("40001", "40014", "41001", "42001"),
    PersonUnknown: ("40003", "46004"),
    PersonBlocked: ("40226", "43019", "50002"),
    NotFollower: ("43004",),
    ConsentUsedUp: ("43101",),
    ChatClosed: ("45015", "45047"),
    CodeInvalid: ("40029", "40163", "41008"),
    SessionKeyInvalid: ("87007", "87008", "87009"),
    PersonInactive: ("61010",),
    NotThereYet: ("10060001",),
    AlreadyDone: ("10060002", "10060003", "10060023", "10060030"),
    NotShippable: ("10060004", "10060028", "10060032"),
    QuotaUsedUp: ("45009", "44993"),
    Paused: ("45011", "44990"),
    DataInvalid: (
        "40008",  # message type
        "40035",  # parameters
        "40052",  # duration, 40053 scene, 40054 address or action
        "40053",
        "40054",
        "40097",  # arguments
        "40129",  # scene characters
        "40165",  # path of a link
        "40169",  # scene length
        "41030",  # page not in the published version
        "44002",  # empty
        "45002",  # too long
        "45168",  # sensitive word
        "47001",  # not JSON
        "47003",  # a field of a template
        "85096",  # reserved parameter
        "85401",  # duration of a link
        "10060005",  # shipping: way, 10060006–7 parcels, 10060008–9 and 10060020 description
        "10060006",
        "10060007",
        "10060008",
        "10060009",
        "10060014",
        "10060020",
        "10060024",
        "10060025",
        "10060026",
        "10060029",
        "10060031",  # shipping: the order is another person's
        "268485194",
        "268485195",
        "268485196",
        "268485197",
        "268485216",  # shipping: time
        "268485224",
        "268485226",
        "268485227",
        "268485228",
    ),
    Misconfigured: (
        "40002",
        "40013",
        "40037",
        "40125",
        "40164",
        "40243",
        "41002",
        "41004",
        "43002",
        "43107",
        "48001",
        "48004",
        "50004",
        "50007",
        "61004",
        "89503",
        "89506",
        "89507",
        "SIGN_ERROR",  # of WeChat Pay (fact D13): the merchant's keys, rights and app ids
        "NO_AUTH",
        "APPID_MCHID_NOT_MATCH",
        "MCH_NOT_EXISTS",
    ),
}
KIND_OF = {code: kind for kind, codes in KINDS.items() for code in codes}

ADVICE: Mapping[str, tuple[str, str]] = {
    "40013": ("the app id is wrong", "AppID 不正确，请核对配置"),
    "40037": ("this template id is not the account's", "模板 ID 不属于该账号，请核对模板配置"),
    "40125": ("the AppSecret is wrong", "AppSecret 不正确，请核对配置"),
    "40164": (
        "this server's address is not on the IP whitelist",
        "服务器 IP 不在白名单，请在开发接口管理中添加",
    ),
    "SIGN_ERROR": (
        "WeChat Pay does not accept our signature: check key and certificate serial",
        "微信支付验签失败，请核对商户私钥与证书序列号",
    ),
    "NO_AUTH": (
        "the merchant may not use this product of WeChat Pay",
        "商户号没有该产品权限，请在商户平台开通",
    ),
    "APPID_MCHID_NOT_MATCH": (
        "the app id is not bound to the merchant",
        "AppID 与商户号未绑定，请在商户平台关联",
    ),
    "MCH_NOT_EXISTS": ("the merchant number is wrong", "商户号不存在，请核对配置"),
    "40243": ("the AppSecret is frozen", "AppSecret 已被冻结，请管理员解冻"),
    "43107": ("messages of this kind are banned", "订阅消息能力被封禁，请查看站内信"),
    "48001": ("the account may not call this", "账号没有该接口权限，请确认认证与类目"),
    "48004": ("this call is banned", "接口被封禁，请登录后台查看原因"),
    "50004": ("the account may not fetch tokens", "账号被禁止使用 token 接口"),
    "50007": ("the account is frozen", "账号已被冻结"),
    "61004": (
        "this server's address is not authorised for trade calls",
        "服务器 IP 未授权调用交易接口",
    ),
    "89503": ("an administrator has to confirm this server", "此 IP 调用需要管理员确认"),
    "89506": ("an administrator refused this server, 24 hours", "管理员拒绝该 IP，24 小时内不可用"),
    "89507": ("an administrator refused this server, one hour", "管理员拒绝该 IP，1 小时内不可用"),
}


def kind_of(code: str) -> type[WeChatRefused] | type[WeChatUnavailable]:
    """What WeChat's `errcode` means; WeChatRefused where nothing special is known."""
    return KIND_OF.get(code, WeChatRefused)


def advice(code: str) -> tuple[str, str]:
    """What an operator should know of a code, in English and in Chinese."""
    return ADVICE.get(code, (f"WeChat answered {code}", f"微信返回 {code}"))
