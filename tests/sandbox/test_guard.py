"""Another site in the same browser cannot work the sandbox."""

from __future__ import annotations

import ipaddress

import pytest
import requests

from sandbox.__main__ import DEFAULT_HOST


def phones(sandbox):
    return len(sandbox.control("/phones", method="GET")["phones"])


def port(sandbox):
    return sandbox.url.rpartition(":")[2]


@pytest.mark.parametrize("path", ["/", "/__ctl/phones", "/__ctl/clock"])
def test_a_foreign_name_that_points_here_is_refused(sandbox, path):
    host = {"Host": f"evil.example:{port(sandbox)}"}
    answer = requests.get(f"{sandbox.url}{path}", headers=host, timeout=9)
    assert (answer.status_code, answer.json()["error"]) == (403, "foreign_host")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "192.168.1.7"])
def test_own_names_and_addresses_are_let_in(sandbox, name):
    host = {"Host": f"{name}:{port(sandbox)}"}
    assert requests.get(f"{sandbox.url}/__ctl/clock", headers=host, timeout=9).status_code == 200


def test_a_name_that_was_allowed_is_let_in(start):
    sandbox = start(SANDBOX_HOSTS="web wechat")
    for name, status in (("web", 200), ("wechat:9000", 200), ("website", 403)):
        answer = requests.get(f"{sandbox.url}/__ctl/clock", headers={"Host": name}, timeout=9)
        assert answer.status_code == status


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_post_from_another_site_changes_nothing(sandbox, origin):
    url, headers = f"{sandbox.url}/__ctl/phones", {"Origin": origin, "Content-Type": "text/plain"}
    answer = requests.post(url, data="{}", headers=headers, timeout=9)
    assert (answer.status_code, answer.json()["error"]) == (403, "foreign_origin")
    assert phones(sandbox) == 0


def test_a_browser_that_names_another_site_is_believed(sandbox):
    url = f"{sandbox.url}/__ctl/phones"
    for site, status in (("cross-site", 403), ("same-origin", 201), ("none", 201)):
        answer = requests.post(url, json={}, headers={"Sec-Fetch-Site": site}, timeout=9)
        assert answer.status_code == status
    assert phones(sandbox) == 2


def test_a_page_of_its_own_and_a_program_may_work_it(sandbox):
    url = f"{sandbox.url}/__ctl/phones"
    assert requests.post(url, json={}, headers={"Origin": sandbox.url}, timeout=9).ok
    assert requests.post(url, json={}, timeout=9).ok
    assert phones(sandbox) == 2


def test_wechats_own_addresses_answer_under_any_name(sandbox):
    answer = requests.get(
        f"{sandbox.url}/cgi-bin/user/info", headers={"Host": "api.weixin.qq.com"}, timeout=9
    )
    assert answer.json()["errcode"] == 41001


def test_it_listens_on_this_machine_only_unless_told_otherwise():
    assert ipaddress.ip_address(DEFAULT_HOST).is_loopback
