"""Reviewers see what speaks against an application; an approval makes everything once."""

import threading

import pytest

from app.alliance.bank_accounts import service as bank_accounts
from app.core.auth import Principal, open_session
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.errors import TooManyRequests
from app.core.world import new_id, now
from app.members import service as members
from app.members.real_name.models import Reveal
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.joining import applicants
from tests.alliance.joining.applicants import applied, confirmed, decided, kinds

PATH = "/api/v1/merchant-applications"


@pytest.fixture
def member_id(context):
    return world.member()


def seen(client, made):
    return client.get(f"{PATH}/{made['id']}", headers=world.staff_headers("reviewer")).json


def merchants(made):
    return world.count("alliance_merchant", f"licence_number = '{made['licence_number']}'")


def on_blacklist(client, kind, value):
    operator = world.staff_headers("operator")
    answer = desk.post(client, "/blacklist", operator, kind=kind, value=value, reason="多次投诉")
    assert answer.status_code == 201, answer.json
    return answer.json


def test_an_approval_makes_merchant_stores_and_contract_and_the_member_signs(client, context):
    salesperson = world.in_transaction(lambda: world.alliance.add_salesperson("小林"))
    scene = world.in_transaction(lambda: _code(salesperson.id))
    stores = [
        {"name": "南门店", "address": "南门街 1 号", "latitude": 30.25, "longitude": 120.16},
        {"name": "北门店", "address": "北门街 2 号"},
    ]
    made = applied(client, stores=stores, salesperson_scene=scene)
    approved = decided(client, made, "approve")
    assert (approved.status_code, approved.json["status"]) == (200, "approved"), approved.json
    merchant_id = approved.json["merchant_id"]
    operator = world.staff_headers("operator")
    standing = client.get(f"/api/v1/merchants/{merchant_id}/standing", headers=operator).json
    assert [each["name"] for each in standing["stores"]] == ["南门店", "北门店"]
    brought = world.count("alliance_merchant", f"salesperson_id = '{salesperson.id}'")
    store_id = standing["stores"][0]["store_id"]
    assert (brought, world.count("qr_code", f"subject_id = '{store_id}'")) == (1, 1)
    _signs_and_sells(client, made["member_id"], merchant_id, store_id)


def _code(salesperson_id):
    from app.qr import service as qr

    return qr.issue(qr.Kind.SALESPERSON, salesperson_id)


def _signs_and_sells(client, member_id, merchant_id, store_id):
    who, payer = world.headers(member_id), world.rich()
    wish = {"store_id": store_id, "amount_fen": 1_000}
    early = client.post("/api/v1/payments", json=wish, headers=world.headers(payer))
    assert early.json["code"] == "contract_not_in_force"
    path = f"/api/v1/merchants/{merchant_id}/contracts"
    (version,) = client.get(path, headers=who).json["versions"]
    body = {"is_accepted": True, "terms_hash": version["terms_hash"]}
    signed = desk.post(client, f"/contracts/{version['id']}/answer", who, **body)
    assert signed.json["acceptance"] == "accepted"
    paid = client.post("/api/v1/payments", json=wish, headers=world.headers(payer))
    assert paid.json["merchant_share_fen"] == 920


def test_money_goes_to_the_account_only_after_finance_has_confirmed_it(client, member_id):
    made = applied(client, member_id)
    merchant_id = decided(client, made, "approve").json["merchant_id"]
    finance = world.staff_headers("finance")
    assert in_transaction(lambda: bank_accounts.newest(world.UUID(merchant_id))) is None
    proposal = _proposal(client, finance, merchant_id)
    assert proposal["application_id"] == made["id"]
    body = {"fields": ["account_number"], "reason": "核对收款账户资料"}
    seen_by = desk.post(client, f"/merchant-applications/{made['id']}/reveal", finance, **body)
    assert seen_by.json["account_number"][-4:] == made["account_masked"][-4:]
    path = f"/bank-account-proposals/{proposal['id']}/decision"
    for role in ("operator", "reviewer"):
        who = world.staff_headers(role)
        assert desk.post(client, path, who, is_confirmed=True).status_code == 403
    done = desk.post(client, path, finance, is_confirmed=True)
    assert (done.status_code, done.json["status"]) == (200, "confirmed")
    again = desk.post(client, path, finance, is_confirmed=False)
    assert again.json["code"] == "bank_account_proposal_decided"
    found = in_transaction(lambda: bank_accounts.account_of(world.UUID(merchant_id)))
    assert found.number[-4:] == made["account_masked"][-4:]


def _proposal(client, finance, merchant_id):
    after = ""
    while page := client.get(f"/api/v1/bank-account-proposals{after}", headers=finance).json[
        "proposals"
    ]:
        for each in page:
            if each["merchant_id"] == merchant_id:
                return each
        after = f"?after={page[-1]['id']}"
    raise AssertionError("no proposal")


def test_duplicates_of_licence_account_and_name_are_serious(client, member_id):
    first = applicants.wish()
    made = applied(client, **first)
    merchant_id = decided(client, made, "approve").json["merchant_id"]
    finance = world.staff_headers("finance")
    proposal = _proposal(client, finance, merchant_id)
    path = f"/bank-account-proposals/{proposal['id']}/decision"
    desk.post(client, path, finance, is_confirmed=True)
    twin = applied(client, member_id, **first)
    found = seen(client, twin)["findings"]
    assert kinds(found) == [
        "licence_taken", "account_taken", "name_taken", "phone_applied", "account_unchecked",
    ]  # fmt: skip
    assert {each["subject_id"] for each in found if each["is_serious"]} == {merchant_id}


def test_what_is_only_near_is_shown_and_asks_for_nobody_else(client, member_id):
    base = applicants.name().removesuffix("有限公司")
    world.merchant(f"{base}餐饮管理有限公司")
    made = applied(client, member_id, company_name=f"{base}餐饮管理服务有限公司")
    other = applied(client, company_name=f"{base}餐饮管理服务部")
    assert kinds(seen(client, made)["findings"]) == [
        "name_similar", "name_similar_applied", "account_unchecked",
    ]  # fmt: skip
    assert decided(client, made, "approve").json["status"] == "approved"
    assert kinds(seen(client, other)["findings"])[0] == "name_similar"
    fresh = applied(client)
    assert kinds(seen(client, fresh)["findings"]) == ["account_unchecked"]


def test_serious_findings_take_a_second_reviewer(client, member_id):
    made = applied(client, member_id)
    on_blacklist(client, "licence", made["licence_number"])
    first = world.staff_headers("reviewer")
    proposed = decided(client, made, "approve", who=first)
    assert (proposed.status_code, proposed.json["status"]) == (200, "proposed")
    assert kinds(proposed.json["findings"])[0] == "licence_blacklisted"
    assert merchants(made) == 0
    own = confirmed(client, made, first)
    assert (own.status_code, own.json["code"]) == (403, "second_person_needed")
    assert confirmed(client, made, yes=False).json["status"] == "submitted"
    decided(client, made, "approve", who=first)
    assert confirmed(client, made).json["status"] == "approved"
    assert merchants(made) == 1
    late = confirmed(client, made)
    assert (late.json["code"], late.json["application_status"]) == (
        "application_decided", "approved",
    )  # fmt: skip


def test_what_was_found_after_the_proposal_is_looked_at_again(client, member_id):
    sent = applicants.wish()
    made = applied(client, member_id, **sent)
    on_blacklist(client, "licence", made["licence_number"])
    decided(client, made, "approve")
    on_blacklist(client, "phone", sent["contact_phone"])
    refused = confirmed(client, made)
    assert (refused.status_code, refused.json["code"]) == (409, "application_findings_changed")
    assert refused.json["findings"] == ["phone_blacklisted"]
    assert merchants(made) == 0


def test_an_entry_that_was_removed_with_a_reason_speaks_no_more(client, member_id):
    made = applied(client, member_id)
    entry = on_blacklist(client, "licence", made["licence_number"])
    assert (entry["hint"], made["licence_number"] in str(entry)) == (
        made["licence_number"][-4:], False,
    )  # fmt: skip
    operator = world.staff_headers("operator")
    body = {"kind": "licence", "value": made["licence_number"], "reason": "再次"}
    assert desk.post(client, "/blacklist", operator, **body).json["code"] == "blacklisted_already"
    path = f"/blacklist/{entry['id']}/removal"
    reviewer = world.staff_headers("reviewer")
    assert desk.post(client, path, reviewer, reason="误加").status_code == 403
    removed = desk.post(client, path, operator, reason="误加")
    assert removed.json["removal_reason"] == "误加"
    assert desk.post(client, path, operator, reason="误加").json["code"] == "not_blacklisted"
    assert decided(client, made, "approve").json["status"] == "approved"
    desk.post(client, "/blacklist", operator, **body)
    assert client.get("/api/v1/blacklist", headers=reviewer).json["entries"]


@pytest.mark.parametrize("decisions", [("approve", "approve"), ("approve", "reject")])
def test_two_reviewers_at_once_decide_once(app, client, member_id, decisions):
    made = applied(client, member_id)
    start, codes = threading.Barrier(2), []
    who, terms = world.staff_headers("reviewer"), applicants.terms()

    def decide(decision):
        with app.app_context():
            start.wait(30)
            more = {"terms": terms} if decision == "approve" else {}
            codes.append(decided(app.test_client(), made, decision, who, **more).status_code)
            db.session.remove()

    threads = [threading.Thread(target=decide, args=(each,)) for each in decisions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(codes) == [200, 409]
    status = seen(client, made)["status"]
    assert merchants(made) == (1 if status == "approved" else 0)


def test_two_applications_with_one_licence_at_once_do_not_both_pass_unseen(app, client, context):
    licence = applicants.licence()
    both = [applied(client, licence_number=licence) for _ in range(2)]
    found = seen(client, both[0])["findings"]
    assert "licence_applied" in kinds(found)
    assert decided(client, both[0], "approve").json["status"] == "proposed"
    assert merchants(both[0]) == 0


def test_who_sees_personal_data_in_clear_is_on_record_first(client, member_id):
    sent = applicants.wish()
    made = applied(client, member_id, **sent)
    path = f"/merchant-applications/{made['id']}/reveal"
    body = {"fields": ["contact_phone"], "reason": "致电核实申请人身份"}
    support = world.staff_headers("support")
    assert desk.post(client, path, support, **body).status_code == 403
    reviewer = world.staff_headers("reviewer")
    assert desk.post(client, path, reviewer, **(body | {"reason": "短"})).status_code == 422
    shown = desk.post(client, path, reviewer, **body)
    assert shown.json["contact_phone"] == sent["contact_phone"]
    assert shown.json["account_number"] is None
    steps = seen(client, made)["steps"]
    assert (steps[-1]["kind"], steps[-1]["reason"]) == (
        "revealed:contact_phone",
        "致电核实申请人身份",
    )
    own = client.get(
        f"/api/v1/me/merchant-applications/{made['id']}", headers=world.headers(member_id)
    )
    assert "revealed" not in own.text


def test_what_one_of_the_staff_sees_is_counted_together_wherever_it_lies(
    client, member_id, monkeypatch
):
    monkeypatch.setattr(settings(), "reveal_hourly_limit", 2)
    made = applied(client, member_id)
    path = f"/merchant-applications/{made['id']}/reveal"
    body = {"fields": ["contact_phone"], "reason": "致电核实申请人身份"}
    caller = Principal("staff", new_id(), frozenset({"finance"}))
    token = in_transaction(lambda: open_session(caller)).token
    headers = {"Authorization": f"Bearer {token}"}
    in_transaction(lambda: members.note_disclosure(member_id, caller.id, ["name"], "打款文件"))
    assert desk.post(client, path, headers, **body).status_code == 200
    in_transaction(lambda: members.require_reveal_left(caller.id))
    in_transaction(lambda: saw_a_member(member_id, caller.id))
    refused = desk.post(client, path, headers, **body)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    with pytest.raises(TooManyRequests):
        in_transaction(lambda: members.require_reveal_left(caller.id))
    told = [each["kind"] for each in seen(client, made)["steps"]]
    assert told.count("revealed:contact_phone") == 1


def saw_a_member(member_id, staff_id):
    ids = {"id": new_id(), "member_id": member_id, "staff_id": staff_id}
    row = Reveal(**ids, fields=["name"], reason="核对提现收款人的姓名", revealed_at=now())
    db.session.add(row)


def test_a_refused_approval_makes_nothing(client, member_id):
    made = applied(client, member_id)
    unknown = applicants.terms(policy_id=world.new_id())
    refused = decided(client, made, "approve", terms=unknown)
    assert (refused.status_code, refused.json["code"]) == (404, "policy_unknown")
    assert merchants(made) == 0
    assert seen(client, made)["status"] == "submitted"
    for body in ({"decision": "approve"}, {"decision": "reject"}):
        path = f"/merchant-applications/{made['id']}/decision"
        reviewer = world.staff_headers("reviewer")
        assert desk.post(client, path, reviewer, version=1, **body).status_code == 422


def test_merchants_and_accounts_from_before_are_compared_too(client, member_id):
    from app.alliance.joining import names

    company, number = applicants.name(), "3301" + "7" * 12
    old_id = world.merchant(company)
    world.read(
        world.text("DELETE FROM alliance_merchant_name WHERE merchant_id = :one RETURNING 1"),
        {"one": old_id},
    )
    in_transaction(lambda: bank_accounts.name_account(old_id, company, number, "银行", old_id))
    world.read(
        world.text("UPDATE alliance_bank_account SET number_key = NULL"
                   " WHERE merchant_id = :one RETURNING 1"),
        {"one": old_id},
    )  # fmt: skip
    names.catch_up()
    bank_accounts.catch_up()
    made = applied(client, member_id, company_name=company, account_number=number)
    assert kinds(seen(client, made)["findings"])[:2] == ["account_taken", "name_taken"]


def test_the_applicant_hears_of_each_decision(client, member_id):
    from app.notices import partners

    made = applied(client, member_id)
    decided(client, made, "ask_for_more", reason="请补充资料")
    payloads = world.read(
        world.text("SELECT payload FROM core_outbox WHERE reader = 'notices.application'")
    )
    for row in payloads:
        partners.application_changed(row.payload)
        partners.application_changed(row.payload)
    told = world.read(
        world.text("SELECT text FROM notices_notice WHERE member_id = :m"), {"m": member_id}
    )
    company = made["company_name"]
    assert [row.text for row in told] == [
        f"入驻申请：「{company}」需补充资料。原因：请补充资料。请修改后重新提交。"
    ]
