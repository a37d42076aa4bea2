"""The data folder belongs to one start at a time, and only our own is emptied."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import data
from launcher.errors import CannotStart

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import pathlib, sys, time
from launcher import data
data.claim(pathlib.Path(sys.argv[1]), fresh=False)
print("claimed", flush=True)
time.sleep(60)
"""


def test_a_second_start_on_the_same_data_is_refused_and_changes_nothing(tmp_path):
    folder = tmp_path / "data"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert holder.stdout.readline() == b"claimed\n"
    (folder / "precious").write_text("kept")

    with pytest.raises(CannotStart, match=rf"process {holder.pid}\) already uses"):
        data.claim(folder, fresh=True)

    assert (folder / "precious").read_text() == "kept"
    holder.kill()
    holder.wait()
    os.close(data.claim(folder, fresh=False))


def test_a_folder_with_other_files_is_neither_used_nor_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("kept")

    with pytest.raises(CannotStart, match="holds other files"):
        data.claim(tmp_path, fresh=True)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_fresh_start_empties_our_own_folder(tmp_path):
    folder = tmp_path / "data"
    os.close(data.claim(folder, fresh=False))
    (folder / "postgres").mkdir()
    (folder / "postgres" / "old").touch()

    os.close(data.claim(folder, fresh=True))

    assert not (folder / "postgres").exists()


def test_the_data_folder_is_closed_to_others(tmp_path):
    os.close(data.claim(tmp_path / "data", fresh=False))

    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
