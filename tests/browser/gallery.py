"""Takes a picture of every page that a menu leads to, and lists them in docs/gallery.md:

    bench/month --members 120 --stores 4 --days 4 --buyers 0.3 --stay     # a town with some trade
    .venv/bin/python -m tests.browser.gallery DATA                        # the folder it names
    WALKS=docs/pictures/pages ./test tests/browser/test_walks.py          # pages that steps lead to

Signs in as staff, as a merchant and as a member with a phone, looks, and changes nothing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.browser.chromium import opened
from tests.browser.tour import DESK, HEIGHT, PATIENCE_MILLISECONDS, Demo, small

DOCS = Path(__file__).resolve().parents[2] / "docs"
PICTURES = DOCS / "pictures" / "pages"
PHONE_WIDTH, PHONE_HEIGHT = 360, 780
MENU = "nav a[href^='/console'], nav a[href^='/shop']"
DRAWN = """all => Promise.race([
    Promise.all(all.map(one => one.decode().catch(() => null))).then(() => null),
    new Promise(done => setTimeout(done, 5000)),
])"""
PLATFORM = ("operator", "finance")
CLIENT = {
    "home": "首页 Home", "stores": "附近门店 Stores nearby", "pay": "付款 Paying",
    "code": "付款码 Payment code", "wallet": "钱包 Wallet", "statement": "明细 Statement",
    "top-up": "充值 Top-up", "rebates": "返利 Rebates", "withdraw": "提现 Withdrawal",
    "invite": "邀请 Inviting", "benefits": "活动 Benefits", "lottery": "抽奖 Lottery",
    "queue": "排队补贴 Queue", "promotion": "推广 Promotion", "errands": "跑腿 Errands",
    "post-errand": "发布跑腿 Posting an errand", "orders": "订单 Orders", "cart": "购物车 Cart",
    "messages": "消息 Messages", "tickets": "咨询 Questions", "level": "会员等级 Level",
    "binding": "推荐关系 Belonging", "real-name": "实名 Real name",
    "merchant-applications": "商家入驻 Opening a shop", "me": "我的 Me",
    "privacy": "隐私 Privacy", "settings": "设置 Settings",
}  # fmt: skip
WALKS = {
    "walk-store": "门店 Store",
    "walk-buy": "商品 Offer",
    "walk-cart": "多店购物车 Cart of several stores",
    "walk-shipment": "快递到家 To be shipped",
    "walk-placed": "已提交订单 Orders placed",
    "walk-unpaid": "待付款 To be paid",
    "walk-code": "提货码 Pick-up code",
    "walk-shipped": "已发货 Shipped",
    "walk-receipt": "确认收货 Receiving",
    "walk-part-back": "部分退款 Pieces given back",
    "walk-refunded": "退款凭证 Payment refunded in part",
    "walk-won": "中奖 A prize",
    "walk-claim": "领奖 Claiming it",
    "walk-nearby": "附近跑腿 Errands nearby",
    "walk-taken": "已接单 An errand taken",
    "walk-devices": "登录的设备 Where one is signed in",
}


@dataclass(frozen=True)
class Shown:
    """A picture that was taken: whose page it is, its name as a file, its title."""

    part: str
    name: str
    title: str


class Gallery:
    """Takes the pictures of one running town."""

    def __init__(self, data: Path, browser: BrowserContext) -> None:
        self._facts = json.loads((data / "demo.json").read_text("utf-8"))
        self._demo, self._browser = Demo(data), browser

    def staff(self, part: str, who: str, seen: set[str]) -> Iterator[Shown]:
        """Every page of the menu of somebody who works here, but those seen already."""
        with self._page(DESK, HEIGHT) as page:
            self._demo.enter(page, who)
            for path, title in self._menu(page):
                if path in seen:
                    continue
                seen.add(path)
                page.goto(self._demo.base + path, wait_until="networkidle")
                yield self._taken(page, part, path.strip("/").replace("/", "-"), title)

    def member(self, phone: str) -> Iterator[Shown]:
        """The pages of the members' client, on a phone."""
        with self._page(PHONE_WIDTH, PHONE_HEIGHT) as page:
            page.goto(f"{self._demo.base}/api/v1/oauth/start?return_to=/h5/")
            page.goto(f"{page.url.partition('#')[0]}&phone={phone}")
            begin, inside = (
                page.get_by_role("button", name="开始使用"),
                page.get_by_text("可用余额"),
            )
            begin.or_(inside).first.wait_for()
            if begin.is_visible():
                begin.click()
            inside.wait_for()
            for name, title in CLIENT.items():
                page.evaluate(f"location.hash = '/pages/{name}/index'")
                page.wait_for_timeout(300)
                page.wait_for_load_state("networkidle")
                page.locator(".loading").wait_for(state="hidden")
                page.locator("img").evaluate_all(DRAWN)
                yield self._taken(page, "client", f"client-{name}", title)

    def _page(self, width: int, height: int) -> Page:
        self._browser.clear_cookies()
        page = self._browser.new_page()
        page.set_viewport_size({"width": width, "height": height})
        return page

    @staticmethod
    def _menu(page: Page) -> list[tuple[str, str]]:
        found = page.locator(MENU).evaluate_all(
            "all => all.map(one => [one.getAttribute('href'), one.textContent.trim()])"
        )
        return [(path, title) for path, title in dict(found).items() if "sign-out" not in path]

    @staticmethod
    def _taken(page: Page, part: str, name: str, title: str) -> Shown:
        picture = small(page.screenshot(animations="disabled"))
        (PICTURES / f"{name}.png").write_bytes(picture)
        return Shown(part, name, title)


PARTS = {
    "console": ("Operator · 运营后台", 300),
    "shop": ("Merchant · 商家后台", 300),
    "client": ("Member · 会员", 180),
}
HEAD = """# Every page · 全部页面

What each entry of a menu leads to, in a town after four days of trade; taken by
`python -m tests.browser.gallery`, the steps by `tests/browser/test_walks.py`. Those that tell most
are in [tour.md](tour.md), with words.
每个菜单项对应的页面，数据来自四天的模拟经营。
"""


def listing(shown: list[Shown]) -> str:
    """The page that shows them all."""
    lines = [HEAD]
    for part, (title, width) in PARTS.items():
        lines.append(f"## {title}")
        for each in (one for one in shown if one.part == part):
            where = f"pictures/pages/{each.name}.png"
            lines.append(
                f'<img src="{where}" width="{width}" alt="{each.title}" title="{each.title}">'
            )
        lines.append("")
    lines.append("## Step by step · 分步流程")
    for name, title in WALKS.items():
        where = f"pictures/pages/{name}.png"
        lines.append(f'<img src="{where}" width="180" alt="{title}" title="{title}">')
    lines.append("")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Takes all of them anew."""
    data = Path(arguments[0])
    facts = json.loads((data / "demo.json").read_text("utf-8"))
    PICTURES.mkdir(parents=True, exist_ok=True)
    owner = list(facts["merchants"].values())[-1]["owner"]["username"]
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as browser:
        browser.set_default_timeout(PATIENCE_MILLISECONDS)
        gallery, seen = Gallery(data, browser), set[str]()
        shown = list(gallery.member(facts["phones"][0]))
        shown += [one for who in PLATFORM for one in gallery.staff("console", who, seen)]
        shown += gallery.staff("shop", owner, seen)
    (DOCS / "gallery.md").write_text(listing(shown), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
