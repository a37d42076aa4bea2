"""Failed work and the audit log at the console: seen, decided, found, and nobody else's to see."""

import pytest

from app.core.world import new_id
from tests.core.test_dead_letters import broken, letters  # noqa: F401
from tests.pages.console.visitors import hidden

pytestmark = pytest.mark.usefixtures("context")


def test_failed_work_is_tried_again_or_given_up_with_a_reason(client, broken, visitor):  # noqa: F811
    name, _, _ = broken
    one, other, _ = [each["id"] for each in letters(client, reader=name)["letters"]]
    person = visitor("operator")
    person.see("/console/jobs", "失败任务", name, "the other side is away", "全部重试")
    assert person.post(f"/console/jobs/{one}/drop", reason="好").status_code == 422
    assert len(letters(client, reader=name)["letters"]) == 3
    person.do(f"/console/jobs/{one}/drop", reason="已电话<告知>对方")
    again = person.post(f"/console/jobs/{one}/drop", reason="再次放弃它")
    assert (again.status_code, "该任务当前不需要处理" in again.text) == (409, True)
    person.see("/console/jobs", "已电话&lt;告知&gt;对方", state="dropped", reader=name)
    person.do(f"/console/jobs/{other}/retry")
    person.do("/console/jobs/retry", reader=name)
    person.see("/console/jobs", "没有这样的任务", "已重新排入 1 项", reader=name)
    person.see("/console/jobs/decisions", "处理记录")


def test_nobody_but_operators_sees_failed_work_or_the_log(client, broken, visitor):  # noqa: F811
    name, _, _ = broken
    one = letters(client, reader=name)["letters"][0]["id"]
    person = visitor("finance", "support", "reviewer")
    for path in (
        "/console/jobs",
        "/console/jobs/decisions",
        "/console/audit",
        "/console/audit.csv",
    ):
        assert person.get(path).status_code == 403, path
        assert path not in person.get("/console").text
    person.get("/console/sessions")
    for step in (f"{one}/drop", f"{one}/retry", "retry"):
        answer = person.post(f"/console/jobs/{step}", reason="不该可以", reader=name)
        assert answer.status_code == 403
    assert len(letters(client, reader=name)["letters"]) == 3


def test_what_staff_did_is_found_by_who_what_which_and_when(visitor):
    person, unknown = visitor("operator"), str(new_id())
    person.see("/console/sessions")
    person.post(
        f"/console/jobs/{unknown}/drop", reason="查无此<任务>", csrf=hidden(person.page, "csrf")
    )
    own = {"actor": str(person.id)}
    for query in (own, {"object": unknown}, own | {"action": "POST /dead", "outcome": "refused"}):
        person.see("/console/audit", person.username, unknown, "查无此&lt;任务&gt;", **query)
    assert "Gave failed work up" not in person.see("/console/audit", "放弃失败任务", **own)
    person.browser.set_cookie("language", "en")
    assert "放弃失败任务" not in person.see("/console/audit", "Gave failed work up", **own)
    person.browser.delete_cookie("language")
    person.see("/console/audit", "没有这样的记录", **own, to="2020-01-01")
    person.see("/console/audit", unknown, **own, **{"from": "2020-01-01"})
    assert person.get("/console/audit", actor="x").status_code == 422
    assert person.get("/console/audit", **{"from": "gestern"}).status_code == 422
    file = person.get("/console/audit.csv", **own)
    assert file.mimetype == "text/csv"
    assert unknown in file.get_data(as_text=True)
