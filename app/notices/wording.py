"""The sentences of the chat's answers, in Chinese. Pure; see texts.py for notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.core.world import BEIJING
from app.notices.rules import money
from app.notices.texts import HELP_COMMANDS, link

CODE_TITLE = "我的专属二维码"
CODE_HINT = "点开后长按保存海报发给好友；好友扫码关注即与您绑定，好友每次消费您都可获得返利。"
PAY_TITLE, TOP_UP_TITLE = "到店付款", "充值"
LOCATING = (
    "已开启定位：您进入会话时，为您查找附近门店。只保存约一公里精度的位置，三十分钟后删除。"
    "回复「关闭定位」随时停止。"
)
LOCATING_NO_MORE = "已关闭定位，保存的位置已删除。"
WANTED = "已恢复全部通知，回复「退订」可再次关闭。"
HOW_TO_LOCATE = "点「+」发送「位置」，为您按距离排列（位置不保存）；或回复「开启定位」。"


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a statement (fen, UTC)."""

    title: str
    amount_fen: int
    at: datetime


class Shop(Protocol):
    """A store as the chat names it; `metres` is None where the distance is not
    known, `is_open` where the hours are not."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def metres(self) -> int | None: ...
    @property
    def is_open(self) -> bool | None: ...


def declined(titles: Sequence[str]) -> str:
    """The answer to 退订."""
    return (
        f"已为您关闭：{'、'.join(dict.fromkeys(titles))}。涉及您资金的通知仍会发送。"
        "回复「恢复通知」重新打开。"
    )


def not_understood(nearest: str | None, address: str) -> str:
    """The answer to what is no command."""
    guess = f"您是不是想找「{nearest}」？回复这个词即可。" if nearest else "这句话我还看不懂。"
    return "\n".join([guess, HELP_COMMANDS, link(address, "打开联惠")])


def unreadable(what: str) -> str:
    """The answer to a picture, a voice message and whatever else cannot be read here."""
    return f"已收到您的{what}，这里还不能自动处理。需要人工帮助请回复「人工」。\n{HELP_COMMANDS}"


def nobody_there(open_hours: str | None, address: str) -> str:
    """The answer to who asks for a person while nobody is there."""
    if open_hours is None:
        return f"暂未开通人工客服。\n{HELP_COMMANDS}\n{link(address, '打开联惠')}"
    return f"人工客服的服务时间是每天 {open_hours}，请届时回复「人工」。\n{HELP_COMMANDS}"


def statement(lines: Sequence[Movement], address: str) -> str:
    """The answer to 明细."""
    if not lines:
        return f"还没有收支记录。{link(address, '打开联惠')}"
    shown = [
        f"{line.at.astimezone(BEIJING):%m-%d %H:%M} {line.title} "
        f"{'+' if line.amount_fen > 0 else ''}{money(line.amount_fen)}"
        for line in lines
    ]
    return "\n".join(["最近的收支：", *shown, link(address, "查看全部明细")])


def balance_title(spendable_fen: int) -> str:
    """Above the card of 余额: what can be spent in stores."""
    return f"到店可用 {money(spendable_fen)}"


def withdrawal_title(rebate_fen: int) -> str:
    """Above the card of 提现."""
    return f"可提现 {money(rebate_fen)}"


def stores_title(first: Shop, *, is_by_distance: bool) -> str:
    """Above the card of 附近门店: the nearest, or the first of them."""
    return f"离您最近：{first.name}{_distance(first.metres)}" if is_by_distance else "联盟门店"


def withdrawal(
    *, rebate_fen: int, pending_fen: int, under_way_fen: int, minimum_fen: int, address: str
) -> str:
    """The answer to 提现."""
    lines = [f"可提现返利 {money(rebate_fen)}，满 {money(minimum_fen)} 可提现。"]
    if pending_fen:
        lines.append(f"待解冻 {money(pending_fen)}，解冻后可提现。")
    if under_way_fen:
        lines.append(f"提现处理中 {money(under_way_fen)}。")
    if rebate_fen >= minimum_fen:
        lines.append(link(address, "立即提现"))
    else:
        lines.append(f"还差 {money(minimum_fen - rebate_fen)}。{link(address, '打开联惠')}")
    return "\n".join(lines)


def pay(address: str) -> str:
    """The answer to 付款."""
    return f"到店请{link(address, '打开付款码')}，可用储值、体验金、返利或微信支付。"


def top_up(address: str) -> str:
    """The answer to 充值."""
    return f"充值一次，联盟各店通用：{link(address, '去充值')}。"


OPEN = {True: " 营业中", False: " 休息中", None: ""}


def stores(found: Sequence[Shop], address: str, *, is_by_distance: bool) -> str:
    """The answer to 附近门店 and to a place."""
    if not found:
        return f"附近暂时没有联盟门店。{link(address, '打开联惠')}"
    head = "离您最近的联盟门店：" if is_by_distance else "联盟门店："
    lines = [
        f"· {shop.name}{_distance(shop.metres)}{OPEN[shop.is_open]}\n  {shop.address}"
        for shop in found
    ]
    tail = [] if is_by_distance else [HOW_TO_LOCATE]
    return "\n".join([head, *lines, *tail, link(address, "查看全部门店")])


def paid_and_followed(store_name: str, address: str) -> str:
    """The answer to who follows after paying and is a member by that payment already."""
    return (
        f"感谢您在「{store_name}」消费！您的会员账户已与公众号关联，付款和返利会在这里通知您。\n"
        f"{HELP_COMMANDS}\n{link(address, '打开联惠')}"
    )


def _distance(metres: int | None) -> str:
    if metres is None:
        return ""
    return f"（约 {metres} 米）" if metres < 1000 else f"（约 {metres / 1000:.1f} 公里）"
