"""What our pages load is sent packed, and kept for good under an address of its content."""

import gzip
import re

import pytest

from app.pages import assets
from tests.alliance import shop as world
from tests.pages.console.visitors import Visitor

FIRST_PAGE_BYTES = 250_000
LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')


def travelling(client, address):
    """How many bytes of a file travel to a browser."""
    answer = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200, address
    assert answer.headers["Cache-Control"].endswith("immutable"), address
    return len(answer.data)


def test_the_first_page_of_each_console_is_at_most_250_kilobytes(app, client, context):
    shop = world.shop()
    owner = Visitor(app, "merchant_owner", merchant_id=shop.merchant_id).sign_in()
    for person, path in ((Visitor(app, "operator").sign_in(), "/console"), (owner, "/shop")):
        page = person.see(path)
        files = sorted(set(LOADED.findall(page)))
        assert len(files) >= 4
        size = len(page.encode()) + sum(travelling(client, each) for each in files)
        assert size <= FIRST_PAGE_BYTES, (path, size)


def test_a_file_is_packed_for_who_can_unpack_it_and_the_same(client):
    here = assets.address("console/console.js")
    plain = client.get(here, headers={"Accept-Encoding": "identity"})
    packed = client.get(here, headers={"Accept-Encoding": "gzip"})
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (
        False,
        "gzip",
    )
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Vary"] == "Accept-Encoding"
    again = client.get(here, headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for other in (here[:-1], here.partition("?")[0]):
        assert client.get(other).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["none.js", "../assets.py", "console/../../assets.py", "", "shop"])
def test_nothing_but_the_files_can_be_asked_for(client, path):
    assert client.get(f"/static/{path}").status_code == 404
