"""Databases beside the one of the test process, for tests that must not meet others' rows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from apiflask import APIFlask


def address_of(name: str) -> str:
    """The address of another database on the test server."""
    return f"{os.environ['TEST_SERVER_URL'].rsplit('/', 1)[0]}/{name}"


@contextmanager
def empty_database(purpose: str) -> Iterator[str]:
    """The address of a new, empty database, which is gone afterwards."""
    name = f"lianhui_{purpose}_{os.getpid()}"
    with psycopg.connect(os.environ["TEST_SERVER_URL"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield address_of(name)
    finally:
        with psycopg.connect(os.environ["TEST_SERVER_URL"], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def application_on(address: str) -> APIFlask:
    """An application of its own on another database; its tables are not made yet."""
    from app import create_app
    from config.settings import settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", address)
        settings.cache_clear()
        application = create_app()
    settings.cache_clear()
    return application
