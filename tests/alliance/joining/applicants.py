"""Applicants and what they send; licences and numbers that nobody has."""

from __future__ import annotations

import secrets
from typing import Any

from stdnum import luhn
from stdnum.cn import uscc

from app.core.world import beijing_day, now
from tests.alliance import shop as world
from tests.alliance.closure import desk

LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃"


def licence() -> str:
    body = "91330106" + "".join(secrets.choice("0123456789ABCDEFGH") for _ in range(9))
    return body + uscc.calc_check_digit(body)


def card() -> str:
    body = "622202" + "".join(secrets.choice("0123456789") for _ in range(12))
    return body + luhn.calc_check_digit(body)


def name() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(8)) + "有限公司"


def phone() -> str:
    return "138" + "".join(secrets.choice("0123456789") for _ in range(8))


def wish(**more: Any) -> dict[str, Any]:
    company = more.get("company_name") or name()
    return {
        "company_name": company,
        "licence_number": licence(),
        "category": "餐饮",
        "stores": [{"name": "南门店", "address": "南门街 1 号"}],
        "account_kind": "company",
        "account_holder": company,
        "account_number": "3301" + str(secrets.randbelow(10**12)).zfill(12),
        "bank": "中国银行杭州分行",
        "contact_name": "张小明",
        "contact_phone": phone(),
    } | more


def applied(client: Any, member_id: Any = None, **more: Any) -> dict[str, Any]:
    member_id = member_id or world.member()
    answer = desk.post(client, "/merchant-applications", world.headers(member_id), **wish(**more))
    assert answer.status_code == 201, answer.json
    return dict(answer.json) | {"member_id": member_id}


def terms(**more: Any) -> dict[str, Any]:
    policy_id = more.pop("policy_id", None) or world.policy()
    day = beijing_day(now()).isoformat()
    return {"policy_id": str(policy_id), "concession_bp": 800, "starts_on": day} | more


def decided(client: Any, made: dict[str, Any], decision: str, who: Any = None, **more: Any) -> Any:
    who = who or world.staff_headers("reviewer")
    body = {"version": made["version"], "decision": decision} | more
    if decision == "approve":
        body.setdefault("terms", terms())
    else:
        body.setdefault("reason", "请补充资料")
    return desk.post(client, f"/merchant-applications/{made['id']}/decision", who, **body)


def confirmed(client: Any, made: dict[str, Any], who: Any = None, *, yes: bool = True) -> Any:
    who = who or world.staff_headers("operator")
    body = {"version": made["version"], "is_confirmed": yes}
    return desk.post(client, f"/merchant-applications/{made['id']}/confirmation", who, **body)


def kinds(found: list[dict[str, Any]]) -> list[str]:
    return [each["kind"] for each in found]
