"""Lists as files: all pages of them, amounts as numbers, and no text that a spreadsheet runs."""

import csv
import io
import re
import zipfile

import pytest

from app.core.spreadsheets import FORMULA
from app.pages.console import exports
from app.pages.console.listings import LISTINGS
from app.pages.console.texts import ENGLISH
from tests.alliance import shop as world
from tests.members.people import register

pytestmark = pytest.mark.usefixtures("context")
EVIL = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1")


def refunded(client, *reasons):
    """A sale of which a part is given back for each reason."""
    shop = world.shop()
    sale = world.paid(client, world.rich(50_000), shop, 10_000)
    for reason in reasons:
        wish = {"amount_fen": 101, "reason": reason}
        path = f"/api/v1/payments/{sale['id']}/refunds"
        answer = client.post(path, json=wish, headers=world.owner_headers(shop))
        assert answer.status_code == 201, answer.json


def test_no_text_of_a_file_is_run_and_amounts_are_numbers(client, visitor):
    refunded(client, *EVIL)
    person = visitor("finance")
    file = person.get("/console/exports/refunds.csv", status="done")
    assert file.mimetype == "text/csv"
    lines = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    place = lines[0].index("原因")
    told = [line[place] for line in lines[1:]]
    assert {f"'{reason}" for reason in EVIL} <= set(told)
    assert not [reason for reason in told if reason.lstrip(" ").startswith(FORMULA)]
    assert lines[1][lines[0].index("金额")] == "1.01"
    book = person.get("/console/exports/refunds.xlsx", status="done")
    parts = zipfile.ZipFile(io.BytesIO(book.data))
    sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert re.search(r'<c r="E2" s="\d+"><v>1\.01</v></c>', sheet)
    assert re.search(r't="inlineStr"><is><t>=1\+1</t>', sheet)


def test_a_file_holds_all_pages_up_to_its_most_rows_and_says_where_it_ends(visitor, monkeypatch):
    for _ in range(5):
        register()
    monkeypatch.setattr(exports, "MOST_ROWS", 3)
    rows = visitor("support").get("/console/exports/members.csv").data.decode("utf-8-sig")
    lines = rows.splitlines()
    assert len(lines) == 1 + 3 + 1
    assert "仅含前 3 行" in lines[-1]


def test_only_those_who_see_a_list_take_it_along(visitor):
    support, reviewer = visitor("support"), visitor("reviewer")
    assert support.get("/console/exports/withdrawals.csv").status_code == 403
    assert reviewer.get("/console/exports/withdrawals.xlsx").status_code == 200
    assert reviewer.get("/console/exports/members.csv").status_code == 403
    assert support.get("/console/exports/nothing.csv").status_code == 404


@pytest.mark.parametrize("name", sorted(LISTINGS))
def test_each_list_has_columns_in_both_languages(name):
    titles = [column.title for column in LISTINGS[name].columns]
    assert len(titles) == len(set(titles))
    assert [title for title in titles if title not in ENGLISH] == []
