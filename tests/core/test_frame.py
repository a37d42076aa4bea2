"""The HTTP frame: malformed input is a clear problem and never a fault."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask import Response
from pydantic import SecretStr
from werkzeug.test import create_environ

from app.core.config import settings
from app.core.kept import Kept

TOKEN = "k7Qw2Zt9Rv4Xb6Ly3Hd8Gj1Fs0PaMn5C"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}
SIGN_IN = "/api/v1/staff/sessions"


def test_unknown_address_is_a_problem_with_a_code(client):
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "not_found"


def test_wrong_method_is_named(client):
    answer = client.put(SIGN_IN)
    assert answer.status_code == 405
    assert answer.json["code"] == "method_not_allowed"
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 60_000, b'{"a": NaN}x', b"\xff\xfe", b'"\\ud800"', b"9" * 5_000]
)
def test_malformed_json_is_refused(client, body):
    answer = client.post(SIGN_IN, data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json["code"] in ("malformed_request", "invalid_request")


@pytest.mark.parametrize("body", [[], "text", 7, {}, {"username": "a\x00b"}])
def test_other_shapes_are_refused(client, body):
    answer = client.post(SIGN_IN, json=body)
    assert answer.status_code == 422
    assert answer.json["code"] == "invalid_request"


def test_unknown_fields_are_refused(client):
    fields = {"username": "a", "password": "b", "totp": "123456", "admin": True}
    answer = client.post(SIGN_IN, json=fields)
    assert answer.status_code == 422
    assert "admin" in answer.json["errors"]


def test_a_huge_body_is_refused(client):
    answer = client.post(SIGN_IN, data=b"x" * 70_000, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json["code"] == "too_large"


def test_ready_names_what_it_depends_on(client):
    answer = client.get("/healthz/ready")
    assert answer.status_code == 200
    assert answer.json["db"] == "up"
    assert answer.json["redis"] == "up"
    assert answer.json["schema"]


def test_description_names_the_decision_of_each_route(client):
    paths = client.get("/openapi.json").json["paths"]
    operations = [op for path in paths.values() for op in path.values() if isinstance(op, dict)]
    assert operations
    assert all(op["x-auth"] for op in operations)


def test_a_database_error_carries_no_parameters(app, context):
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    from app.core.db import db

    with pytest.raises(DBAPIError) as failed:
        db.session.execute(text("SELECT 1 / length(:openid) * 0 / 0"), {"openid": "oSomebody"})
    assert "oSomebody" not in str(failed.value)


@pytest.fixture
def production(monkeypatch):
    monkeypatch.setattr(settings(), "lianhui_env", "production")
    monkeypatch.setattr(settings(), "metrics_token", SecretStr(TOKEN))


def test_in_production_only_this_machine_and_who_has_the_token_see_the_numbers(client, production):
    shown = {"Authorization": f"Bearer {TOKEN}"}
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer other"}):
        ready = client.get("/healthz/ready", headers=headers, environ_base=ELSEWHERE)
        assert (ready.status_code, ready.json) == (200, {"status": "ready"})
        refused = client.get("/metrics", headers=headers, environ_base=ELSEWHERE)
        assert (refused.status_code, refused.json["code"]) == (403, "not_allowed")
    proxied = client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert proxied.status_code == 403
    assert "outbox_due" in client.get("/healthz/ready", headers=shown, environ_base=ELSEWHERE).json
    for answer in (client.get("/metrics"), client.get("/metrics", headers=shown)):
        assert "lianhui_outbox_due" in answer.text
    assert client.get("/healthz/live", environ_base=ELSEWHERE).json == {"status": "live"}


def test_numbers_are_counted_once_for_all_who_ask_at_the_same_time():
    counted, may_end = [], Event()

    def count():
        counted.append(1)
        assert may_end.wait(60)
        return "found"

    kept = Kept(count, lambda: 60.0)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(kept.get) for _ in range(4)]
        may_end.set()
        assert {each.result() for each in asked} == {"found"}
    assert (kept.get(), len(counted)) == ("found", 1)
    always = Kept(count, lambda: 0.0)
    assert (always.get(), always.get(), len(counted)) == ("found", "found", 3)


def test_pages_are_shown_in_no_frame_and_run_nothing_of_others(client):
    for path in ("/", "/funds", "/queue", "/reserve", "/statements/x", "/docs/errors"):
        answer = client.get(path, headers={"Accept": "text/html"})
        if answer.mimetype == "text/html":
            policy = answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, path
            assert "script" not in policy
            assert answer.headers["X-Frame-Options"] == "DENY"
    docs = client.get("/docs").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in docs
    assert "frame-ancestors 'none'" in docs


def test_browsers_are_told_to_ask_by_tls_in_production_alone(client, monkeypatch):
    assert "Strict-Transport-Security" not in client.get("/healthz/live").headers
    monkeypatch.setattr(settings(), "lianhui_env", "production")
    assert client.get("/healthz/live").headers["Strict-Transport-Security"] == "max-age=31536000"


def as_the_server_sees(app, path, method="GET"):
    environ = create_environ(path, method=method)
    heard = []
    return app.wsgi_app(environ, lambda *said: heard.append(said)), heard[0]


def test_a_whole_body_is_handed_to_the_web_server_in_one_piece(app):
    body, (status, headers) = as_the_server_sees(app, "/healthz/live")
    assert isinstance(body, list)
    assert (len(body), status) == (1, "200 OK")
    assert dict(headers)["Content-Length"] == str(len(body[0]))
    without, (status, told) = as_the_server_sees(app, "/healthz/live", "HEAD")
    assert (b"".join(without), status) == (b"", "200 OK")
    assert dict(told)["Content-Length"] == str(len(body[0]))


def test_a_stream_is_not_collected_and_a_whole_body_is_closed(app):
    pieces, closed = iter([b"1", b"2"]), []
    with app.test_request_context():
        streamed = app.make_response(Response(pieces))
        whole = app.make_response(Response([b"a", b"b"]))
    whole.call_on_close(lambda: closed.append(True))
    environ = create_environ("/")
    stream = streamed(environ, lambda *_: None)
    assert next(iter(stream)) == b"1"
    assert next(pieces) == b"2"
    assert whole(environ, lambda *_: None) == [b"ab"]
    assert closed == [True]
