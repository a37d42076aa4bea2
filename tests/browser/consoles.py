"""The product's pages in a real browser, served by this process, with staff who sign in by hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from tests.pages.console.visitors import PASSWORD, Visitor

# What reaches beyond the window, other than inside something that scrolls.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".scroll, .tabs"))
  .map((element) => element.tagName + "." + element.className)"""
WIDTHS = (360, 768, 1280, 1440)


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address at which the application answers meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@contextmanager
def page_of(browser: BrowserContext) -> Iterator[Page]:
    """A page; errors in it, and what its own policy refuses, fail the test."""
    troubles: list[str] = []
    shown = browser.new_page()
    shown.on("pageerror", lambda error: troubles.append(str(error)))
    refused = "Content Security Policy"
    shown.on("console", lambda said: troubles.append(said.text) if refused in said.text else None)
    yield shown
    shown.close()
    browser.clear_cookies()
    assert troubles == [], troubles


def sign_in(page: Page, address: str, person: Visitor) -> None:
    """By the form, as a person does."""
    page.goto(f"{address}/console/sign-in")
    page.get_by_label("用户名").fill(person.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("动态码").fill(person.code())
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
