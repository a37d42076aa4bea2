"""Processes of their own for tests of races and of sudden ends."""

from __future__ import annotations

import os
import signal
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


def killed_at_commit(work: Callable[[], object], side: str, number: int = 1) -> None:
    """Runs `work` in a process that dies by kill -9 just `before` or just `after` its `number`th
    commit: the last moment at which nothing, the first at which all of that unit is durable."""
    assert is_killed_at_commit(work, side, number), f"it ended by itself before commit {number}"


def is_killed_at_commit(work: Callable[[], object], side: str, number: int) -> bool:
    """The same; False where the work was done before it came to so many commits."""
    db.session.remove()

    def dying() -> None:
        real, count = db.session.commit, [0]

        def commit() -> None:
            count[0] += 1
            if (count[0], side) == (number, "before"):
                db.session.flush()
                os.kill(os.getpid(), signal.SIGKILL)
            real()
            if count[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)

        db.session.commit = commit  # type: ignore[method-assign]
        work()

    _, status = os.waitpid(in_child(dying), 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "it failed by itself"
    return False
