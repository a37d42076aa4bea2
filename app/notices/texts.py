"""Every sentence people read, in Chinese. Names stores and amounts, never people. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.notices.kinds import Kind
from app.notices.links import LINK, statement
from app.notices.rules import beijing_time, money

HELP_COMMANDS = (
    "回复「余额」「明细」「提现」「我的二维码」「附近门店」「人工」，即可查询和办理；"
    "「帮助」查看说明。"
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a notice says: a text for the chat, and named fields for a template.

    `link` names what a tap opens (links.py); its address stands for LINK in the text and is
    made when the notice is sent. Without one a tap opens the product.
    """

    kind: Kind
    text: str
    fields: dict[str, str] = field(default_factory=dict)
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a welcome depends on.

    `invited_by`: store, friend, salesperson, platform or nobody. `is_code_known` is false for
    a code that is unknown or has expired. `granted_fen`: experience gold; 0 if none was given,
    then `is_fund_short` says whether for want of funds.
    """

    invited_by: str
    store_name: str | None
    granted_fen: int
    is_fund_short: bool
    is_code_known: bool
    address: str


def welcome(facts: Welcome) -> str:
    """The answer to a first follow."""
    lines = ["欢迎加入联惠！您已成为会员。", *_invited(facts), *_granted(facts)]
    return "\n".join([*lines, next_step(facts.address)])


def welcome_back(address: str) -> str:
    """The answer to a follow by somebody who had left."""
    return "\n".join(
        [
            "欢迎回来！您的会员身份、余额和推荐关系都还在，一切照旧。",
            next_step(address),
        ]
    )


def known_already(address: str) -> str:
    """The answer to a first follow by somebody who is a member through the mini-program."""
    return "\n".join(["感谢关注！您已是联惠会员，余额和推荐关系照旧。", next_step(address)])


def next_step(address: str) -> str:
    """What to do now."""
    return f"下一步：{link(address, '打开联惠')}，充值一次，联盟各店通用。\n{HELP_COMMANDS}"


def store_scanned(store_name: str, is_home: bool, address: str) -> str:
    """The answer to a member who scans a store's code."""
    home = "（您的归属门店）" if is_home else ""
    return "\n".join(
        [
            f"您正在「{store_name}」{home}。",
            f"到店付款可用储值、体验金、返利或微信支付：{link(address, '打开联惠付款')}。",
        ]
    )


def friend_scanned(is_newly_bound: bool, is_own: bool) -> str:
    """The answer to a member who scans a member's code."""
    if is_own:
        return "这是您自己的二维码，请发给好友扫码加入。"
    if is_newly_bound:
        return "已绑定这位好友为您的推荐人，绑定后长期有效。"
    return f"您已是会员，推荐关系不会改变。\n{HELP_COMMANDS}"


def other_scanned(is_newly_bound: bool) -> str:
    """The answer to a member who scans a salesperson's or the platform's code."""
    first = "绑定成功，绑定后长期有效。" if is_newly_bound else "您已是会员，推荐关系不会改变。"
    return f"{first}\n{HELP_COMMANDS}"


def code_unknown() -> str:
    """The answer to a member who scans a code that is unknown or has expired."""
    return f"这个二维码已失效或无法识别，请向店员或好友索取新的二维码。\n{HELP_COMMANDS}"


def balance(
    prepaid_fen: int, bonus_fen: int, experience_fen: int, rebate_fen: int, pending_fen: int
) -> str:
    """The answer to 余额."""
    return "\n".join(
        [
            "您的余额：",
            f"储值 {money(prepaid_fen)}",
            *([f"储值赠送 {money(bonus_fen)}"] if bonus_fen else []),
            f"体验金 {money(experience_fen)}",
            f"返利 {money(rebate_fen)}（待解冻 {money(pending_fen)}）",
        ]
    )


def help_text(address: str) -> str:
    """The answer to 帮助 and to whatever else people write."""
    return (
        f"联惠：充值一次，联盟各店通用，消费有返利。\n{HELP_COMMANDS}\n{link(address, '打开联惠')}"
    )


def joined(granted_fen: int, at: datetime) -> Content:
    """A member has joined."""
    gift = f"已送您 {money(granted_fen)} 体验金，到店付款可抵用。" if granted_fen else ""
    note = f"已送体验金{money(granted_fen)}" if granted_fen else "欢迎加入联惠"
    fields = {"note": note, "time": beijing_time(at)}
    return Content(Kind.MEMBER_JOINED, f"欢迎加入联惠！您已成为会员。{gift}", fields)


def topped_up(store_name: str, amount_fen: int, at: datetime) -> Content:
    """A top-up was credited."""
    text = f"充值成功：{money(amount_fen)} 已到账（归属门店「{store_name}」），联盟各店通用。"
    return Content(Kind.MEMBER_TOPPED_UP, text, _facts(store_name, amount_fen, at))


def paid(
    store_name: str, amount_fen: int, parts: dict[str, int], at: datetime, saved_fen: int = 0
) -> Content:
    """A member paid in a store; `parts` say from which purses (fen), `saved_fen` what the member
    price took off."""
    made_of = "，".join(f"{name} {money(fen)}" for name, fen in parts.items() if fen)
    saved = f"，会员价已省 {money(saved_fen)}" if saved_fen else ""
    text = f"付款成功：在「{store_name}」支付 {money(amount_fen)}（{made_of}）{saved}。"
    note = "、".join(name for name, fen in parts.items() if fen)
    fields = _facts(store_name, amount_fen, at) | {"note": note}
    return Content(Kind.MEMBER_PAID, text, fields)


def refunded(store_name: str, amount_fen: int, at: datetime) -> Content:
    """A payment came back to the member."""
    text = f"退款成功：「{store_name}」的 {money(amount_fen)} 已原路退回。"
    return Content(Kind.MEMBER_REFUNDED, text, _facts(store_name, amount_fen, at))


def gift_refunded(store_name: str, amount_fen: int, at: datetime) -> Content:
    """Goods that a member had won were given back: the campaign has its money again."""
    text = f"奖品退回：「{store_name}」的奖品货款 {money(amount_fen)} 已退回活动。"
    return Content(Kind.MEMBER_REFUNDED, text, _facts(store_name, amount_fen, at))


def rebate(
    store_name: str, amount_fen: int, is_own: bool, release_at: datetime | None, at: datetime
) -> Content:
    """A share of a sale's concession is the member's: for their own purchase or a friend's."""
    source = "您的消费" if is_own else "好友消费"
    release = f"，{beijing_time(release_at)} 起可用" if release_at else ""
    text = f"返利到账：{source}（「{store_name}」）为您带来返利 {money(amount_fen)}{release}。"
    fields = _facts(store_name, amount_fen, at) | {"note": f"{source}返利"}
    return Content(Kind.MEMBER_REBATE, text, fields)


def withdrawal(
    amount_fen: int,
    is_paid: bool,
    at: datetime,
    fee_fen: int = 0,
    tax_fen: int = 0,
    *,
    place: str = "微信零钱",
) -> Content:
    """A withdrawal has come to its end: paid out without fee and tax to a place, or come back
    whole."""
    asked_fen = amount_fen
    kept = {"手续费": fee_fen, "代扣税": tax_fen} if is_paid else {}
    amount_fen -= sum(kept.values())
    note = f"已转入{place}" if is_paid else "已退回您的返利余额"
    status = "已到账" if is_paid else "已退回"
    parts = [
        f"申请 {money(asked_fen)}",
        *(f"{name} {money(fen)}" for name, fen in kept.items() if fen),
    ]
    detail = f"（{'，'.join(parts)}）" if len(parts) > 1 else ""
    text = f"提现{'成功' if is_paid else '未成功'}：{money(amount_fen)} {note}{detail}。"
    fields = {
        "amount": money(amount_fen),
        "status": status,
        "note": note,
        "time": beijing_time(at),
    }
    return Content(Kind.MEMBER_WITHDRAWAL, text, fields)


def payment_received(store_name: str, amount_fen: int, share_fen: int, at: datetime) -> Content:
    """To the merchant: a payment in a store of theirs."""
    text = (
        f"收款到账：「{store_name}」收款 {money(amount_fen)}，商家所得 {money(share_fen)}，待结算。"
    )
    fields = _facts(store_name, amount_fen, at) | {"note": f"商家所得{money(share_fen)}"}
    return Content(Kind.MERCHANT_PAID, text, fields)


def payment_refunded(store_name: str, amount_fen: int, at: datetime) -> Content:
    """To the merchant: a payment was given back."""
    text = f"退款通知：「{store_name}」的一笔收款 {money(amount_fen)} 已退回顾客。"
    return Content(Kind.MERCHANT_REFUNDED, text, _facts(store_name, amount_fen, at))


def supply_refunded(store_name: str, amount_fen: int, at: datetime) -> Content:
    """To a supplier: a sale of what it supplied was given back, and its part with it."""
    back = f"其中供货款 {money(amount_fen)} 由贵店退回。"
    text = f"供货退款：「{store_name}」的一笔供货订单已退款，{back}"
    return Content(Kind.MERCHANT_REFUNDED, text, _facts(store_name, amount_fen, at))


def purchase_paid(store_name: str, amount_fen: int, at: datetime) -> Content:
    """To a merchant: its owner paid in another store from settled money."""
    text = f"采购付款：在「{store_name}」以商家结算款支付 {money(amount_fen)}。"
    fields = _facts(store_name, amount_fen, at) | {"note": "商家结算款支付"}
    return Content(Kind.MERCHANT_PAID, text, fields)


def purchase_refunded(store_name: str, amount_fen: int, at: datetime) -> Content:
    """To a merchant: what it had paid in another store came back to its settled money."""
    text = f"采购退款：「{store_name}」的 {money(amount_fen)} 已退回商家结算款。"
    return Content(Kind.MERCHANT_REFUNDED, text, _facts(store_name, amount_fen, at))


def settled(
    merchant_name: str,
    amount_fen: int,
    sale_count: int,
    at: datetime,
    settlement_id: UUID,
    supply_fen: int = 0,
) -> Content:
    """To the merchant: a settlement was issued; a tap opens its statement."""
    supplies = f"供货已入账 {money(supply_fen)}。" if supply_fen else ""
    text = (
        f"结算完成：「{merchant_name}」本期 {sale_count} 笔收款，结算 {money(amount_fen)}。"
        f"{supplies}"
        f"{link(LINK, '查看对账单')}"
    )
    fields = _facts(merchant_name, amount_fen, at) | {"note": f"共{sale_count}笔收款"}
    return Content(Kind.MERCHANT_SETTLEMENT, text, fields, statement(settlement_id))


def partnership(name: str, note: str, at: datetime, detail: str = "") -> Content:
    """To the merchant: something about a store, the merchant or a contract changed."""
    text = f"合作事项：「{name}」{note}。{detail}"
    fields = {"place": name, "note": note, "time": beijing_time(at)}
    return Content(Kind.MERCHANT_PARTNERSHIP, text, fields)


def store_closing(name: str, note: str, fallback: str | None, at: datetime) -> Content:
    """To a member: a store of theirs closes, or does not after all; where they top up then."""
    if note.endswith("停业"):
        rest = "您的储值可在联盟其他门店使用，也可申请退款；未完成的订单将在停业后自动退款。"
        home = f"您的归属门店届时转为「{fallback}」，可在那里充值。" if fallback else ""
        note, rest = f"将于{note}", rest + home
    else:
        note, rest = "停业安排已取消", "一切照常。"
    fields = {"place": name, "note": note, "time": beijing_time(at)}
    return Content(Kind.MEMBER_STORE, f"门店通知：「{name}」{note}。{rest}", fields)


def application(company: str, kind: str, reason: str | None, at: datetime) -> Content:
    """To an applicant: what became of their merchant's application."""
    note, next_step = {
        "approved": ("已通过", "合同已发出，请查看并确认；收款账户待财务核对。"),
        "more_asked": ("需补充资料", "请修改后重新提交。"),
        "rejected": ("未通过", "您可以修改后重新提交。"),
    }[kind]
    why = f"原因：{reason}。" if reason and kind != "approved" else ""
    text = f"入驻申请：「{company}」{note}。{why}{next_step}"
    fields = {"place": company, "note": note, "time": beijing_time(at)}
    return Content(Kind.MEMBER_APPLICATION, text, fields)


def friend_joined(at: datetime) -> Content:
    """To a member: somebody came by their code. Who, they are not told."""
    text = "有好友通过您的二维码加入了联惠，好友以后每次消费，您都可获得返利。"
    fields = {"note": "有好友通过您的二维码加入", "time": beijing_time(at)}
    return Content(Kind.MEMBER_FRIEND_JOINED, text, fields)


def customer_brought(at: datetime) -> Content:
    """To a salesperson: somebody joined by their code."""
    text = f"新会员加入：{beijing_time(at)} 有一位顾客通过您的业务码成为会员。"
    fields = {"note": "有顾客通过您的业务码入会", "time": beijing_time(at)}
    return Content(Kind.SALESPERSON_JOINED, text, fields)


def salesperson_earned(store_name: str, amount_fen: int, at: datetime) -> Content:
    """To a salesperson: a share of a sale's concession is theirs."""
    text = f"业务分成：「{store_name}」的一笔消费为您带来 {money(amount_fen)}。"
    fields = _facts(store_name, amount_fen, at) | {"note": "业务分成"}
    return Content(Kind.SALESPERSON_EARNED, text, fields)


def service_queue(open_hours: str) -> Content:
    """A member asked for a person."""
    text = f"已为您转接人工客服，请直接描述您的问题，客服会依次回复（服务时间每天 {open_hours}）。"
    return Content(Kind.MEMBER_SERVICE, text, {"note": "已转接人工客服"})


def ticket_answered(at: datetime, *, is_closed: bool) -> Content:
    """A member's ticket was answered. What it says is read in the ticket only."""
    over = "，工单已关闭；仍有疑问可直接补充" if is_closed else ""
    text = f"您的工单有了新回复{over}。{link(LINK, '查看回复')}"
    fields = {"note": "您的工单有了新回复", "time": beijing_time(at)}
    return Content(Kind.MEMBER_TICKET, text, fields)


def offered(words: str, at: datetime) -> Content:
    """A service message, to members who agreed to such; with how to be told no more."""
    fields = {"note": words, "time": beijing_time(at)}
    return Content(Kind.MEMBER_OFFER, f"{words}（回复「退订」不再接收）", fields)


def _facts(place: str, amount_fen: int, at: datetime) -> dict[str, str]:
    return {"place": place, "amount": money(amount_fen), "time": beijing_time(at)}


def _invited(facts: Welcome) -> list[str]:
    if not facts.is_code_known:
        return ["您扫的二维码已失效或无法识别，不影响您成为会员。"]
    if facts.invited_by == "store" and facts.store_name:
        return [f"邀请您的门店：「{facts.store_name}」，也是您的归属门店。"]
    if facts.invited_by == "friend":
        home = f"，您的归属门店是「{facts.store_name}」" if facts.store_name else ""
        return [f"您由好友邀请加入{home}。"]
    return ["您由业务员邀请加入。"] if facts.invited_by == "salesperson" else []


def _granted(facts: Welcome) -> list[str]:
    if facts.granted_fen:
        return [f"已送您 {money(facts.granted_fen)} 体验金，到店付款可抵用。"]
    return ["本期体验金已发完，补充后会有新活动。"] if facts.is_fund_short else []


def link(address: str, words: str) -> str:
    """Words in the chat that open an address."""
    return f'<a href="{address}">{words}</a>'
