"""What a purchase would cost from which purses, and which use of them is best, with the reason.

Nothing is reserved by asking: the payment itself plans again.
"""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any
from uuid import UUID

from app.alliance import sales
from app.alliance.sales import COLUMN_OF, Order
from app.core.units import money
from app.ledger.service import Account
from app.wallet import service as wallet
from app.wallet.service import PaymentPlan, Purse

Fields = dict[str, Any]
OWN = (Purse.EXPERIENCE, Purse.PREPAID, Purse.REBATE)
CHOICES = tuple(
    frozenset({*some, Purse.WECHAT})
    for some in chain.from_iterable(combinations(OWN, size) for size in range(len(OWN) + 1))
)
REASONS = {
    "member_price": (
        "全部用储值支付享会员价，省 {saved}。",
        "All of it from prepaid money at the member price: saves {saved}.",
    ),
    "member_price_in_part": (
        "储值支付的部分享会员价，省 {saved}；再充值 {top_up} 可再省 {more}。",
        "The part from prepaid money has the member price: saves {saved}. With {top_up} more "
        "prepaid it would save {more} more.",
    ),
    "top_up_first": (
        "微信与返利按原价支付；充值 {top_up} 后用储值支付可省 {more}。",
        "WeChat and rebate pay the list price. With {top_up} prepaid it would save {more}.",
    ),
    "no_member_price": (
        "本店没有会员价：先用体验金，再用储值和返利，其余微信支付。",
        "No member price here: experience gold first, then prepaid and rebate, the rest by WeChat.",
    ),
}


def preview(member_id: UUID, store_id: UUID, list_fen: int) -> Fields:
    """Every use of the purses for a list price (fen) and the best one. Outside any unit of work.

    The best costs least of what is the member's own (experience gold is not), then takes least
    from WeChat. Raises what `sales.order` raises.
    """
    wanted = sales.order(member_id, store_id, list_fen, frozenset(Purse))
    plans = wallet.compare_plans(
        member_id,
        list_fen,
        CHOICES,
        experience_cap_fen=wanted.experience_cap_fen,
        discount_bp=wanted.contract.member_discount_bp,
    )
    best = min(plans, key=lambda purses: _rank(list_fen, plans[purses], purses))
    top_up_fen, more_fen = _by_topping_up(wanted, plans[best])
    reason = _reason(plans[best], more_fen)
    zh, en = REASONS[reason]
    words = {"saved": plans[best].discount_fen, "top_up": top_up_fen, "more": more_fen}
    said = {name: money(fen) for name, fen in words.items()}
    return {
        "store_id": store_id,
        "list_fen": list_fen,
        "member_discount_bp": wanted.contract.member_discount_bp,
        "best": _shown(list_fen, best, plans[best]),
        "reason": reason,
        "reason_zh": zh.format(**said),
        "reason_en": en.format(**said),
        "top_up_fen": top_up_fen,
        "top_up_saves_fen": more_fen,
        "choices": [_shown(list_fen, purses, plan) for purses, plan in plans.items()],
    }


def _rank(list_fen: int, plan: PaymentPlan, purses: frozenset[Purse]) -> tuple[int, int, int]:
    own_fen = list_fen - plan.discount_fen - _of(plan, Account.EXPERIENCE)
    return own_fen, plan.wechat_fen, len(purses)


def _by_topping_up(wanted: Order, plan: PaymentPlan) -> tuple[int, int]:
    """How much more prepaid money the member price of all of it takes, and what that saves; 0 and
    0 where it saves nothing."""
    gold_fen = _of(plan, Account.EXPERIENCE)
    prepaid_fen = _of(plan, Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS)
    left_fen = wanted.amount_fen - gold_fen
    whole_fen = wallet.member_price_fen(left_fen, wanted.contract.member_discount_bp)
    saves_fen = left_fen - whole_fen - plan.discount_fen
    return (whole_fen - prepaid_fen, saves_fen) if saves_fen > 0 else (0, 0)


def _reason(plan: PaymentPlan, more_fen: int) -> str:
    if not plan.discount_fen:
        return "top_up_first" if more_fen else "no_member_price"
    return "member_price_in_part" if more_fen else "member_price"


def _of(plan: PaymentPlan, *accounts: Account) -> int:
    return sum(part.amount_fen for part in plan.parts if part.account in accounts)


def _shown(list_fen: int, purses: frozenset[Purse], plan: PaymentPlan) -> Fields:
    by_account = {account: _of(plan, account) for account in COLUMN_OF}
    return {
        "purses": [purse for purse in Purse if purse in purses],
        "amount_fen": list_fen - plan.discount_fen,
        "discount_fen": plan.discount_fen,
        "parts": {
            "prepaid_fen": by_account[Account.PREPAID_PRINCIPAL]
            + by_account[Account.PREPAID_BONUS],
            "experience_fen": by_account[Account.EXPERIENCE],
            "rebate_fen": by_account[Account.REBATE],
            "wechat_fen": plan.wechat_fen,
        },
    }
