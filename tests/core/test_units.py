"""A unit of work keeps to one connection."""

from sqlalchemy import text

from app.core.db import db, in_transaction, read

WHO = text("SELECT pg_backend_pid()")


def test_a_reading_within_a_unit_needs_no_second_connection(context):
    def unit():
        return db.session.execute(WHO).scalar_one(), read(WHO)[0][0]

    mine, of_the_reading = in_transaction(unit)
    assert mine == of_the_reading
