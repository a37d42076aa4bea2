"""The variables the parts of the product start with on one machine."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


@dataclass(frozen=True)
class Addresses:
    """Where everything listens. All loopback unless the variables given said otherwise."""

    web: str
    sandbox: str
    database_url: str
    redis_url: str


def product_environment(root: Path, data: Path, addresses: Addresses) -> dict[str, str]:
    """Return the variables for web, worker, relay and sandbox.

    A variable given to ./run wins over one computed here, and that over config/development.env.
    """
    settings = dotenv_values(root / "config" / "development.env", interpolate=False)
    keys = data / "keys"
    computed = {
        "LIANHUI_ENV": "development",
        "DATABASE_URL": addresses.database_url,
        "REDIS_URL": addresses.redis_url,
        "BASE_URL": addresses.web,
        "WECHAT_API_BASE": addresses.sandbox,
        "WECHAT_MP_BASE": addresses.sandbox,
        "WECHAT_OPEN_BASE": addresses.sandbox,
        "WECHAT_PAY_BASE": addresses.sandbox,
        "WECHAT_JS_SDK_URL": f"{addresses.sandbox}/open/js/jweixin-1.6.0.js",
        "H5_FRAMED_BY": addresses.sandbox,
        "CLOCK_URL": f"{addresses.sandbox}/__ctl/clock",
        "SANDBOX_CALLBACK_URL": f"{addresses.web}/wechat/callback",
        "SANDBOX_PRODUCT_URL": addresses.web,
        "SANDBOX_LISTING": str(data / "demo.json"),
        "WECHAT_PAY_PRIVATE_KEY_FILE": str(keys / "merchant_private_key.pem"),
        "WECHAT_PAY_PUBLIC_KEY_FILE": str(keys / "platform_public_key.pem"),
    }
    given = {name: value for name, value in os.environ.items() if value}
    constant = {"PYTHONPATH": str(root), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    filled = {name: value for name, value in settings.items() if value is not None}
    return {**filled, **computed, **given, **constant}


def keep_to_this_machine() -> None:
    """Adjust our own variables, so that what runs on this machine is reached as we mean it.

    A proxy is for the world outside, and libpq's variables are for another database than ours.
    """
    for name in ("NO_PROXY", "no_proxy"):
        rest = os.environ.get(name)
        os.environ[name] = ",".join(filter(None, (rest, "127.0.0.1", "localhost")))
    if not os.environ.get("DATABASE_URL"):
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]


def as_shell(environment: dict[str, str]) -> str:
    """Return those of the variables a shell does not have by itself, for `. DATA/environment`."""
    own = {name: value for name, value in environment.items() if os.environ.get(name) != value}
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in own.items())


def server_environment() -> dict[str, str]:
    """Return the few variables PostgreSQL and Valkey need; none of the product's secrets."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "LC_ALL": "C"}
