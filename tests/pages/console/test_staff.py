"""Staff accounts at the console: opened, changed, stopped, reset by two, and nobody their own."""

import re

import pyotp
from sqlalchemy import text

from app.core.db import read
from app.core.world import new_id


def account(staff_id):
    row = read(text("SELECT * FROM core_staff WHERE id = :id"), {"id": staff_id})[0]
    return row._mapping


def test_an_account_is_opened_its_secrets_shown_once_and_stopped(visitor):
    person, name = visitor("operator"), f"n-{new_id().hex}"
    person.see("/console/staff", "工作人员", person.username)
    assert person.post("/console/staff", username=name, roles="finance").status_code == 403
    answer = person.post("/console/staff", username=name, roles=["support"])
    assert answer.status_code == 200, answer.text
    assert answer.text.count('class="secret"') == 2
    staff_id = read(text("SELECT id FROM core_staff WHERE username = :n"), {"n": name})[0].id
    here = f"/console/staff/{staff_id}"
    page = person.see(here, name, "申请重置")
    assert 'class="secret"' not in page
    assert person.post("/console/staff", username=name, roles="support").status_code == 409
    person.do(f"{here}/roles", roles=["support", "operator"], reason="兼任运营")
    assert sorted(account(staff_id)["roles"]) == ["operator", "support"]
    assert not account(staff_id)["is_active"]  # a say over money waits for another person
    person.see(here, "启用…")
    assert person.post(f"{here}/enable", reason="自己放行").status_code == 403
    other = visitor("finance")
    other.see(here, "启用…")
    other.do(f"{here}/enable", reason="当面核对过工牌")
    person.do(f"{here}/disable", reason="已经离职")
    person.see(here, "启用…", "已停用")
    person.do(f"{here}/enable", reason="又回来了")
    person.do(f"{here}/sign-out")
    assert account(staff_id)["is_active"]


def test_a_reset_takes_two_people_and_nobody_changes_their_own(visitor):
    first, second, lost = visitor("operator"), visitor("operator"), visitor("support")
    here = f"/console/staff/{lost.id}"
    first.see(here, "申请重置")
    first.do(f"{here}/resets", kind="password", reason="当面核对过工牌")
    page = first.see("/console/staff/resets", "当面核对过工牌", "待另一人办理")
    found = text("SELECT id FROM core_staff_reset WHERE staff_id = :id")
    (row,) = read(found, {"id": lost.id})
    decide = f"/console/staff/resets/{row.id}/decide"
    assert decide in page
    assert first.post(decide, decision="approve").status_code == 403
    assert lost.get("/console/sessions").status_code == 200
    second.see("/console/staff/resets", "办理，生成新的")
    done = second.post(decide, decision="approve")
    assert (done.status_code, done.text.count('class="secret"')) == (200, 1)
    assert second.post(decide, decision="approve").status_code == 409
    assert lost.get("/console/sessions").status_code == 303
    own = f"/console/staff/{first.id}"
    assert f"{own}/roles" not in first.see(own, "这是您自己的账号")
    assert first.post(f"{own}/roles", roles="finance", reason="给自己加权").status_code == 409
    assert account(first.id)["roles"] == ["operator"]


def test_accounts_are_not_for_others(visitor):
    person, other = visitor("support", "reviewer"), visitor("support")
    here = f"/console/staff/{other.id}"
    for path in ("/console/staff", "/console/staff/resets", here):
        assert person.get(path).status_code == 403, path
    person.get("/console/sessions")
    for step in ("roles", "disable", "enable", "sign-out", "resets"):
        answer = person.post(f"{here}/{step}", reason="不该可以", roles="operator", kind="password")
        assert answer.status_code == 403
    assert (account(other.id)["is_active"], account(other.id)["roles"]) == (True, ["support"])


def test_the_own_second_factor_is_replaced_when_a_code_of_it_is_shown(visitor):
    person = visitor("support")
    person.see("/console/second-factor", "更换动态码")
    page = person.post("/console/second-factor").text
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]
    assert "data:image/svg+xml" in page
    wrong = person.post("/console/second-factor/confirm", totp="abcdef")
    assert (wrong.status_code, secret in wrong.text) == (422, False)
    person.do("/console/second-factor/confirm", totp=pyotp.TOTP(secret).now())
    person.see("/console/sessions", "新的动态码已生效")
