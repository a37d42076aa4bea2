"""The short way past Flask: what it answers looks as if Flask had, and it answers nothing else."""

from __future__ import annotations

import io
from uuid import UUID

import pytest

from app.core.config import settings
from app.wechat import door, pushes
from tests.wechat.letters import seal, xml

pytestmark = pytest.mark.usefixtures("context")


def push(**more):
    """Query and body of a genuine push."""
    fields = {
        "ToUserName": settings().wechat_oa_original_id,
        "FromUserName": "o_door",
        "CreateTime": "1763784000",
        "MsgType": "event",
        "Event": "view",
        **more,
    }
    token = settings().wechat_oa_token.get_secret_value()
    aes_key = settings().wechat_oa_aes_key.get_secret_value()
    return seal(token, aes_key, settings().wechat_oa_app_id, xml(fields))


@pytest.fixture
def flask_alone(app, monkeypatch):
    """A client of the application without the door."""
    monkeypatch.setattr(app, "wsgi_app", app.wsgi_app._inner)
    return app.test_client()


def test_a_push_gets_the_same_answer_with_the_door_and_without(client, messages, app, monkeypatch):
    query, body = push(EventKey="same")
    through = client.post(door.ADDRESS, query_string=query, data=body)
    monkeypatch.setattr(app, "wsgi_app", app.wsgi_app._inner)
    without = app.test_client().post(door.ADDRESS, query_string=query, data=body)
    for answer in (through, without):
        UUID(answer.headers.pop("X-Request-Id"))
    assert (through.status_code, through.data) == (without.status_code, without.data)
    assert dict(through.headers) == dict(without.headers)


@pytest.mark.parametrize("change", [{"msg_signature": "0" * 40}, {"nonce": "other"}])
def test_a_refusal_has_the_form_of_every_other_and_names_its_request(client, messages, change):
    query, body = push()
    answer = client.post(door.ADDRESS, query_string=query | change, data=body)
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_a_fault_of_ours_is_503_and_happens_once(client, messages, monkeypatch):
    happened = []

    def fail(proof, body):
        happened.append(body)
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(pushes, "answer", fail)
    query, body = push()
    answer = client.post(door.ADDRESS, query_string=query, data=body)
    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert happened == [body]


def test_the_first_of_two_equal_parameters_counts_as_everywhere(client, messages, flask_alone):
    query, body = push(EventKey="twice")
    text = "&".join(f"{name}={value}" for name, value in query.items())
    for suffix, status in ((f"{text}&nonce=other", 200), (f"nonce=other&{text}", 403)):
        for one in (client, flask_alone):
            answer = one.post(f"{door.ADDRESS}?{suffix}", data=body)
            assert answer.status_code == status


@pytest.mark.parametrize("length", ["", "-1", "1e3", "٣", "65537", "9999999"])
def test_a_body_of_no_or_too_great_length_is_left_to_flask(length):
    stream = io.BytesIO(b"x" * 10)
    environ = {"PATH_INFO": door.ADDRESS, "REQUEST_METHOD": "POST", "wsgi.input": stream}
    assert door._pushed(environ | {"CONTENT_LENGTH": length}) is None
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("method", "path"), [("GET", door.ADDRESS), ("POST", "/wechat/pay/notify"), ("PUT", "/")]
)
def test_every_other_request_is_left_to_flask(method, path):
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "CONTENT_LENGTH": "1"}
    assert door._pushed(environ) is None
