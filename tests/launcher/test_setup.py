"""The list of packages and what set-up makes of it."""

import re
from pathlib import Path

import pytest

from launcher.setup import SetupRefused, pinned

ROOT = Path(__file__).resolve().parents[2]


def test_the_list_names_no_place_to_fetch_from():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    options = re.findall(r"^-.*$|https?://\S+|file:\S+", text, re.MULTILINE)
    assert options == []


def test_every_package_in_the_list_has_a_hash():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    packages = re.findall(r"^[a-z0-9._\[\]-]+==(?:.*\\\n)+.*$", text, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^[a-z0-9._\[\]-]+==", text, re.MULTILINE))
    assert all("--hash=sha256:" in package for package in packages)


def test_the_installer_is_taken_out_of_the_list_with_its_hashes():
    lines = pinned("uv", (ROOT / "requirements.txt").read_text("utf-8")).splitlines()
    assert lines[0].startswith("uv==")
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])
    assert len(lines) > 2


def test_a_list_without_the_installer_is_refused():
    with pytest.raises(SetupRefused, match="does not pin uv"):
        pinned("uv", "flask==3.1.3 \\\n    --hash=sha256:00\n")
