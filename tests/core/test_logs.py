"""What is logged of a fault says where it was, and nothing of what the row held."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from structlog.processors import format_exc_info

from app.core import logs
from app.core.db import db


def test_a_refused_row_is_not_logged(context):
    statement = text(
        "INSERT INTO core_outbox (bucket, id, reader, payload, state, due_at, created_at) VALUES "
        "(1, gen_random_uuid(), :name, '{}', 'nowhere', now(), now())"
    )
    name = "王小明\nof two lines"
    with pytest.raises(IntegrityError) as refused:
        db.session.execute(statement, {"name": name})
    told = logs.without_rows(None, "error", format_exc_info(None, "", {"exc_info": refused.value}))
    assert "core_outbox_state_check" in told["exception"]
    assert "[SQL: INSERT INTO core_outbox" in told["exception"]
    assert "王小明" not in told["exception"]
    assert "two lines" not in told["exception"]
