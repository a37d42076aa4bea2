"""Signing in at the console: by the API's own sessions, only by our forms, and out again."""

import pytest
from sqlalchemy import text

from app.core import auth
from app.core.db import db, in_transaction
from tests.pages.console.visitors import HTML, PASSWORD, Visitor, hidden

pytestmark = pytest.mark.usefixtures("context")


def test_staff_sign_in_and_see_the_menu_of_their_roles(app):
    person = Visitor(app, "operator")
    away = person.get("/console")
    assert (away.status_code, away.location) == (303, "/console/sign-in?next=/console")
    person.sign_in()
    page = person.see("/console", "概览", person.username, "运营后台")
    assert "退出登录" in page


def test_a_page_looks_its_session_up_once_and_the_next_page_anew(app, monkeypatch):
    person, asked = Visitor(app, "operator").sign_in(), []
    look_up = auth._look_up
    monkeypatch.setattr(auth, "_look_up", lambda name: asked.append(name) or look_up(name))
    person.see("/console/merchants")
    assert len(asked) == 1
    person.see("/console/merchants")
    assert len(asked) == 2
    assert person.post("/console/merchants/new", name="").status_code == 422
    assert len(asked) == 5  # the page's own, the change, and what is read after it
    in_transaction(lambda: auth.revoke_sessions(person.id))
    assert person.get("/console/merchants").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(app):
    person = Visitor(app, "support")
    person.get("/console/sign-in")
    wish = {"username": person.username, "password": PASSWORD, "totp": person.code()}
    cookies = person.post("/console/sign-in", **wish).headers.getlist("Set-Cookie")
    (kept,) = [each for each in cookies if each.startswith("staff=")]
    assert "HttpOnly" in kept
    assert "SameSite=Strict" in kept
    assert "Secure" not in kept  # a plain address of this machine
    person.browse(app)
    elsewhere = person.browser.get("/console/sign-in", base_url="http://10.1.2.3")
    assert "__Host-visit=" in elsewhere.headers["Set-Cookie"]
    assert "Secure" in elsewhere.headers["Set-Cookie"]


def test_a_wrong_password_says_so_and_keeps_nothing_but_the_name(app):
    person = Visitor(app, "support")
    person.get("/console/sign-in")
    answer = person.post(
        "/console/sign-in", username=person.username, password="wrong", totp="000000"
    )
    assert answer.status_code == 401
    assert "用户名、密码或动态码错误" in answer.text
    assert person.username in answer.text
    assert "staff=" not in str(answer.headers)


@pytest.mark.parametrize(
    "change",
    [{"csrf": "x"}, {"csrf": ""}, {"origin": "https://elsewhere.example"}, {"origin": None}],
    ids=["another token", "no token", "another origin", "no origin"],
)
def test_a_form_from_elsewhere_is_refused_and_signs_nobody_in_or_out(app, change):
    person = Visitor(app, "operator")
    person.get("/console/sign-in")
    wish = {"username": person.username, "password": PASSWORD, "totp": person.code()}
    refused = person.post("/console/sign-in", **wish, **change)
    assert refused.status_code == 403
    assert "页面已过期" in refused.text
    person.sign_in().see("/console")
    assert person.post("/console/sign-out", **change).status_code == 403
    person.see("/console")


def test_signing_out_ends_the_session_itself_and_only_this_one(app):
    person = Visitor(app, "operator").sign_in()
    token = person.browser.get_cookie("staff").value
    other = Visitor(app, "operator").sign_in()
    person.see("/console")
    assert person.post("/console/sign-out").status_code == 303
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/staff/me", headers=headers).status_code == 401
    assert person.get("/console").status_code == 303
    other.see("/console")


def test_sessions_are_listed_and_ended_one_by_one(app):
    person = Visitor(app, "finance").sign_in()
    elsewhere = person.browser
    person.browse(app)
    person.sign_in()
    page = person.see("/console/sessions", "当前会话")
    name = page.split("/console/sessions/")[1].split("/end")[0]
    stranger = Visitor(app, "finance").sign_in()
    stranger.see("/console/sessions")
    assert stranger.post(f"/console/sessions/{name}/end").status_code == 404
    assert elsewhere.get("/console", headers=HTML).status_code == 200
    person.do(f"/console/sessions/{name}/end")
    assert elsewhere.get("/console", headers=HTML).status_code == 303
    person.see("/console/sessions", "已退出该处登录")


def test_who_signs_in_gets_where_they_wanted_but_never_to_another_site(app):
    person = Visitor(app, "operator")
    for wanted, reached in [
        ("/console/sessions", "/console/sessions"),
        ("https://elsewhere.example/console", "/console"),
        ("//elsewhere.example/console", "/console"),
        ("/\\elsewhere.example", "/console"),
    ]:
        person = Visitor(app, "operator")
        person.get("/console/sign-in", next=wanted)
        wish = {"username": person.username, "password": PASSWORD, "totp": person.code()}
        assert person.post("/console/sign-in", **wish, next=wanted).location == reached


def test_english_is_a_click_away_and_stays(app):
    person = Visitor(app, "operator").sign_in()
    person.see("/console")
    assert person.post("/console/language", language="en", next="/console").location == "/console"
    assert "Sign out" in person.see("/console", 'lang="en"', "Operator console")
    assert person.get("/console/sign-in", next="//[").status_code == 200  # no address at all
    person.post("/console/language", language="zh", next="/console")
    person.see("/console", "退出登录")


def test_each_page_carries_the_walls(app):
    person = Visitor(app, "operator")
    for path in ("/console/sign-in", "/console/nowhere"):
        headers = person.get(path).headers
        if path == "/console/sign-in":
            assert "script-src 'self'" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["Cache-Control"] == "no-store"
    person.sign_in()
    lost = person.get("/console/nowhere")
    assert lost.status_code == 404
    assert "没有找到" in lost.text
    assert not [part for part in ("<style", "style=", "onclick=", "<script>") if part in lost.text]


def test_who_is_not_a_browser_reads_problems(app):
    answer = app.test_client().get("/console")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_staff_without_a_role_of_the_platform_stay_outside(app):
    runner = Visitor(app, "runner").sign_in()
    answer = runner.get("/console")
    assert answer.status_code == 403
    assert "没有权限" in answer.text


def test_a_proof_is_asked_again_by_the_api_and_notes_the_session(app):
    person = Visitor(app, "operator").sign_in()
    person.see("/console")
    answer = person.post("/console/confirm", confirm_to="/console/sessions", password="wrong")
    assert answer.status_code in (401, 422)
    assert hidden(answer.text, "confirm_to") == "/console/sessions"
    wish = {"password": PASSWORD, "totp": person.code()}
    onwards = person.post("/console/confirm", confirm_to="/console/sessions", **wish)
    assert (onwards.status_code, onwards.location) == (307, "/console/sessions")
    away = person.post("/console/confirm", confirm_to="https://elsewhere.example", **wish)
    assert away.status_code == 404


def test_an_account_that_was_closed_is_out_at_once(app):
    from app.core import auth

    person = Visitor(app, "operator").sign_in()
    in_transaction(lambda: auth.revoke_sessions(person.id))
    assert person.get("/console").status_code == 303


def test_whoever_was_given_a_password_chooses_one_before_anything_else(app):
    person = Visitor(app, "operator")
    given = text("UPDATE core_staff SET must_change_password = true WHERE id = :id")
    in_transaction(lambda: db.session.execute(given, {"id": person.id}).close())
    person.get("/console/sign-in")
    wish = {"username": person.username, "password": PASSWORD, "totp": person.code()}
    assert person.post("/console/sign-in", **wish).location == "/console/password"
    away = person.get("/console")
    assert (away.status_code, away.location) == (303, "/console/password")
    person.see("/console/password", "至少 12 个字符")
    short = person.post("/console/password", current=PASSWORD, new="short")
    assert short.status_code == 422
    assert 'value="short"' not in short.text
    chosen = person.post("/console/password", current=PASSWORD, new="a password of my own")
    assert (chosen.status_code, chosen.location) == (303, "/console")
    person.see("/console", "概览")


def test_a_form_larger_than_any_of_ours_is_refused_as_a_page(app):
    person = Visitor(app, "operator").sign_in()
    person.see("/console/sessions")
    large = person.post("/console/password", current="x" * 70_000, new="y")
    assert large.status_code == 413
    assert "请求内容过大" in large.text
