"""How statements speak Chinese: kinds of lines, purses, amounts in figures and in words."""

from __future__ import annotations

from app.core.units import yuan

KINDS = {
    "sale": "收款",
    "refund": "退款",
    "experience": "体验金返还",
    "experience_refund": "体验金退回",
    "advance": "预支收回",
    "supply": "供货款",
    "supplied": "供货收入",
    "supply_returned": "供货退回",
    "supply_recovered": "供货欠款抵扣",
    "supply_secured": "供货欠款扣保证金",
    "supply_repaid": "供货欠款收回",
}
PURSES = {
    "principal": "本金",
    "bonus": "赠金",
    "experience": "体验金",
    "rebate": "返利",
    "wechat": "微信",
    "settled": "商家结算款",
    "gift": "活动奖品",
}
DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "兆")


def kind(name: str) -> str:
    """A kind of line."""
    return KINDS.get(name, name)


def purse_mix(purses: dict[str, int], discount_fen: int = 0) -> str:
    """Where the money of a sale came from, or went back to; and what the member price took off."""
    words = [f"{PURSES.get(name, name)}{yuan(fen)}" for name, fen in purses.items()]
    return " ".join([*words, f"会员优惠{yuan(discount_fen)}"] if discount_fen else words)


def supply_mix(kind_name: str, gross_fen: int, supply_fen: int) -> str:
    """What a line of supplies did to the merchant's money at once, and to what it owes."""
    words = f"{'已入账' if supply_fen >= 0 else '已扣'}{yuan(abs(supply_fen))}"
    owed_fen = supply_fen - gross_fen
    return f"{words} 欠卖方{yuan(owed_fen)}" if kind_name == "supply_returned" else words


def in_words(amount_fen: int) -> str:
    """An amount as cheques write it (人民币大写): below 10,000 兆 yuan, either sign.

    Rules for bills and settlement vouchers (《正确填写票据和结算凭证的基本规定》): 整 after yuan or
    jiao, 零 for any run of noughts between digits.
    """
    if amount_fen < 0:
        return "负" + in_words(-amount_fen)
    whole, jiao, fen = amount_fen // 100, amount_fen // 10 % 10, amount_fen % 10
    text = _integer(whole) + "元" if whole else ""
    if not jiao and not fen:
        return (text or "零元") + "整"
    if jiao:
        text += DIGITS[jiao] + "角"
    elif text:
        text += "零"
    return text + (DIGITS[fen] + "分" if fen else "整")


def _integer(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, has_gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            has_gap = True
            continue
        if text and (has_gap or group < 1_000):
            text += "零"
        text += _group(group) + GROUPS[place]
        has_gap = False
    return text


def _group(number: int) -> str:
    text, has_gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            has_gap = bool(text)
            continue
        text += ("零" if has_gap else "") + DIGITS[digit] + PLACES[place]
        has_gap = False
    return text
