"""Which code brought a member, when, by which channel, by whom, and what was before."""

import pytest

from app.core.db import in_transaction
from app.core.world import new_id
from app.members import service as members
from app.qr import service as qr
from tests.alliance import shop as world
from tests.alliance.test_reception import arrive
from tests.alliance.test_recommenders import correct

pytestmark = pytest.mark.usefixtures("context")
API = "/api/v1"


def mine(client, member_id):
    answer = client.get(f"{API}/me/binding/evidence", headers=world.headers(member_id))
    assert answer.status_code == 200, answer.json
    return answer.json


def seen(client, member_id, role="operator"):
    path = f"{API}/members/{member_id}/binding/evidence"
    return client.get(path, headers=world.staff_headers(role))


def by_store_code():
    shop = world.shop()
    issuer = new_id()
    scene = in_transaction(lambda: qr.issue("S", shop.store_id, issued_by=issuer))
    return shop, issuer, scene, arrive(scene).member_id


def test_a_member_reads_which_code_brought_them_and_when(client):
    _, _, scene, member_id = by_store_code()
    told = mine(client, member_id)
    present = told["binding"]
    assert present["recommender_name"] == "面馆"
    assert (present["home_store_name"], present["channel"]) == ("南门店", "follow")
    assert (present["code"]["scene"], present["code"]["kind"]) == (scene, "S")
    assert present["code"]["issued_by"] is None
    assert "推荐人：商家「面馆」" in told["text"]
    assert "关注公众号" in told["text"]
    assert f"code of the store {scene}" in told["text_en"]
    assert told["former"] == told["corrections"] == []


def test_staff_see_also_who_issued_the_code(client):
    _, issuer, _, member_id = by_store_code()
    assert seen(client, member_id, "support").json["binding"]["code"]["issued_by"] == str(issuer)
    for role in ("cashier", "merchant_owner", "salesperson"):
        assert seen(client, member_id, role).status_code == 403
    unknown = seen(client, new_id())
    assert (unknown.status_code, unknown.json["code"]) == (404, "member_unknown")


def test_a_correction_is_told_to_the_member_without_the_words_of_staff(client):
    old, new = world.member(), world.member()
    member_id = world.member(world.brought_by_member(old))
    correct(client, member_id, recommender_kind="member", recommender_id=new)
    told = mine(client, member_id)
    (correction,) = told["corrections"]
    assert correction["before"]["recommender_id"] == str(old)
    assert correction["after"]["recommender_id"] == str(new)
    assert (correction["reason"], correction["decided_by"]) == (None, None)
    assert "证据确凿" not in told["text"]
    assert [each["why"] for each in told["former"]] == ["corrected"]
    staffs = seen(client, member_id).json
    assert staffs["corrections"][0]["reason"] == "证据确凿"
    assert "证据确凿" in staffs["text"]


def test_a_merge_and_the_binding_before_it_stay_on_record(client):
    friend = world.member()
    first, second = world.member(), world.member(world.brought_by_member(friend))
    in_transaction(lambda: members.merge_pasts(first, second, {}))
    told = mine(client, first)
    assert told["binding"]["recommender_id"] == str(friend)
    assert [each["absorbed_id"] for each in told["merges"]] == [str(second)]
    assert "合并" in told["text"]


def test_every_kind_of_recommender_reads_well_in_both_languages(client):
    salesperson = world.member(members.Introduction("salesperson", _salesperson(), scene="P1"))
    for member_id, zh, en in (
        (world.member(), "目前没有推荐人", "Nobody has brought"),
        (arrive().member_id, "推荐人：平台", "the platform"),
        (salesperson, "业务员「阿明」", "salesperson “阿明”"),
        (world.member(world.brought_by_member(world.member())), "会员（编号尾号", "a member (id"),
    ):
        told = mine(client, member_id)
        assert zh in told["text"]
        assert en in told["text_en"]


def _salesperson():
    from app.alliance import service as alliance

    return in_transaction(lambda: alliance.add_salesperson("阿明").id)


def test_the_choice_of_a_home_store_is_told_with_its_day(client):
    shop = world.shop()
    member_id = arrive().member_id
    in_transaction(lambda: members.choose_home_store(member_id, shop.store_id))
    told = mine(client, member_id)
    assert told["binding"]["home_store_at"]
    assert "归属门店：「南门店」，自" in told["text"]


def test_a_code_that_nobody_printed_has_no_issuer(client):
    friend = world.member()
    member_id = arrive(qr.token_of("M", friend)).member_id
    code = seen(client, member_id).json["binding"]["code"]
    assert (code["issued_at"], code["issued_by"]) == (None, None)
