"""How a finding reads: written down with it, so that it says later what was known then. Pure."""

from __future__ import annotations

from app.alliance.rings.rules import Finding
from app.core.units import yuan

TITLES: dict[str, tuple[str, str]] = {
    "burst": ("短时间内集中注册", "Many registrations by one code in a short time"),
    "withdraw_only": ("注册后只提现不消费", "Registered by one code, withdrew, never bought"),
    "own_second_account": ("推荐自己的另一账户", "Brought a second account of their own"),
    "second_accounts": ("名下多个账户属同一人", "Several accounts of one person in one flock"),
    "one_card": ("同一推荐链的资金归集到同一银行卡", "A tree's money goes to one bank card"),
    "mutual_buying": ("商家之间循环互刷", "Shops buy at each other in a circle"),
}
SAME: dict[str, tuple[str, str]] = {
    "phone": ("手机号", "phone number"),
    "id_number": ("身份证号", "ID number"),
    "card": ("银行卡", "bank card"),
    "unionid": ("微信号", "WeChat account"),
}


def sentence(finding: Finding) -> tuple[str, str]:
    """What was seen, Chinese and English."""
    figures = finding.figures
    fen = int(figures.get("amount_fen", 0))
    count = figures.get("members", len(finding.parties))
    days, shops = figures.get("days"), figures.get("merchants")
    same = SAME.get(str(figures.get("same")), ("身份线索", "trace of identity"))
    sentences = {
        "burst": (
            f"{figures.get('minutes')} 分钟内，同一推荐码注册了 {count} 人。",
            f"One code registered {count} people within {figures.get('minutes')} minutes.",
        ),
        "withdraw_only": (
            f"近 {days} 天经同一推荐码注册的 {count} 人共提现 {yuan(fen)} 元，无一消费。",
            f"{count} people brought by one code within {days} days withdrew"
            f" {yuan(fen)} yuan and bought nothing.",
        ),
        "own_second_account": (
            f"推荐人与被推荐人使用同一{same[0]}。",
            f"Recommender and recommended have the same {same[1]}.",
        ),
        "second_accounts": (
            f"同一推荐人名下有 {figures.get('pairs')} 对账户疑为同一人。",
            f"{figures.get('pairs')} pairs whom one recommender brought look like one person each.",
        ),
        "one_card": (
            f"同一推荐链上的 {count} 个账户填写了同一张银行卡。",
            f"{count} accounts of one tree of recommendations gave the same bank card.",
        ),
        "mutual_buying": (
            f"近 {days} 天，{shops} 个商家的人员在彼此店内循环消费 {yuan(fen)} 元。",
            f"Within {days} days people of {shops} shops bought at each other's in a circle,"
            f" for {yuan(fen)} yuan.",
        ),
    }
    return sentences[finding.rule]
