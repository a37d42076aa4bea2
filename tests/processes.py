"""Processes of their own for tests of races and of sudden ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from app.core.config import settings
from app.core.db import db

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["app", "worker", "tests.processes"])


@contextmanager
def product_process(work: Callable[[], object], **environment: str) -> Iterator[BaseProcess]:
    """A process that runs `work`, a function of a module, in a session of its own; nothing of it
    stays. What it prints is not kept.

    It begins as a fork of a process that has imported the product and done nothing else: without
    the threads, locks and connections of the test process, and without importing it all anew.
    """
    child = SERVER.Process(target=_begin, args=(work, {**os.environ, **environment}))
    child.start()
    try:
        yield child
    finally:
        if child.is_alive():
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.kill()  # where it had no group of its own yet
        child.join()


def _begin(work: Callable[[], object], environment: dict[str, str]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    settings.cache_clear()
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    work()


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
