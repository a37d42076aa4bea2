"""One database for each test process, migrated once; every test makes its own owners in it."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.databases import address_of
from tests.scheduling import WholeFiles, longest_first
from tests.wechat.pretend import Sandbox, running

ROOT = Path(__file__).resolve().parent.parent
NOWHERE = "http://127.0.0.1:9"  # nothing listens: a forgotten network call fails at once


def pytest_configure() -> None:
    gc.disable()  # until all tests are known: what is made so far stays


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> WholeFiles:
    """How parallel processes share the tests (`-n`)."""
    return WholeFiles(config, log)


def _development_settings() -> dict[str, str]:
    text = (ROOT / "config" / "development.env").read_text()
    return dict(re.findall(r"^([A-Z_0-9]+)=(.*)$", text, re.MULTILINE))


def _write_keys(folder: Path) -> dict[str, str]:
    paths = {}
    for name in ("merchant", "platform"):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = folder / f"{name}_private_key.pem"
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        public = folder / f"{name}_public_key.pem"
        public.write_bytes(
            key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        paths[f"{name}_private"], paths[f"{name}_public"] = str(private), str(public)
    return {
        "WECHAT_PAY_PRIVATE_KEY_FILE": paths["merchant_private"],
        "WECHAT_PAY_PUBLIC_KEY_FILE": paths["platform_public"],
        "TEST_PLATFORM_PRIVATE_KEY_FILE": paths["platform_private"],
        "TEST_MERCHANT_PUBLIC_KEY_FILE": paths["merchant_public"],
    }


def redis_address(process: str) -> str:
    """A database of the test's Redis for one test process: those in parallel share no keys."""
    number = int(process.removeprefix("gw")) % 8 + 1 if process != "main" else 0
    return urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()


@pytest.fixture(scope="session", autouse=True)
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The settings of the test process, and its own freshly created database."""
    if "DATABASE_URL" not in os.environ:
        pytest.exit("run the tests with ./test, which starts PostgreSQL and Valkey", 3)
    process = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ.setdefault("TEST_SERVER_URL", os.environ["DATABASE_URL"])
    name = f"lianhui_test_{process}_{os.getpid()}"
    with psycopg.connect(os.environ["TEST_SERVER_URL"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    os.environ.update(_development_settings())
    os.environ.update(_write_keys(tmp_path_factory.mktemp("keys")))
    os.environ.update(
        LIANHUI_ENV="test",
        DATABASE_URL=address_of(name),
        REDIS_URL=redis_address(process),
        BASE_URL="http://testserver",
        WECHAT_API_BASE=NOWHERE,
        WECHAT_MP_BASE=NOWHERE,
        WECHAT_OPEN_BASE=NOWHERE,
        WECHAT_PAY_BASE=NOWHERE,
        # Every member of the tests is minutes old, and all tests of a process share one day.
        RISK_NEW_ACCOUNT_HOURS="0",
        PAYMENT_FREE_DAILY_FEN="1000000000000",
        WITHDRAWAL_AUTOMATIC_DAILY_LIMIT_FEN="1000000000000",
    )
    yield
    with psycopg.connect(os.environ["TEST_SERVER_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def app(environment: None):
    """The application on a migrated database."""
    from flask_migrate import upgrade
    from jinja2 import StrictUndefined

    from app import create_app

    application = create_app()
    application.jinja_env.undefined = StrictUndefined  # a page that names what it lacks fails here
    with application.app_context():
        upgrade(directory=str(ROOT / "migrations"))
    gc.collect()
    gc.freeze()  # neither the application is ever looked through for waste again
    return application


@pytest.fixture(scope="session", autouse=True)
def own_hasher() -> Iterator[PasswordHasher]:
    """What the product hashes passwords and PINs with: a quarter of a second and 64 MiB each.

    The tests ask for several hundred and get the same algorithm at its least cost; what the
    product's processes do is not changed.
    """
    from app.core import hashing

    own = hashing.HASHER
    hashing.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield own
    hashing.HASHER = own


@pytest.fixture(scope="module", autouse=True)
def nothing_left_to_read(environment: None) -> None:
    """What another file's tests left in the outbox need not be read by the tests of this one."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('core_outbox')").fetchone() != (None,):
            connection.execute("DELETE FROM core_outbox")


@pytest.fixture
def context(app) -> Iterator[None]:
    """An application context; what a test leaves uncommitted is rolled back."""
    from app.core.db import db

    with app.app_context():
        yield
        db.session.rollback()


@pytest.fixture(scope="session")
def started_sandbox(app, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The one sandbox process of this test process; it stands here and nowhere else, because
    every folder that imported it would start one more. `tests.wechat.conftest.sandbox` empties
    it for each test."""
    with running(app, tmp_path_factory.mktemp("sandbox")) as started:
        yield started


@pytest.fixture
def client(app):
    """An HTTP client without a session."""
    return app.test_client()
