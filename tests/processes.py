"""Processes of their own for tests of races and of sudden ends."""

from __future__ import annotations

import os
from collections.abc import Callable

from app.core.db import db


def in_child(work: Callable[[], object]) -> int:
    """Runs `work` in a process of its own, with connections of its own; its process id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            db.engine.dispose(close=False)
            work()
            code = 0
        finally:
            os._exit(code)
    return pid
