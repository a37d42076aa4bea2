"""Whose requests are counted: the caller's, as far as our own proxies vouch for them."""

import pytest
from flask import Flask
from flask_limiter.util import get_remote_address

from app.core.limits import trust_proxies

FORGED = {"X-Forwarded-For": "203.0.113.7, 198.51.100.9"}


@pytest.mark.parametrize(
    ("proxies", "counted"), [(0, "127.0.0.1"), (1, "198.51.100.9"), (2, "203.0.113.7")]
)
def test_only_our_own_proxies_say_where_a_caller_comes_from(proxies, counted):
    app = Flask(__name__)
    app.add_url_rule("/", view_func=get_remote_address)
    trust_proxies(app, proxies)
    assert app.test_client().get("/", headers=FORGED).text == counted


def test_what_everybody_may_look_at_is_counted_for_each_address(client, context):
    paths = ("/reserve", "/queue", "/funds/charity", "/membership")
    ours = ("reserve", "reserve/days", "queue-pool", "running-campaigns")
    for path in (*paths, *(f"/api/v1/{each}" for each in ours)):
        assert client.get(path).headers["X-RateLimit-Limit"] == "600", path
