"""Takes pictures of the main pages from a running demo: `./run`, then in another shell

    .venv/bin/python -m tests.browser.tour                   # docs/pictures/tour-*.png anew
    .venv/bin/python -m tests.browser.tour --out look --widths 360 768 1280 1440 shop

Signs in with the demo's own accounts (`launcher.logins`), looks and changes nothing. Words choose
the pictures whose name holds one of them. Each is reduced to few colours and at most 60 kB.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pyotp
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from launcher.logins import STEP_SECONDS, accounts, offset_seconds
from tests.browser.chromium import opened

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LARGEST_BYTES = 60_000
DESK, PHONE, HEIGHT = 1280, 360, 800
PATIENCE_MILLISECONDS = 120_000
COLOURS = (128, 64, 48, 32, 24, 16)


@dataclass(frozen=True)
class Look:
    """A page: the picture's name, who looks at it, its address, and how wide."""

    name: str
    who: str
    path: str
    width: int = DESK
    follow: str = ""  # a link on that page (CSS), whose page is meant


LOOKS = (
    Look("console", "operator", "/console"),
    Look("console-merchants", "operator", "/console/merchants"),
    Look("console-merchant", "operator", "/console/merchants", follow="main td a"),
    Look(
        "console-money", "finance", "/console/merchants", follow="main td a, main a[href$='/money']"
    ),
    Look("console-top-up-plans", "operator", "/console/top-up-plans"),
    Look("console-campaigns", "operator", "/console/campaigns"),
    Look("console-policies", "operator", "/console/policies"),
    Look("console-withdrawals", "finance", "/console/withdrawals"),
    Look("console-ledger", "finance", "/console/ledger"),
    Look("console-tickets", "support", "/console/tickets"),
    Look("console-phone", "operator", "/console", PHONE),
    Look("shop", "tea-owner", "/shop"),
    Look("shop-phone", "tea-owner", "/shop", PHONE),
    Look("shop-payments", "tea-owner", "/shop/payments"),
    Look("shop-payments-phone", "tea-owner", "/shop/payments", PHONE),
    Look("shop-offers", "tea-owner", "/shop/offers"),
    Look("shop-money", "tea-owner", "/shop/money"),
    Look("shop-stores", "tea-owner", "/shop/stores"),
    Look(
        "shop-store-phone",
        "tea-owner",
        "/shop/stores",
        PHONE,
        "main a.button[href^='/shop/stores/']",
    ),
)


def small(picture: bytes) -> bytes:
    """A PNG of as many colours as LARGEST_BYTES allow. Raises ValueError where 16 are too many."""
    drawn = Image.open(BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        found = BytesIO()
        drawn.quantize(colours, dither=Image.Dither.NONE).save(found, "PNG", optimize=True)
        if found.tell() <= LARGEST_BYTES:
            return found.getvalue()
    raise ValueError(f"more than {LARGEST_BYTES} bytes with {COLOURS[-1]} colours")


class Demo:
    """A demo that runs on a data folder, seen by a browser; codes are those of its sandbox."""

    def __init__(self, data: Path, base: str = "") -> None:
        facts = json.loads((data / "demo.json").read_text("utf-8"))
        ends = json.loads((data / "endpoints.json").read_text("utf-8"))
        self.base, self._sandbox = base or ends["web"].rstrip("/"), ends["sandbox"]
        self._people: dict[str, dict[str, Any]] = {one["username"]: one for one in accounts(facts)}

    def enter(self, page: Page, who: str) -> None:
        """Signs somebody in by the form; waits for another code where this one was used."""
        one = self._people[who]
        while True:
            moment = time.time() + offset_seconds(self._sandbox)
            page.goto(f"{self.base}/console/sign-in")
            page.locator("[name=username]").fill(who)
            page.locator("[name=password]").fill(one["password"])
            page.locator("[name=totp]").fill(pyotp.TOTP(one["totp_secret"]).at(int(moment)))
            page.locator("main form.act button, main form button.wide").first.click()
            page.wait_for_load_state()
            if "sign-in" not in page.url:
                return
            time.sleep(STEP_SECONDS - moment % STEP_SECONDS + 1)


def taken(
    demo: Demo, browser: BrowserContext, looks: list[Look], widths: list[int]
) -> Iterator[tuple[str, bytes]]:
    """Each picture with its name; with `widths` every page at each of them."""
    for who in sorted({look.who for look in looks}):
        browser.clear_cookies()
        page = browser.new_page()
        demo.enter(page, who)
        for look in (each for each in looks if each.who == who):
            for width in widths or [look.width]:
                page.set_viewport_size({"width": width, "height": HEIGHT})
                page.goto(demo.base + look.path, wait_until="networkidle")
                for step in filter(None, look.follow.split(", ")):
                    page.locator(step).first.click()
                    page.wait_for_load_state("networkidle")
                name = f"{look.name}-{width}" if widths else look.name
                yield name, page.screenshot(full_page=bool(widths), animations="disabled")
        page.close()


def main(arguments: list[str]) -> int:
    """Takes what was asked for; 1 where a picture stays too large."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("words", nargs="*")
    asked.add_argument("--data", type=Path, default=Path(".data"))
    asked.add_argument("--base", default="")
    asked.add_argument("--out", type=Path, default=PICTURES)
    asked.add_argument("--widths", type=int, nargs="*", default=[])
    given = asked.parse_args(arguments)
    looks = [
        look for look in LOOKS if not given.words or any(word in look.name for word in given.words)
    ]
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as browser:
        browser.set_default_timeout(PATIENCE_MILLISECONDS)
        for name, picture in taken(Demo(given.data, given.base), browser, looks, given.widths):
            path = given.out / f"tour-{name}.png"
            path.write_bytes(small(picture))
            sys.stdout.write(f"{path} {path.stat().st_size // 1000} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
