"""Which tests stay together when several processes share them.

A file stays whole, so that what its module prepares is prepared once, and so does a folder or file
of `TOGETHER`, whose tests share something that takes long to start. pytest-xdist's own mark for
this does nothing under pytest 9.2: it writes to a field that pytest no longer reads.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

# One running product, one browser, one set of outside clients: each started once.
TOGETHER = {
    "tests/journeys/test_from_scan_to_withdrawal.py": "product",
    "tests/journeys/test_outside_program.py": "product",
    "tests/browser/": "browser",
    "tests/witnesses/": "witnesses",
}


def belongs_to(path: str) -> str:
    """The unit of work to which a test file (its path from the root) belongs."""
    return next((unit for start, unit in TOGETHER.items() if path.startswith(start)), path)


def longest_first(items: list[pytest.Item]) -> None:
    """Puts what takes long in front, so that no process is left alone with it at the end.

    What shares a running product comes last: that product runs, and computes, until all is done.
    """
    items.sort(key=lambda item: (_unit(item) == "product", not _takes_long(item)))


def _unit(item: pytest.Item) -> str:
    return belongs_to(_path(item))


def _path(item: pytest.Item) -> str:
    return item.nodeid.split("::")[0]


def _takes_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None or _unit(item) != _path(item)


class WholeFiles(LoadScopeScheduling):
    """Gives each free process the next file, or the next unit of `TOGETHER`."""

    def _split_scope(self, nodeid: str) -> str:
        return belongs_to(nodeid.split("::")[0])
