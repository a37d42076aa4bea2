"""Whether a page can be used by everybody, as far as a program can tell: axe-core 4.14.1.

`axe.min.js` is `axe.min.js` of the npm package `axe-core` (MPL-2.0, see LICENSE and
LICENSE-3RD-PARTY.txt), unchanged; it is used by tests only and never served by the product.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = (Path(__file__).parent / "axe.min.js").read_text()
SERIOUS = {"serious", "critical"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def serious_findings(page: Page) -> list[str]:
    """What keeps somebody from using the page: rule, and the first place where it is broken.

    Evaluated through the browser's debugging door, so that the page's own policy stays as it is.
    """
    page.evaluate(SCRIPT)
    found = page.evaluate(
        "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags },"
        " resultTypes: ['violations'] })",
        RULES,
    )
    return [
        f"{each['id']} ({each['impact']}): {each['nodes'][0]['target']}"
        f" {each['nodes'][0]['html'][:160]}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
    ]
