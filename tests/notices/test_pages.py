"""Where the chat leads."""

from pathlib import Path

import pytest

from app.notices import pages

CLIENT = Path(__file__).parents[2] / "miniprogram" / "src" / "app.config.ts"


@pytest.mark.parametrize("name", [pages.HOME, *pages.PAGES.values()])
def test_each_link_of_the_chat_leads_to_a_page_that_the_client_has(name):
    assert f'"pages/{name}/index"' in CLIENT.read_text(encoding="utf-8")


def test_the_client_is_served_there(client):
    way = pages.address().split("//", 1)[1].partition("/")[2].partition("#")[0]
    assert client.get(f"/{way}").status_code == 200
