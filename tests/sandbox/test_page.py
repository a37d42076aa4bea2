"""The page for a person, and its way to the product."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

import requests

from tests.sandbox.test_official_account import answer_with


def test_the_page_shows_phones_with_their_chat_and_the_desk(sandbox, product):
    product.answer = answer_with("欢迎 <script>alert(1)</script> https://shop.example/a?b=1")
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    answer = requests.get(f"{sandbox.url}/", timeout=9)
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert phone["name"] in answer.text
    assert "<script>alert" not in answer.text
    assert '<a href="https://shop.example/a?b=1" target="_blank"' in answer.text
    for fault in ("delay", "repeat", "drop", "forge"):
        assert f'"kind": "{fault}"' in answer.text


def test_a_card_is_shown_with_its_picture_and_opens_its_address(sandbox, product):
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/follow")
    article = {
        "title": "到店可用 ¥20.00",
        "description": "储值 ¥0.00\n<b>体验金</b>",
        "url": f"{product.url}/shop",
        "picurl": f"{product.url}/static/cards/balance.png",
    }
    wish = {"touser": phone["openid"], "msgtype": "news", "news": {"articles": [article]}}
    assert sandbox.call("/cgi-bin/message/custom/send", wish).json()["errcode"] == 0
    answer = requests.get(f"{sandbox.url}/", timeout=9)
    for shown in (f'href="{article["url"]}"', f'src="{article["picurl"]}"', "到店可用 ¥20.00"):
        assert shown in answer.text
    assert "&lt;b&gt;体验金" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert sandbox.world.accounts.product_url in policy


def test_every_file_of_the_page_is_served_from_here(sandbox):
    page = requests.get(f"{sandbox.url}/", timeout=9).text
    places = [part.split('"')[0] for part in page.split('src="')[1:]]
    places += [part.split('"')[0] for part in page.split('href="')[1:] if ".css" in part[:60]]
    assert len(places) >= 7
    for place in places:
        assert place.startswith("/static/")
        assert requests.get(sandbox.url + place, timeout=9).status_code == 200


def test_changes_come_once(sandbox, product):
    phone = sandbox.phone()
    changes = requests.get(f"{sandbox.url}/page/changes", timeout=9).json()
    assert phone["id"] in changes["phones"]
    url = f"{sandbox.url}/page/changes?version={changes['version']}"
    assert requests.get(url, timeout=9).status_code == 204
    sandbox.control(f"/phones/{phone['id']}/follow")
    assert "关注了公众号" in requests.get(url, timeout=9).json()["parts"][f"{phone['id']}-chat"]


def test_codes_are_offered_with_their_labels(sandbox):
    wish = {"scene": "Sabc", "page": "p"}
    sandbox.call("/wxa/getwxacodeunlimit", wish, "MINI")
    sandbox.control("/labels", {"labels": {"Sabc": "茶小满·门店码"}}, "PUT")
    sandbox.phone()
    assert "茶小满·门店码" in requests.get(f"{sandbox.url}/", timeout=9).text


def test_the_first_and_the_last_phones_are_shown(sandbox):
    phones = [sandbox.phone()["id"] for _ in range(12)]
    changes = requests.get(f"{sandbox.url}/page/changes", timeout=9).json()
    assert changes["phones"] == phones[:4] + phones[-4:]


def test_a_listing_names_codes_too(start, tmp_path):
    facts = {"merchants": {"tea": {"stores": [{"scene": "Sxyz", "label": "清风茶馆", "n": 1}]}}}
    (tmp_path / "listing.json").write_text(json.dumps(facts))
    sandbox = start(SANDBOX_LISTING=str(tmp_path / "listing.json"))
    sandbox.call("/wxa/getwxacodeunlimit", {"scene": "Sxyz", "page": "p"}, "MINI")
    sandbox.phone()
    assert "清风茶馆" in requests.get(f"{sandbox.url}/", timeout=9).text


def test_the_page_reaches_the_product_and_nothing_else(sandbox, product):
    product.answer = lambda letter: (201, json.dumps({"path": letter.path}).encode())
    headers = {"Authorization": "Bearer x", "Idempotency-Key": "k", "Cookie": "secret=1"}
    url = f"{sandbox.url}/__ctl/product/api/v1/payments?a=1"
    answer = requests.post(url, json={"amount_fen": 1}, headers=headers, timeout=9)
    assert (answer.status_code, answer.json()) == (201, {"path": "/api/v1/payments"})
    (letter,) = product.letters
    assert (letter.query, json.loads(letter.body)) == ("a=1", {"amount_fen": 1})
    assert letter.headers["authorization"] == "Bearer x"
    assert letter.headers["idempotency-key"] == "k"
    assert "cookie" not in letter.headers
    requests.post(f"{sandbox.url}/__ctl/product//other.example/x", timeout=9)
    assert product.letters[-1].path.endswith("/other.example/x")


def test_another_site_cannot_work_the_sandbox(sandbox):
    url, own = f"{sandbox.url}/__ctl/phones", {"Origin": sandbox.url}
    foreign = requests.post(url, json={}, headers={"Origin": "https://evil.example"}, timeout=9)
    assert (foreign.status_code, foreign.json()["error"]) == (403, "foreign_origin")
    assert sandbox.control("/phones", method="GET")["phones"] == []
    assert requests.post(url, json={}, headers=own, timeout=9).status_code == 201


def test_an_unreachable_product_is_said_plainly(start):
    sandbox = start(SANDBOX_PRODUCT_URL="http://127.0.0.1:9")
    answer = requests.get(f"{sandbox.url}/__ctl/product/api/v1/me", timeout=9)
    assert (answer.status_code, answer.json()["code"]) == (502, "product_unreachable")


def test_the_callback_address_is_checked_as_the_console_does(sandbox, product):
    door = product.server.RequestHandlerClass

    def do_get(self: BaseHTTPRequestHandler) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        body = query["echostr"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    assert sandbox.control("/push/verify-url")["ok"] is False
    door.do_GET = do_get
    assert sandbox.control("/push/verify-url")["ok"] is True
