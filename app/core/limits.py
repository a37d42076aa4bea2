"""How often one address may ask for what is costly or guessable. Counted in Redis, and in the
process while Redis is away."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Flask, request
from flask.globals import request_ctx
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core import auth
from app.core.config import settings

SIGN_IN = "30 per minute"
# For one name from one network; and from everywhere, so high that nobody is kept out by others.
SIGN_IN_OF_ONE, SIGN_IN_OF_NAME = "10 per minute", "120 per minute"
# Login codes cannot be guessed, and many phones share one address of their network.
MEMBER_SIGN_IN = "600 per minute"
NOTES = "_limiter_request_context"
# What everybody may look at without a session, each time counted up from the books.
PUBLIC_LOOK = "600 per minute"

limiter = Limiter(
    key_func=get_remote_address,
    in_memory_fallback_enabled=True,
    swallow_errors=True,
    headers_enabled=True,
)


def install(app: Flask) -> None:
    """Counts requests by the caller's address, as seen through our own proxies."""
    limiter.init_app(app)
    # Limited views check themselves; asking before every request costs a payment a tenth, and
    # looking after every request whether there was a limit another twentieth.
    app.before_request_funcs[None].remove(limiter._check_request_limit)
    for functions in (app.after_request_funcs[None], app.teardown_request_funcs[None]):
        functions[-1] = _if_asked(functions[-1])
    trust_proxies(app, settings().trusted_proxies)


def _if_asked(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The library's function, run only where a view had limits: it then has notes on the request.
    Others' answers stay as they are."""
    return lambda given: function(given) if hasattr(request_ctx, NOTES) else given


def trust_proxies(app: Flask, count: int) -> None:
    """Takes the caller's address from X-Forwarded-For as the last `count` proxies wrote it.

    None are trusted by default: whoever sends the header could choose their address.
    """
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=0, x_host=0
        )


def username_asked() -> str:
    """Whom a sign-in is for, so that guesses from many addresses are counted together."""
    body = request.get_json(force=True, silent=True)
    name = body.get("username") if isinstance(body, dict) else None
    return f"username/{sha256(str(name).encode('utf-8', 'replace')).hexdigest()}"


def username_and_network() -> str:
    """The same, from the asker's network (/24, /64): guesses from elsewhere keep nobody out."""
    address = ip_address(get_remote_address())
    network = ip_network((address, 24 if address.version == 4 else 64), strict=False)
    return f"{username_asked()}@{network}"


def caller_asked() -> str:
    """Who asks, from whatever address: a stolen session cannot guess a password at leisure."""
    return f"caller/{auth.principal().id}"
