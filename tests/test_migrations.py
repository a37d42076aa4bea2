"""Each migration upgrades and downgrades, and leaves nothing behind."""

import psycopg
import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from tests import databases
from tests.conftest import ROOT

TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != 'alembic_version'"
)
FUNCTIONS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"


@pytest.fixture
def empty_database(app):
    """The address of a new, empty database."""
    with databases.empty_database("migrations") as address:
        yield address


@pytest.fixture
def application(empty_database):
    return databases.application_on(empty_database)


@pytest.fixture
def read_once(monkeypatch):
    """Alembic reads the folder of versions once. Each of its commands would read it anew, which
    for hundreds of them takes three times as long as all they do to the database."""
    script = ScriptDirectory(str(ROOT / "migrations"))
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda config: script)


def versions():
    script = ScriptDirectory(str(ROOT / "migrations"))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def left(address):
    with psycopg.connect(address) as connection:
        found = [row[0] for query in (TABLES, FUNCTIONS) for row in connection.execute(query)]
    return sorted(found)  # a column that comes and goes moves its table in the catalogue


def test_versions_are_numbered_in_one_line():
    assert versions() == [f"{number:04}" for number in range(1, len(versions()) + 1)]


def test_each_version_upgrades_and_downgrades(application, empty_database, read_once):
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
