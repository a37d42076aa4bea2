"""The frame of a command that plays through a product of its own: one run, one verdict.

What is played and judged is each command's own (`chaos/notifications_run.py`, `payouts_run.py`,
`wechat_run.py`).
"""

from __future__ import annotations

import json
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chaos.instance import Instance


def run_once(name: str, settings: dict[str, str], perform: Callable[[Instance], bool]) -> int:
    """Plays `perform` on a product of its own, with these settings, in a folder of its own.

    The exit code: 0 where it passed, else 1; then the folder stays and its path is printed. The
    product is stopped whatever happens.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nothing may stay behind
    folder = Path(tempfile.mkdtemp(prefix=f"lianhui-{name}-"))
    instance, passed = Instance(folder, **settings), False
    try:
        passed = perform(instance)
    finally:
        instance.stop()
        if passed:
            instance.discard()
        else:
            print(f"kept: {folder}", file=sys.stderr, flush=True)
    return 0 if passed else 1


def seed_of(wanted: int | None) -> int:
    """The seed that was asked for, else a new one; the verdict names it."""
    return secrets.randbelow(1_000_000) if wanted is None else wanted


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def say_verdict(passed: bool, facts: dict[str, Any]) -> None:
    """The last line of a run: JSON, with the verdict first."""
    verdict = {"verdict": "pass" if passed else "fail", **facts}
    say(json.dumps(verdict, ensure_ascii=False))
