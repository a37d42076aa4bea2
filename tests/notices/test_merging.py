"""A member who became another one is still written to, and only about what they want."""

import pytest
from sqlalchemy import text

from app.core.db import db, in_transaction, read
from app.core.world import bucket_of, now
from app.members import service as members
from app.notices import windows
from app.notices.models import Preference, Subscription
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")


def rows_of(member_id, table):
    statement = f"SELECT count(*) FROM {table} WHERE member_id = :id"
    return read(text(statement), {"id": member_id})[0][0]


def test_windows_consents_and_wishes_go_along():
    first, second = world.member(), world.member()

    def write():
        windows.open_window(second, "message", now())
        values = {"bucket": bucket_of(second), "member_id": second, "changed_at": now()}
        db.session.add(Preference(**values, kind="marketing", is_wanted=False))
        db.session.add(Subscription(**values, app_id="app", template_id="t", remaining=2))

    in_transaction(write)
    in_transaction(lambda: members.merge_pasts(first, second, {}))
    for table, left in (("window", 0), ("subscription", 0), ("preference", 1)):
        assert rows_of(first, f"notices_{table}") == 1, table
        assert rows_of(second, f"notices_{table}") == left, table


def test_what_the_member_who_stays_wants_is_not_changed():
    first, second = world.member(), world.member()

    def write():
        for each, is_wanted in ((first, False), (second, True)):
            row = Preference(bucket=bucket_of(each), member_id=each, kind="marketing",
                             is_wanted=is_wanted, changed_at=now())  # fmt: skip
            db.session.add(row)

    in_transaction(write)
    in_transaction(lambda: members.merge_pasts(first, second, {}))
    kept = "SELECT is_wanted FROM notices_preference WHERE member_id = :id"
    assert read(text(kept), {"id": first})[0][0] is False
