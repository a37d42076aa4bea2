"""The members' client as a page: small, cached for good where names change, and behind walls."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from app.pages.client import bundle
from miniprogram.api_types import written

CALL = re.compile(r'(?:ask(?:<[^(]*>)?\(\s*"(\w+)",\s*|picture\()[`"](/[^`"]*)')
NOT_CALLED = {
    "POST /me/registration-check": "the sign-in registers",
    "POST /promotion-clicks": "the page that the link leads to counts",
    "GET /promotion-links/{link_id}": "the list tells the same",
    "GET /me/promotion-sales": "the report of thirty days adds them up",
    "GET /me/merchant-applications/{application_id}": "the list tells the same",
    "GET /merchants/{merchant_id}/contracts": "merchants read contracts in their console",
    "POST /contracts/{contract_id}/answer": "merchants answer them in their console",
}
ROOT = Path(__file__).resolve().parents[2]
FIRST_PAGE_BYTES = 200_000
SOURCES = re.compile(r'(?:src|href)="/h5/([^"]+)"')
SDK = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"


def test_the_first_page_is_at_most_200_kilobytes_packed():
    index = (bundle.FOLDER / bundle.INDEX).read_text()
    loaded = [bundle.INDEX, *SOURCES.findall(index)]
    home = [path for path in bundle.names() if path.endswith(".js") and path not in loaded]
    largest_page = max(home, key=lambda path: len(packed(path)))
    assert len(loaded) >= 4
    assert sum(len(packed(path)) for path in [*loaded, largest_page]) <= FIRST_PAGE_BYTES


def packed(path: str) -> bytes:
    """A file of the bundle as it travels."""
    return gzip.compress((bundle.FOLDER / path).read_bytes(), mtime=0)


def test_the_page_may_run_our_scripts_and_wechats_and_nothing_inline(client):
    answer = client.get("/h5/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' https://res.wx.qq.com;" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert f'<script src="{SDK}" async>' in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|style=", answer.text)


def test_the_page_is_asked_for_anew_and_what_it_loads_is_kept_for_good(client):
    index = client.get("/h5/")
    assert index.headers["Cache-Control"] == "no-cache"
    for path in SOURCES.findall(index.text):
        assert client.get(f"/h5/{path}").headers["Cache-Control"].endswith("immutable"), path


def test_a_file_is_sent_packed_to_who_can_unpack_it_and_not_twice(client):
    path = SOURCES.findall(client.get("/h5/").text)[0]
    plain = client.get(f"/h5/{path}", headers={"Accept-Encoding": "identity"})
    small = client.get(f"/h5/{path}", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["ETag"] != plain.headers["ETag"]
    again = client.get(f"/h5/{path}", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path", ["index.html", "js/none.js", "../routes.py", "js/../../routes.py", "%2e%2e/bundle.py"]
)
def test_nothing_but_the_bundle_can_be_asked_for(client, path):
    assert client.get(f"/h5/{path}").status_code == 404


def test_the_client_reads_what_the_description_says(app):
    """After a change of an answer: miniprogram/api_types.py writes the shapes anew. Fields the
    client does not know yet are no reason to."""
    known = interfaces((ROOT / "miniprogram" / "src" / "services" / "api.ts").read_text())
    told = interfaces(written(app.spec))
    missing = {
        f"{name}.{line}" for name, lines in known.items() for line in lines - told.get(name, set())
    }
    assert known
    assert missing == set()


def interfaces(text: str) -> dict[str, set[str]]:
    """The fields of each interface, with their types."""
    found = re.findall(r"export interface (\w+) \{\n(.*?)\}\n", text, re.S)
    return {name: set(body.split(";\n")) - {""} for name, body in found}


def test_each_route_of_members_is_called_by_the_client_or_there_is_a_reason_why_not(app):
    calls = called()
    missing = {
        f"{method.upper()} {path}"
        for path, operations in app.spec["paths"].items()
        for method, operation in operations.items()
        if str(operation.get("x-auth")).startswith("member")
        and not any(name == method.upper() and part.match(plain(path)) for name, part in calls)
    }
    assert missing == {f"{name.replace(' /', ' /api/v1/', 1)}" for name in NOT_CALLED}


def called() -> list[tuple[str, re.Pattern[str]]]:
    """The method of each request of the client's services, and the paths that it may have."""
    folder = ROOT / "miniprogram" / "src"
    source = "\n".join(path.read_text() for path in sorted(folder.rglob("*.ts")))
    return [(method or "GET", shape(path)) for method, path in CALL.findall(source)]


def shape(path: str) -> re.Pattern[str]:
    """Where a value is filled in, any segment fits; what is asked for does not matter."""
    parts = re.sub(r"\$\{[^}]*\}", "{}", path).split("?")[0]
    parts = re.sub(r"(?<!/)\{\}$", "", parts)
    return re.compile("[^/]+".join(re.escape(part) for part in parts.split("{}")) + r"\Z")


def plain(path: str) -> str:
    """A path of the description as the client would fill it in."""
    return re.sub(r"\{[^}]*\}", "0", path.removeprefix("/api/v1"))
