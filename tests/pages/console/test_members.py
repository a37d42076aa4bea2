"""Members at the console: found without an address that names them, shown in part, in clear with a
reason, corrected by two people."""

import pytest

from app.core.db import in_transaction
from app.core.world import new_id
from app.ledger.service import Account
from app.members import service as members
from app.members.reviews import mark_same_person
from tests.alliance import shop as world
from tests.members.people import by_member, register, signed_in
from tests.members.real_name.numbers import wish as real_name

pytestmark = pytest.mark.usefixtures("context")


def test_staff_find_a_member_by_id_and_nothing_is_in_the_address(visitor):
    member_id = register().member_id
    person = visitor("support")
    person.see("/console/members", "会员")
    found = person.post("/console/members", wanted=str(member_id))
    assert found.status_code == 200
    assert f"/console/members/{member_id}" in found.text
    nobody = person.post("/console/members", wanted=str(new_id()))
    assert "没有找到会员" in nobody.text
    wrong = person.post("/console/members", wanted="小安")
    assert wrong.status_code == 422
    assert "小安" in wrong.text


def test_a_member_is_shown_with_wallet_tree_and_evidence(visitor):
    recommender = register().member_id
    brought = register(introduction=by_member(recommender)).member_id
    world.give(recommender, Account.REBATE, 12_345)
    person = visitor("operator")
    page = person.see(f"/console/members/{recommender}", "¥123.45", f"…{str(brought)[-8:]}")
    assert "未提交实名" in page
    person.see(f"/console/members/{brought}", "查看推荐人", str(recommender))
    assert person.get(f"/console/members/{new_id()}").status_code == 404


def test_a_real_name_is_in_part_until_a_reason_is_given_and_stays_in_no_address(client, visitor):
    member_id, given = register().member_id, real_name()
    answer = client.post("/api/v1/real-name", json=given, headers=signed_in(member_id))
    assert answer.status_code < 300, answer.json
    name = given["name"]
    person = visitor("support")
    address = f"/console/members/{member_id}"
    assert name not in person.see(address, "查看明文")
    refused = person.post(f"{address}/reveal", fields="name", reason="看看")
    assert refused.status_code == 422
    assert name not in refused.text
    shown = person.post(f"{address}/reveal", fields="name", reason="核对身份，工单 12345678")
    assert shown.status_code == 200
    assert name in shown.text
    assert name not in person.see(address)


def test_a_correction_takes_two_people(visitor):
    member_id, other = register().member_id, register().member_id
    first, second = visitor("operator"), visitor("operator")
    address = f"/console/members/{member_id}"
    first.see(address)
    wish = {"recommender_kind": "member", "recommender_id": str(other), "reason": "扫错了码"}
    first.do(f"{address}/correct", **wish)
    page = first.see("/console/binding", "扫错了码")
    to = page.split("扫错了码")[1].split('action="')[1].split('"')[0]
    assert first.post(to, decision="confirm").status_code == 403
    assert in_transaction(lambda: members.binding(member_id)) is None
    second.see("/console/binding")
    second.do(to, decision="confirm")
    assert members.binding(member_id).recommender_id == other


def test_others_see_no_members(visitor):
    member_id = register().member_id
    for role in ("reviewer", "merchant_owner", "salesperson"):
        person = visitor(role)
        for path in ("/console/members", f"/console/members/{member_id}", "/console/merges"):
            assert person.get(path).status_code == 403, (role, path)
    support = visitor("support")
    support.see(f"/console/members/{member_id}")
    wish = {"recommender_kind": "platform", "reason": "x"}
    assert support.post(f"/console/members/{member_id}/correct", **wish).status_code == 403
    assert support.post(f"/console/members/{member_id}/release", reason="x").status_code == 403
    assert in_transaction(lambda: members.binding(member_id)) is None


def test_pairs_and_rings_have_pages(visitor):
    first, second = register().member_id, register().member_id
    proof = {"kind": "phone", "key": "00"}
    in_transaction(lambda: mark_same_person(second, first, why="同一手机号", proof=proof))
    person = visitor("support")
    person.see("/console/merges", "同一手机号")
    address = f"/console/merges/{second}/{first}"
    person.see(address, "先有的账户")
    person.do(f"{address}/proposal", proposal="keep_apart", reason="父子共用")
    other = visitor("operator")
    other.see(address, "父子共用", "复核…")
    other.do(f"{address}/decision", decision="confirm")
    other.see(address, "已分开")
    other.see("/console/rings", "可疑团伙")
    assert other.get(f"/console/rings/{new_id()}").status_code == 404


def test_each_movement_of_a_wallet_is_explained(client, visitor):
    payer = world.rich(50_000)
    world.paid(client, payer, world.shop(), 10_000)
    person = visitor("support")
    page = person.see(f"/console/members/{payer}/statement", "−¥100.00", "逐分说明")
    entry = page.split('href="/console/entries/')[1].split('"')[0]
    person.see(f"/console/entries/{entry}", "−¥100.00", "分录", "适用版本")
    assert person.get(f"/console/entries/{new_id()}").status_code == 404
    assert person.get(f"/console/members/{payer}/statement", cursor="x").status_code == 422
    stranger = visitor("reviewer")
    for path in (f"/console/entries/{entry}", f"/console/members/{payer}/statement"):
        assert stranger.get(path).status_code == 403
