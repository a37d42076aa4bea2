"""A kind of benefit is one new folder: one is added here, and no other file of the product knows.

It has settings, a table with its migration, a route, readers, news, words, and a rehearsal.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from tests.conftest import ROOT

FIFTH = Path(__file__).parent / "gratitude"
EVERY = Path(__file__).parent / "test_every_benefit.py"
OPTIONS = ("-q", "-p", "tests.benefits.adding", "-p", "no:cacheprovider", "-p", "no:xdist")


@pytest.fixture
def folder(tmp_path):
    """A folder with the new kind, its migration the next of the chain."""
    place = tmp_path / "gratitude"
    shutil.copytree(FIFTH, place, ignore=shutil.ignore_patterns("__pycache__"))
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    migration = place / "migrations" / "thanks.py"
    text = migration.read_text().replace('"head"', f'"{head}"')
    migration.write_text(text.replace('"next"', f'"{int(head) + 1:04}"'))
    return tmp_path


def test_a_folder_alone_adds_a_kind_that_keeps_every_promise(folder):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    environment |= {"FIFTH_BENEFIT": str(folder), "DATABASE_URL": os.environ["TEST_SERVER_URL"]}
    told = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, str(EVERY), "-k", "gratitude"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-2000:]
    assert set(told.stdout.split()[0]) == {"."}, told.stdout  # none failed, none was skipped
