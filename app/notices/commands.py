"""What people write into the chat, and which command they mean. Pure.

Full-width forms, blanks, punctuation, emoji, traditional characters, polite words and slips of
the pen make no difference. What is close to a command is taken for it; what is only similar is
asked back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

LONGEST_WRITTEN = 200  # a letter, not a command
LONGEST_WISH = 20  # up to this length a command is looked for within a sentence
SURE, SIMILAR = 0.74, 0.5  # share of equal characters, 0 to 1


class Command(StrEnum):
    """What the chat can do; the values are the keys of menu entries (WeChat fact B7)."""

    BALANCE = "BALANCE"
    STATEMENT = "STATEMENT"
    MY_CODE = "MY_CODE"
    PAY = "PAY"
    TOP_UP = "TOP_UP"
    WITHDRAW = "WITHDRAW"
    STORES = "STORES"
    LOCATE = "LOCATE"
    LOCATE_NO_MORE = "LOCATE_NO_MORE"
    DECLINE = "DECLINE"
    WANT = "WANT"
    PERSON = "PERSON"
    HELP = "HELP"


# The first name of each is the one that people are told.
NAMES: dict[Command, tuple[str, ...]] = {
    Command.BALANCE: (
        "余额", "钱包", "资产", "储值", "体验金", "返利", "还剩多少", "余鹅", "鱼额", "余额度",
        "我的账户", "账户余额", "卡余额", "会员卡", "还有多少钱", "还有钱", "剩余", "有多少钱",
        "零钱",
        "赠金", "储值余额", "查余", "yue", "money",
        "balance", "wallet", "ye",
    ),
    Command.STATEMENT: (
        "明细", "账单", "流水", "记录", "消费记录", "交易记录", "账目", "帐单", "收支",
        "收入", "支出", "花了多少", "消费明细", "余额明细", "返利明细", "订单", "我的订单", "zd",
        "statement", "bill", "history", "mx",
    ),
    Command.MY_CODE: (
        "我的二维码", "二维码", "推广码", "推荐码", "邀请码", "邀请", "邀请好友", "推广", "推荐",
        "海报", "分享", "名片", "二维马",
        "我的码", "专属码", "推荐好友", "邀请朋友", "拉人", "拉好友", "发给朋友", "转发",
        "推广海报", "推荐人",
        "mycode", "qr", "qrcode", "code", "invite", "share", "ewm",
    ),
    Command.PAY: (
        "付款", "付款码", "支付", "买单", "结账", "收银", "会员码", "怎么付", "付钱", "扫码付",
        "埋单", "pay", "payment", "fk",
    ),
    Command.TOP_UP: (
        "充值", "充钱", "存钱", "储值卡", "办卡", "冲值", "充卡", "充点", "续费", "怎么充",
        "预存", "存款", "topup", "recharge", "cz",
    ),
    Command.WITHDRAW: (
        "提现", "取现", "体现", "提线", "提款", "取钱", "转出", "到账",
        "提到微信", "提到零钱", "提出来", "取出来", "提钱", "怎么提", "转到微信", "转到银行卡",
        "返利怎么取",
        "withdraw", "withdrawal", "cashout", "tx",
    ),
    Command.STORES: (
        "附近门店", "附近", "门店", "商家", "店铺", "附近商家", "附近的店", "商户", "地址", "位置",
        "哪里有店", "最近的店", "周边", "店在哪", "哪家店", "联盟店", "联盟商家", "合作商家",
        "地图", "导航",
        "怎么走", "门店列表", "分店", "stores", "store", "shops", "nearby", "near", "fj",
    ),
    Command.LOCATE: ("开启定位", "打开定位", "同意定位", "允许定位"),
    Command.LOCATE_NO_MORE: ("关闭定位", "取消定位", "停止定位", "不要定位"),
    Command.DECLINE: (
        "退订", "取消订阅", "不要通知", "免打扰", "拒收", "别发了", "不要发了", "不要再发",
        "取消通知", "关闭通知", "stop", "td", "t", "unsubscribe",
    ),
    Command.WANT: ("恢复通知", "恢复订阅", "重新订阅", "打开通知"),
    Command.PERSON: (
        "人工", "客服", "人工客服", "转人工", "人工服务", "真人", "投诉", "建议", "反馈", "电话",
        "找人", "有人吗", "有人在吗", "联系你们", "联系方式", "退款", "退钱", "举报", "骗人",
        "骗子", "维权",
        "service", "human", "agent", "support", "kf", "complaint",
    ),
    Command.HELP: (
        "帮助", "菜单", "功能", "指令", "说明", "使用说明", "怎么用", "你好", "您好", "在吗",
        "教程", "介绍", "怎么玩", "有什么用", "规则", "会员权益", "hey",
        "help", "menu", "hi", "hello", "h", "bz",
    ),
}  # fmt: skip
URGENT = frozenset({"人工", "客服", "真人", "投诉", "退款", "举报", "骗子"})
WANTED = {name: command for command, names in NAMES.items() for name in names}
TRADITIONAL = str.maketrans(
    "餘額錢維碼現門幫賬帳單細隊個記錄優廣務員電話嗎麼請紅點這樣積會綁結領體驗買帶轉"
    "儲訂閱設關閉推薦邀賣實說發聯絡絡詢該麽裡裏產動資邊幾還業鋪舖戶館號給為",
    "余额钱维码现门帮账账单细队个记录优广务员电话吗么请红点这样积会绑结领体验买带转"
    "储订阅设关闭推荐邀卖实说发联络络询该么里里产动资边几还业铺铺户馆号给为",
)
POLITE = re.compile(
    r"^(?:请问|请|麻烦|您好|你好|嗨|我想要|我想|我要|想要|我的|我|帮我|给我|查一下|查询一下|查询|查看|查下|查|看看"
    r"|看一下|看|打开|怎么|怎样|如何|哪里有|哪里|有没有|please|show|my|the)+"
    r"|(?:在哪里|在哪儿|在哪|是多少|有多少|多少|怎么办|怎么弄|怎么查|一下|是什么|谢谢|吗|呢|啊|吧|呀|哦|了|please)+$"
)
QUESTION_MARKS = frozenset("?？")


@dataclass(frozen=True, slots=True)
class Understood:
    """What was meant; if nothing certain, `nearest` may be what was meant."""

    command: Command | None
    nearest: Command | None = None


def understood(written: str) -> Understood:
    """The command in what somebody wrote."""
    if len(written) > LONGEST_WRITTEN:
        return Understood(None)
    if written.strip() and set(written.strip()) <= QUESTION_MARKS:
        return Understood(Command.HELP)
    plain = _plain(written)
    wish = POLITE.sub("", plain)
    for text in (plain, wish):
        if text in WANTED:
            return Understood(WANTED[text])
    within = _within(plain)
    if within is not None:
        return Understood(within)
    return _similar(wish or plain)


def key_of(command: Command) -> str:
    """The name of a command as people are told it."""
    return NAMES[command][0]


def _plain(written: str) -> str:
    """Letters, digits and characters only: half-width, small, simplified."""
    folded = unicodedata.normalize("NFKC", written).lower().translate(TRADITIONAL)
    return "".join(char for char in folded if char.isalnum())


def _within(plain: str) -> Command | None:
    """The longest name that a short sentence contains; of equally long ones the last said.

    Who complains about something wants a person, whatever it is.
    """
    if len(plain) > LONGEST_WISH:
        return None
    found = [
        (name in URGENT, len(name), plain.rfind(name), command)
        for name, command in WANTED.items()
        if _is_telling(name) and name in plain
    ]
    return max(found)[-1] if found else None


def _is_telling(name: str) -> bool:
    """Whether a name inside other words means something; greetings and short codes do not."""
    if name.isascii():
        return len(name) > 4
    return WANTED[name] is not Command.HELP or name in ("帮助", "怎么用", "使用说明")


def _similar(wish: str) -> Understood:
    if not wish or len(wish) > LONGEST_WISH:
        return Understood(None)
    ratio, name = max((SequenceMatcher(None, wish, name).ratio(), name) for name in WANTED)
    if ratio >= SURE and len(wish) > 2:
        return Understood(WANTED[name])
    return Understood(None, WANTED[name]) if ratio >= SIMILAR else Understood(None)
