"""The HTTP frame: malformed input is a clear problem and never a fault."""

import pytest

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
