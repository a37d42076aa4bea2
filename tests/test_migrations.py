"""Each migration upgrades and downgrades, and leaves nothing behind."""

import os

import psycopg
import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from tests.conftest import ROOT, database_address

TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != 'alembic_version'"
)
FUNCTIONS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"


@pytest.fixture
def empty_database(app):
    """The address of a new, empty database."""
    name = f"lianhui_migrations_{os.getpid()}"
    with psycopg.connect(os.environ["TEST_SERVER_URL"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield database_address(name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def application(empty_database, monkeypatch):
    from app import create_app
    from config.settings import settings

    monkeypatch.setenv("DATABASE_URL", empty_database)
    settings.cache_clear()
    yield create_app()
    monkeypatch.undo()
    settings.cache_clear()


def versions():
    script = ScriptDirectory(str(ROOT / "migrations"))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def left(address):
    with psycopg.connect(address) as connection:
        found = [row[0] for query in (TABLES, FUNCTIONS) for row in connection.execute(query)]
    return sorted(found)  # a column that comes and goes moves its table in the catalogue


def test_versions_are_numbered_in_one_line():
    assert versions() == [f"{number:04}" for number in range(1, len(versions()) + 1)]


def test_each_version_upgrades_and_downgrades(application, empty_database):
    folder = str(ROOT / "migrations")
    with application.app_context():
        for version in versions():
            before = left(empty_database)
            upgrade(directory=folder, revision=version)
            downgrade(directory=folder, revision="-1")
            assert left(empty_database) == before, version
            upgrade(directory=folder, revision=version)
        downgrade(directory=folder, revision="base")
    assert left(empty_database) == []
