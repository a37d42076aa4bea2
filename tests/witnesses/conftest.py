"""The independent clients, and the processes they talk to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.witnesses.npm import Node, install
from tests.witnesses.pairs import Pair, running


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    """The vectors that WeChat publishes, one file for sandbox and tests."""
    return dict(json.loads((ROOT / "sandbox" / "vectors.json").read_text()))


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """The clients from npm."""
    install()
    started = Node()
    yield started
    started.end()


@pytest.fixture(scope="session")
def pair_in(app, tmp_path_factory) -> Iterator[Callable[[str], Pair]]:
    """A running pair by its mode, started when first asked for.

    A product that takes plain pushes takes compatible ones too, and the console of the sandbox
    changes its mode while it runs: one pair serves both.
    """
    with ExitStack() as stack:
        started: dict[str, Pair] = {}

        def pair_in(mode: str) -> Pair:
            least = "safe" if mode == "safe" else "plain"
            if least not in started:
                folder = tmp_path_factory.mktemp(f"sandbox-{least}")
                started[least] = stack.enter_context(running(least, folder))
            return started[least].pushing(mode)

        yield pair_in


@pytest.fixture(scope="session")
def pair(pair_in) -> Pair:
    """Product and sandbox in safe mode."""
    return pair_in("safe")


@pytest.fixture(scope="session")
def account() -> dict[str, str]:
    """The official account as the clients from npm want it."""
    return {
        "token": os.environ["WECHAT_OA_TOKEN"],
        "aes_key": os.environ["WECHAT_OA_AES_KEY"],
        "app_id": os.environ["WECHAT_OA_APP_ID"],
    }


@pytest.fixture(scope="session")
def pems(environment) -> dict[str, str]:
    """The key files of merchant and WeChat Pay, as text."""
    names = {
        "merchant_private": "WECHAT_PAY_PRIVATE_KEY_FILE",
        "merchant_public": "TEST_MERCHANT_PUBLIC_KEY_FILE",
        "platform_private": "TEST_PLATFORM_PRIVATE_KEY_FILE",
        "platform_public": "WECHAT_PAY_PUBLIC_KEY_FILE",
    }
    return {name: Path(os.environ[variable]).read_text() for name, variable in names.items()}
