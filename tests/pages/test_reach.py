"""Whatever staff may do by the API they can do at a page, or it is written down why they cannot."""

import re

from tests.authorisation.table import PREFIX, lines
from tests.pages.reach import ROOT, Request, requests

STAFF = {
    *("operator", "finance", "reviewer", "support", "merchant_owner", "cashier"),
    "staff",
}
WRITTEN = re.compile(r"^\| `([A-Z]+ /api/v1/[^`]+)` \| ([^|]+) \|$", re.MULTILINE)


def test_each_route_for_staff_is_called_by_a_page_or_listed_with_the_reason_why_not():
    asked = requests()
    unreached = {
        line.name
        for line in lines().values()
        if line.path.startswith(PREFIX) and line.who & STAFF and not is_asked(asked, line)
    }
    listed = dict(WRITTEN.findall((ROOT / "docs" / "consoles.md").read_text()))
    assert sorted(unreached - listed.keys()) == [], "give it a page, or a line in docs/consoles.md"
    assert sorted(listed.keys() - unreached) == [], (
        "has a page: take its line from docs/consoles.md"
    )


def is_asked(asked, line):
    return any(each.fits(line.method, line.path.removeprefix(PREFIX)) for each in asked)


def test_a_part_that_varies_stands_for_a_word_of_its_module_only():
    stopped = Request("POST", "/campaigns/{}/{}", frozenset({"pause", "end"}))
    assert stopped.fits("POST", "/campaigns/{campaign_id}/pause")
    assert not stopped.fits("POST", "/campaigns/{campaign_id}/resume")
    assert not stopped.fits("GET", "/campaigns/{campaign_id}/pause")
    assert not stopped.fits("POST", "/campaigns/{campaign_id}")
    assert not Request("GET", "/campaigns").fits("GET", "/campaigns/{campaign_id}")
