"""What is logged of a fault says where it was, and nothing of what the row held."""

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from structlog.processors import format_exc_info

from app.core import logs
from app.core.db import db
from app.core.schemas import Body

NAME = "王小明\nof two lines"


class Telephone(Body):
    """Something with a form."""

    number: int


@pytest.fixture
def refused(context):
    """What PostgreSQL says of a row with a name in it that it does not take."""
    statement = text(
        "INSERT INTO core_outbox (bucket, id, reader, payload, state, due_at, created_at) VALUES "
        "(1, gen_random_uuid(), :name, '{}', 'nowhere', now(), now())"
    )
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(statement, {"name": NAME})
    return caught.value


def test_a_refused_row_is_not_logged(refused):
    told = logs.without_rows(None, "error", format_exc_info(None, "", {"exc_info": refused}))
    assert "core_outbox_state_check" in told["exception"]
    assert "[SQL: INSERT INTO core_outbox" in told["exception"]
    assert "王小明" not in told["exception"]
    assert "two lines" not in told["exception"]


def test_what_staff_see_of_an_error_says_where_it_was_and_nothing_of_the_row(refused):
    assert "王小明" in str(refused)
    told = logs.told(refused)
    assert "core_outbox_state_check" in told
    assert told.startswith("IntegrityError: ")
    assert "王小明" not in told
    assert "two lines" not in told


def test_what_staff_see_of_a_value_without_its_form_is_where_it_was():
    with pytest.raises(ValidationError) as caught:
        Telephone.model_validate({"number": "13800138000x"})
    assert "13800138000x" in str(caught.value)
    assert logs.told(caught.value) == "ValidationError: Telephone: number"


def test_what_staff_see_of_an_error_is_short():
    assert logs.told(RuntimeError("away")) == "RuntimeError: away"
    assert len(logs.told(RuntimeError("x" * 9000))) == logs.MOST_TOLD
