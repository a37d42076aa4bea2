"""One token through every door: page, mini-program code, link and scheme."""

import io
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import zxingcpp
from PIL import Image

from app.core.config import settings
from app.core.world import new_id, now
from app.qr import links, service
from app.qr.token import TOKEN_LENGTH
from tests.wechat.conftest import sandbox

__all__ = ["sandbox"]
pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def token():
    return service.token_of("M", new_id())


def ask(client, token, what="links"):
    return client.get(f"/api/v1/codes/{token}/{what}")


def test_a_token_fits_into_the_scene_of_a_mini_program_code(token):
    assert len(token) == TOKEN_LENGTH <= 32


def test_the_mini_program_code_carries_the_token(client, sandbox, token):
    answer = ask(client, token, "mini-program")
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)))
    assert parse_qs(urlsplit(found.text).query)["scene"] == [token]
    assert ask(client, token, "mini-program").data == answer.data


def test_the_links_carry_the_token_and_last_thirty_days(client, sandbox, token):
    found = ask(client, token).json
    page = urlsplit(found["page"])
    assert page.path == "/api/v1/oauth/start"
    assert parse_qs(page.query)["scene"] == [token]
    assert found["page"].startswith(settings().base_url)
    assert found["url_link"].startswith("http")
    assert unquote(found["url_scheme"]).startswith("weixin://")
    assert ask(client, token).json == found


def test_links_are_renewed_before_they_end(client, sandbox, token, monkeypatch):
    first = service.links_for(token)
    monkeypatch.setattr(links, "now", lambda: now() + timedelta(days=28))
    second = service.links_for(token)
    assert second.url_link != first.url_link
    assert second.expires_at > first.expires_at


def test_where_wechat_is_away_the_link_of_the_page_is_given(client, token):
    found = ask(client, token).json
    assert token in found["page"]
    assert (found["url_link"], found["url_scheme"], found["expires_at"]) == (None, None, None)
    assert ask(client, token, "mini-program").status_code == 503


def test_links_that_still_work_are_given_while_wechat_is_away(client, sandbox, token, monkeypatch):
    first = service.links_for(token)
    monkeypatch.setattr(settings(), "wechat_api_base", "http://127.0.0.1:9")
    monkeypatch.setattr(links, "now", lambda: now() + timedelta(days=29))
    assert service.links_for(token) == first


@pytest.mark.parametrize("what", ["links", "mini-program"])
def test_a_forged_token_gets_nothing(client, what):
    answer = ask(client, "M" + "0" * 30, what)
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_scene")
