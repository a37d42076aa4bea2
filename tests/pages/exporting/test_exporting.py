"""Whole lists are written in the background, for their owner only, for a while."""

import csv
import io
import re
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import text

from app.core.db import read
from app.core.outbox import TryLater
from app.pages.console.listings import LISTINGS
from app.pages.exporting import keeping, running
from tests.alliance import shop as world
from tests.pages.console.test_exports import EVIL, refunded
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
HERE = "/console/exports"


@pytest.fixture
def refunds(client, monkeypatch):
    """Refunds that are done, read in at least three pages; how many."""
    refunded(client, *EVIL)
    count = world.count("alliance_refund", "status = 'done'")
    small = replace(LISTINGS["refunds"], limit=min(200, max(2, count // 3)))
    monkeypatch.setitem(LISTINGS, "refunds", small)
    return count


def ask(person, format_):
    """Asks for all refunds that are done; the export's id."""
    person.see("/console/refunds", "全部（后台写成")
    person.do(HERE, listing="refunds", format=format_, **{"filter-status": "done"})
    page = person.see(HERE, "等待导出", 'hx-get="/console/exports/progress"')
    return re.search(rf'action="{HERE}/([0-9a-f-]+)/remove"', page)[1]


def write(export_id):
    running.work({"export_id": export_id})


def write_beside(app, export_id):
    with app.app_context():
        write(export_id)


def parts(export_id):
    return world.count("pages_export_part", f"export_id = '{export_id}'")


def test_a_file_is_written_page_by_page_by_whoever_comes_and_is_its_owners_for_a_while(
    app, visitor, refunds, monkeypatch
):
    person, other = visitor("finance"), visitor("finance")
    export_id = ask(person, "csv")
    with monkeypatch.context() as hurried:
        hurried.setattr(running, "TURN_SECONDS", 0)
        with pytest.raises(TryLater):
            write(export_id)
    assert parts(export_id) == 1
    person.see(f"{HERE}/progress", "正在导出")
    at_once(lambda _: write_beside(app, export_id), 2)
    assert person.get(f"{HERE}/progress").headers["HX-Refresh"] == "true"
    answer = person.get(f"{HERE}/{export_id}/file")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert (len(lines), len({line[1] for line in lines})) == (refunds + 1, refunds + 1)
    assert {f"'{reason}" for reason in EVIL} <= {line[lines[0].index("原因")] for line in lines}
    taken = text("SELECT count(*) FROM core_audit WHERE path LIKE :path AND outcome = 'done'")
    assert read(taken, {"path": f"%/exports/{export_id}/file"})[0][0] == 1
    assert export_id not in other.see(HERE)
    assert other.post(f"{HERE}/{export_id}/remove").status_code == 404
    assert other.get(f"{HERE}/{export_id}/file").status_code == 404
    expire = (
        "UPDATE pages_export SET expires_at = now() - interval '1 s' WHERE id = :id RETURNING 1"
    )
    read(text(expire), {"id": export_id})
    assert person.get(f"{HERE}/{export_id}/file").status_code == 409
    while keeping.clear_old():
        pass
    assert parts(export_id) == 0
    person.see(HERE, "已过期删除")


def test_a_workbook_holds_text_and_numbers_only_and_is_deleted_or_cancelled(visitor, refunds):
    person = visitor("operator")
    export_id = ask(person, "xlsx")
    write(export_id)
    file = person.get(f"{HERE}/{export_id}/file").data
    sheet = zipfile.ZipFile(io.BytesIO(file)).read("xl/worksheets/sheet1.xml").decode()
    assert ("<f>" in sheet, sheet.count("<row ")) == (False, refunds + 1)
    assert "<t>=1+1</t>" in sheet
    person.see(HERE, "可下载")
    person.do(f"{HERE}/{export_id}/remove")
    assert (parts(export_id), person.get(f"{HERE}/{export_id}/file").status_code) == (0, 409)
    export_id = ask(person, "xlsx")
    person.do(f"{HERE}/{export_id}/remove")
    write(export_id)
    assert (parts(export_id), person.post(f"{HERE}/{export_id}/remove").status_code) == (0, 409)


def test_who_may_not_see_a_list_or_was_stopped_gets_no_file(client):
    support, wish = world.staff_headers("support"), {"format": "csv", "filters": {}}
    refused = client.post("/api/v1/exports", json=wish | {"listing": "taxes"}, headers=support)
    assert refused.status_code == 403
    nonsense = wish | {"listing": "refunds", "filters": {"status": "done\x00"}}
    assert client.post("/api/v1/exports", json=nonsense, headers=support).status_code == 422
    found = []
    for status in (202, 202, 409):
        headers = support | {"Idempotency-Key": world.new_id().hex}
        answer = client.post("/api/v1/exports", json=wish | {"listing": "refunds"}, headers=headers)
        assert answer.status_code == status
        found.append(answer.json.get("id"))
    for export_id in found[:2]:  # whoever asked has no account (any more)
        write(export_id)
        shown = client.get(f"/api/v1/exports/{export_id}", headers=support).json
        assert (shown["status"], shown["failure"]) == ("failed", "not_signed_in")
