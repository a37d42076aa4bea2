"""The sandbox's page in a real browser; without one these tests are left out, and say so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.chromium import CAMERA, executable, opened
from tests.sandbox.conftest import (  # noqa: F401  # the fixtures of the running sandbox
    Sandbox,
    key_folder,
    merchant,
    product,
    sandbox,
    settings,
    start,
)

LEFT_OUT = (
    "browser tests left out: no Chromium found (Debian: apt-get install chromium fonts-noto-cjk,"
    " or name one with CHROMIUM=/path). 未找到 Chromium，已跳过浏览器测试。"
)
if executable() is None and not os.environ.get("REQUIRE_BROWSER"):
    collect_ignore_glob = ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if executable() is None:
        terminalreporter.write_line(LEFT_OUT)


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the browser's profile."""
    return tmp_path_factory.mktemp("chromium")


@pytest.fixture
def camera(profile: Path) -> Path:
    """What the browser's camera shows: a file to be written before it is used."""
    return profile / CAMERA


@pytest.fixture(scope="session")
def browser(profile: Path) -> Iterator[BrowserContext]:
    """One browser for the whole run."""
    assert executable(), LEFT_OUT
    with opened(profile) as context:
        yield context


@pytest.fixture
def page(browser: BrowserContext, sandbox: Sandbox) -> Iterator[Page]:  # noqa: F811
    """The sandbox's page with two phones on it; any error in the page fails the test."""
    for name in ("小安", "小博"):
        sandbox.control("/phones", {"name": name})
    troubles: list[str] = []
    shown = browser.new_page()
    shown.on("pageerror", lambda error: troubles.append(str(error)))
    shown.goto(sandbox.url)
    yield shown
    shown.close()
    assert troubles == []
