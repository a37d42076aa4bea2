"""Pictures with a merchant's application: sent from the phone, opened by a reviewer's keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.core.db import read
from app.core.world import new_id
from tests.alliance import shop as world
from tests.alliance.joining import applicants, papers
from tests.alliance.offers import stall
from tests.axe import serious_findings
from tests.browser.consoles import TOO_WIDE, WIDTHS, page_of, served, sign_in
from tests.browser.test_client import shown  # noqa: F401
from tests.browser.test_client_benefits import arrived, look
from tests.pages.console.visitors import Visitor
from tests.wechat.conftest import sandbox  # noqa: F401  # the whole of WeChat

pytestmark = pytest.mark.usefixtures("context")
IS_DRAWN = "images => images.length > 0 && images.every(one => one.complete && one.naturalWidth)"
FIELDS = {
    "company_name": "company_name", "licence_number": "licence_number", "bank": "bank",
    "account_holder": "account_holder", "account_number": "account_number",
    "contact_name": "contact_name", "contact_phone": "contact_phone",
}  # fmt: skip


def picked(page, name: str, file: str) -> None:
    """Adds a picture of a kind, as the phone's own dialogue gives it."""
    group = page.get_by_role("group", name=name)
    with page.expect_file_chooser() as chooser:
        group.get_by_role("button", name=f"添加图片：{name}").click()
    chooser.value.set_files(file)


def rows(member_id):
    statement = "SELECT p.kind, p.application_id FROM alliance_application_picture p "
    return read(world.text(statement + "WHERE member_id = :m ORDER BY id"), {"m": member_id})


def test_a_person_adds_pictures_sends_them_and_changes_them(shown, sandbox, tmp_path):  # noqa: F811
    member_id = arrived(shown, sandbox)
    picture, words = tmp_path / "licence.png", tmp_path / "words.png"
    picture.write_bytes(stall.picture("PNG", (1_600, 1_200)))
    words.write_text("no picture")
    shown.evaluate("location.hash = '/pages/merchant-applications/index'")
    shown.get_by_role("button", name="申请入驻").click()
    licence = shown.get_by_role("group", name="营业执照")
    picked(shown, "营业执照", str(words))
    expect(licence.get_by_role("alert")).to_be_visible()
    picked(shown, "营业执照", str(picture))
    expect(licence.get_by_role("button", name="营业执照 1", exact=True)).to_be_visible()
    expect(licence.get_by_role("alert")).to_have_count(0)
    picked(shown, "门头照", str(picture))
    front = shown.get_by_role("group", name="门头照")
    front.get_by_role("button", name="移除 门头照 1").click()
    expect(front.get_by_role("img")).to_have_count(0)
    look(shown, "form")
    wish = applicants.wish()
    for name, value in FIELDS.items():
        shown.locator(f"#{name}").fill(wish[value])
    shown.locator("#store-0").fill("南门店")
    shown.locator("#address-0").fill("南门街 1 号")
    shown.get_by_role("button", name="主营类目").click()
    shown.locator(".sheet .choice").first.click()
    shown.get_by_role("checkbox").click()
    shown.get_by_role("button", name="提交申请").click()
    expect(shown.get_by_text("已提交，请留意消息。")).to_be_visible()
    expect(shown.get_by_role("button", name="营业执照 1", exact=True)).to_be_visible()
    look(shown, "sent")
    (sent, unused) = rows(member_id)
    assert (sent.kind, unused.kind, unused.application_id) == ("licence", "front", None)
    shown.get_by_role("button", name="更换图片").click()
    picked(shown, "经营许可证", str(picture))
    permit = shown.get_by_role("group", name="经营许可证")
    expect(permit.get_by_role("button", name="经营许可证 1", exact=True)).to_be_visible()
    look(shown, "changing")
    shown.get_by_role("button", name="提交图片").click()
    expect(shown.get_by_text("已更新证照图片")).to_be_visible()
    named = [each.kind for each in rows(member_id) if each.application_id == sent.application_id]
    assert named == ["licence", "permit"]


def test_a_reviewer_opens_the_pictures_by_keyboard_at_every_width(app, client, browser):
    member_id = world.member()
    mine = [papers.picture(client, world.headers(member_id), kind) for kind in ("licence", "front")]
    made = applicants.applied(client, member_id, pictures=mine)
    looked = f"application_id = '{made['id']}' AND kind = 'revealed:pictures'"
    with served(app) as address, page_of(browser) as console:
        sign_in(console, address, Visitor(app, "reviewer"))
        console.goto(f"{address}/console/applications/{made['id']}")
        assert world.count("alliance_application_step", looked) == 0, "not before they are opened"
        opener = console.get_by_text("2 张图片（查看会留下记录）")
        opener.focus()
        console.keyboard.press("Enter")
        first = console.get_by_role("link", name="营业执照 1（打开大图）")
        expect(first).to_be_visible()
        expect(console.get_by_role("figure")).to_have_count(2)
        pictures = console.locator(".pictures img")
        pictures.last.scroll_into_view_if_needed()
        console.wait_for_function(
            f"() => ({IS_DRAWN})([...document.querySelectorAll('figure img')])"
        )
        for width in WIDTHS:
            console.set_viewport_size({"width": width, "height": 900})
            assert console.evaluate(TOO_WIDE) == [], width
        assert serious_findings(console) == []
        console.keyboard.press("Tab")
        expect(first).to_be_focused()
        assert world.count("alliance_application_step", looked) == 1
        expect(first).to_have_attribute("href", f"/console/applications/pictures/{mine[0]}.jpg")
        console.goto(f"{address}/console/applications/pictures/{new_id()}.jpg")
        expect(console.locator("body")).to_contain_text("没有找到该图片")
