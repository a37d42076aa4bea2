"""Split policies at the console: tried while they are written, simulated, published by another."""

from datetime import timedelta

import pytest

from app.alliance.policies.simulation import running
from app.core.world import beijing_day, new_id, now
from app.pages.console import calls
from tests.alliance import shop as world
from tests.alliance.policies.simulation.test_running import day, sold  # noqa: F401  # past sales

pytestmark = pytest.mark.usefixtures("context")
HERE = "/console/policies"


def wish(name: str, **differs: str) -> dict[str, str]:
    """What is typed into the editor."""
    shares = {"share-consumer": "50", "share-recommender": "20", "share-charity": "30"}
    return {"name": name, "one_person_one_share": "on", "note": "试<行>"} | shares | differs


def drafted(person, **differs: str) -> tuple[str, str]:
    """A draft's page and its name."""
    name = f"方案 {new_id().hex}"
    person.see(f"{HERE}/drafts/new", "消费者", "上限")
    return person.do(f"{HERE}/drafts", **wish(name, **differs)).location, name


def published(client, name: str) -> list[dict]:
    """The versions of a family."""
    headers = world.staff_headers("finance")
    path = "/api/v1/policies"
    found = client.get(path, query_string={"name": name}, headers=headers)
    return found.json["policies"]


def test_what_is_typed_is_tried_on_a_sale_and_stored_nowhere(visitor):
    person = visitor("operator")
    person.see(f"{HERE}/drafts/new")
    before = world.count("alliance_policy_draft")
    sale = {"amount_fen": "200", "concession_bp": "10"}
    tried = person.post(f"{HERE}/example", **wish("x"), **sale)
    assert tried.status_code == 200
    assert "<html" not in tried.text
    for shown in ("让利 ¥20.00", "¥10.00", "¥4.00", "¥6.00", "没有推荐人"):
        assert shown in tried.text, shown
    person.see(f"{HERE}/drafts/new")
    faulty = person.post(f"{HERE}/example", **wish("x") | {"share-charity": "20"}, **sale)
    assert "各份额合计" in faulty.text
    person.see(f"{HERE}/drafts/new")
    unread = person.post(f"{HERE}/example", **wish("x") | {"share-charity": "三"}, **sale)
    assert "请求内容不符合要求" in unread.text
    assert world.count("alliance_policy_draft") == before


def test_what_an_editor_needs_is_asked_for_once(visitor, monkeypatch):
    person, asked, send = visitor("operator"), [], calls.send

    def counted(method, path, *more, **named):
        asked.append(f"{method} {path}")
        return send(method, path, *more, **named)

    monkeypatch.setattr(calls, "send", counted)
    person.see(f"{HERE}/drafts/new")
    sale = {"amount_fen": "200", "concession_bp": "10"}
    for answer in (
        lambda: person.post(f"{HERE}/example", **wish("x"), **sale),
        lambda: person.post(f"{HERE}/drafts", **wish("")),
        lambda: person.get(f"{HERE}/drafts/new"),
    ):
        person.see(f"{HERE}/drafts/new")
        asked.clear()
        assert answer().status_code in (200, 422)
        assert asked.count("GET /policies/model") == 1, asked


def test_a_draft_is_changed_and_published_for_a_later_moment_by_another_once(client, visitor):
    author, other = visitor("operator"), visitor("finance")
    here, name = drafted(author, **{"share-charity": "20"})
    author.see(here, "有以下问题，不能发布", "试&lt;行&gt;")
    author.do(here, revision="1", **wish(name))
    page = author.see(here, "您参与了起草")
    assert f'action="{here}/publish"' not in page
    old = author.post(here, revision="1", **wish(name))
    assert old.status_code == 409
    assert author.post(f"{here}/publish", revision="2").status_code == 403
    assert published(client, name) == []
    other.see(here, "发布…")
    later = (now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    version = other.do(f"{here}/publish", revision="2", takes_effect_at=later).location
    again = other.post(f"{here}/publish", revision="2", takes_effect_at=later)
    assert again.status_code == 409
    assert [each["status"] for each in published(client, name)] == ["scheduled"]
    other.see(version, "待生效", "50 %", "¥50.00")
    other.see(HERE, version, name=name)
    other.see(HERE, here, what="drafts", name=name)
    other.do(f"{version}/withdraw", reason="写错了")
    other.see(version, "已撤回", "写错了")
    author.see(f"{HERE}/drafts/new", 'value="50.00"', **{"from": version.rpartition("/")[2]})


def test_a_simulation_shows_each_party_before_and_after(visitor, sold, day):  # noqa: F811
    person = visitor("operator")
    here, _ = drafted(person)
    person.see(here, "开始模拟")
    date = str(beijing_day(day))
    asked = {"draft_id": here.rpartition("/")[2], "first_day": date, "last_day": date}
    backwards = asked | {"last_day": "2020-01-01"}
    assert person.post("/console/simulations", **backwards).status_code == 422
    person.see(here)
    result = person.do("/console/simulations", **asked).location
    person.see(result, "取消模拟", "排队中")
    person.see("/console/simulations", result)
    assert "<html" not in person.get(f"{result}/progress").text
    running.work({"simulation_id": result.rpartition("/")[2]})
    assert person.get(f"{result}/progress").headers["HX-Refresh"] == "true"
    page = person.see(result, "已完成", "消费者", "公益", "模拟分润")
    assert "取消模拟" not in page
    for kind in ("seller", "earner"):
        assert "没有差别的行" not in person.see(result, kind=kind)
    csv = person.get(f"{result}/lines.csv", kind="party")
    assert csv.mimetype == "text/csv"
    assert "消费者" in csv.text
    person.see(here)
    other = person.do("/console/simulations", **asked).location
    person.see(other)
    person.do(f"{other}/cancel")
    person.see(other, "已取消")


def test_others_neither_write_nor_publish_nor_simulate(client, visitor):
    here, name = drafted(visitor("operator"))
    support = visitor("support")
    page = support.see(here)
    assert '<form method="post" action="/console/policies' not in page
    for path in ("/console/simulations", f"{HERE}/drafts/new"):
        assert support.get(path).status_code == 403, path
    support.see(HERE)
    for path in (f"{HERE}/drafts", here, f"{here}/publish", f"{here}/discard"):
        assert support.post(path, revision="1", **wish(name)).status_code == 403, path
    assert support.post("/console/simulations").status_code == 403
    reviewer = visitor("reviewer")
    for path in (HERE, here):
        assert reviewer.get(path).status_code == 403
    finance = visitor("finance")
    finance.see(here)
    assert finance.post(here, revision="1", **wish(name)).status_code == 403
    assert published(client, name) == []
