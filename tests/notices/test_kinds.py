"""The declared table: complete, lawful, and the same in the documentation."""

import os
import re
from pathlib import Path

from app.notices import links
from app.notices.kinds import EVERY_DOOR, TERMS, Door, Kind, Nature
from app.notices.previews import EXAMPLES
from tests.conftest import ROOT

DOCUMENT = Path(ROOT) / "docs" / "notices.md"
BEGIN, END = "<!-- kinds -->\n", "<!-- /kinds -->\n"


def test_every_kind_has_terms_and_an_example():
    assert set(TERMS) == set(Kind) == set(EXAMPLES)


def test_promotion_never_goes_by_template_nor_at_night_and_can_be_declined():
    found = [terms for terms in TERMS.values() if terms.nature is Nature.PROMOTION]
    assert found
    for terms in found:
        assert Door.TEMPLATE not in terms.doors
        assert terms.waits_at_night
        assert terms.can_decline


def test_money_is_told_at_once_and_a_members_own_cannot_be_declined():
    for kind, terms in TERMS.items():
        if terms.nature is Nature.MONEY:
            assert not terms.waits_at_night
            assert terms.can_decline is (kind is Kind.MERCHANT_PAID)


def test_doors_are_tried_in_the_declared_order():
    order = {door: place for place, door in enumerate(EVERY_DOOR)}
    for terms in TERMS.values():
        assert list(terms.doors) == sorted(terms.doors, key=order.__getitem__)


def test_no_kind_lasts_longer_than_its_news():
    assert max(terms.lasts.days for terms in TERMS.values()) <= 3
    assert min(terms.daily for terms in TERMS.values()) >= 1


def test_the_table_in_the_documentation_is_this_one():
    text = DOCUMENT.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    if os.environ.get("WRITE_DOCS"):
        DOCUMENT.write_text(text[:start] + table() + text[end:])
    assert text[start:end] == table()


def table():
    """The kinds as a table, with the text of the chat for example values."""
    lines = [
        "| notice | to | when | nature | doors | at night | a day | lasts | declinable | text |"
    ]
    lines += ["|---|---|---|---|---|---|---|---|---|---|"]
    for kind, terms in TERMS.items():
        shown = re.sub(r"<a [^>]*>(.*?)</a>", r"[\1]", EXAMPLES[kind].text)
        cells = [
            f"`{kind}` {terms.title}",
            terms.audience,
            terms.occasion,
            str(terms.nature),
            ", ".join(terms.doors),
            "waits" if terms.waits_at_night else "told",
            str(terms.daily),
            f"{terms.lasts.total_seconds() / 3600:.0f} h",
            "yes" if terms.can_decline else "no",
            links.plain(shown),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
