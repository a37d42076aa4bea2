"""Lists are narrowed down to somebody who is looked for by number or name, also without scripts;
what was typed stands in no address."""

import pytest

from app.core.world import new_id
from app.members import phones
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.joining import applicants
from tests.pages.console.test_choices import with_number

pytestmark = pytest.mark.usefixtures("context")
MEMBERS = {
    "merges": "/console/merges/done?member_id={}",
    "reveals": "/console/real-name-reveals?member_id={}",
    "ledger": "/console/ledger?owner={}",
}


@pytest.mark.parametrize("name", MEMBERS)
def test_a_list_is_narrowed_down_to_a_member_by_number_or_id(visitor, name):
    person, (one, number) = visitor("operator"), with_number()
    path = MEMBERS[name].partition("?")[0]
    page = person.see(path, f'action="/console/narrowing/{name}"')
    assert "_id" not in page.partition(f'action="/console/narrowing/{name}"')[2].split("</form>")[0]
    for wanted in (number, one):
        found = person.post(f"/console/narrowing/{name}", kind="member", wanted=wanted)
        assert (found.status_code, found.location) == (303, MEMBERS[name].format(one))
        assert number not in found.location
    page = person.see(found.location, f"…{one[-8:]} · {phones.masked(number)}")
    assert number not in page


def test_nobody_is_found_by_a_number_that_nobody_has_or_by_words(visitor):
    person, here = visitor("operator"), "/console/narrowing/merges"
    person.see("/console/merges/done")
    unknown = f"138{str(new_id().int)[-8:]}"
    nobody = person.post(here, kind="member", wanted=unknown)
    assert (nobody.status_code, "没有找到。" in nobody.text) == (200, True)
    words = person.post(here, kind="member", wanted="小安")
    assert (words.status_code, "请求内容不符合要求" in words.text) == (422, True)
    assert "没有找到。" in person.post(here, kind="member", wanted=" ").text
    assert person.post(here, kind="merchant", wanted="面馆").status_code == 404
    other = person.post("/console/narrowing/orders", kind="member", wanted=unknown)
    assert other.status_code in (404, 405)


def test_records_of_one_of_the_staff_are_found_by_user_name(visitor):
    person, other = visitor("operator"), visitor("support")
    for name, parameter in (("reveals", "staff_id"), ("audit", "actor")):
        person.see("/console/audit")
        wish = {"kind": "staff", "wanted": other.username.upper()}
        found = person.post(f"/console/narrowing/{name}", **wish)
        assert found.status_code == 303, found.text
        assert found.location.endswith(f"?{parameter}={other.id}")
        person.see(found.location, f"只显示 {other.username}。", "显示全部")
    kept = person.see(found.location, f'name="actor" value="{other.id}"')
    assert "工作人员编号" not in kept


def test_of_several_with_the_name_one_is_chosen(client, visitor):
    name, headers = f"茶庄 {new_id().hex[-8:]}", world.staff_headers("operator")
    made = []
    for place in ("东<店>", "西店"):
        wish = {"name": f"{name} {place}", "licence_number": applicants.licence()}
        made.append(desk.post(client, "/merchants", headers, **wish).json["id"])
    person = visitor("finance")
    person.see("/console/staff")
    found = person.post("/console/narrowing/staff", kind="merchant", wanted=name)
    assert found.status_code == 200
    assert "找到 2 个，请选择" in found.text
    for each, place in zip(made, ("东&lt;店&gt;", "西店"), strict=True):
        link = f'<a href="/console/staff?merchant_id={each}">{name} {place}</a>'
        assert link in found.text
    person.see(f"/console/staff?merchant_id={made[0]}", f"只显示 {name} 东&lt;店&gt;。")
    ledger = person.post("/console/narrowing/ledger", kind="merchant", wanted=f"{name} 西店")
    assert ledger.location == f"/console/ledger?owner={made[1]}"
    page = person.see(ledger.location, f"{name} 西店", "平台的账户")
    assert f"<h2>{made[1]}" not in page


def test_who_may_not_look_for_somebody_finds_nobody(visitor):
    support, reviewer = visitor("support"), visitor("reviewer")
    support.see("/console/merges/done")
    wish = {"kind": "staff", "wanted": reviewer.username}
    assert support.post("/console/narrowing/audit", **wish).status_code == 403
    reviewer.see("/console/rings")
    wish = {"kind": "member", "wanted": "13800000000"}
    assert reviewer.post("/console/narrowing/ledger", **wish).status_code == 403
    support.see("/console/merges/done")
    assert support.post("/console/narrowing/merges", csrf="x", **wish).status_code == 403
