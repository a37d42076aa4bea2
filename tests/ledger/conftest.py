"""Books of their own for tests that read all of them."""

from __future__ import annotations

import pytest
from flask_migrate import upgrade

from app.core.db import db
from tests import databases
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def own_books(environment, request):
    """An application whose books hold nothing but this file's history: what all other tests have
    posted would be read along each time."""
    with databases.empty_database(request.module.__name__.rpartition(".")[2]) as address:
        application = databases.application_on(address)
        with application.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            yield application
            db.engine.dispose()
