"""Debian's Chromium, driven by Playwright; no browser is ever downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The camera shows this file of the profile's folder, and whoever asks for it may have it.
CAMERA = "camera.y4m"
TIMEOUT_MILLISECONDS = 20_000


def executable() -> str | None:
    """The installed browser: CHROMIUM, else the first that is found."""
    wanted = os.environ.get("CHROMIUM")
    return wanted or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def opened(folder: Path, width: int = 1440, height: int = 960) -> Iterator[BrowserContext]:
    """A browser with a profile of its own in the folder."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(folder),
            executable_path=executable(),
            args=[*FLAGS, *_camera(folder)],
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        yield context
        context.close()


def _camera(folder: Path) -> list[str]:
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={folder / CAMERA}",
    ]
