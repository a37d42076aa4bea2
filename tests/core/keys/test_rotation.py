"""Changing the keys of personal data: nothing is lost, whoever writes or is killed meanwhile."""

import base64
import json
import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import text

from app.core import crypto
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.keys import columns, rotation
from app.core.world import new_id, now
from app.members import service
from app.members.identities import identity_key, openid_context
from app.members.real_name import service as real_names
from app.members.real_name.errors import IdNumberTaken
from tests.conftest import ROOT
from tests.members.real_name import numbers

pytestmark = pytest.mark.usefixtures("context")
OLD = "development:ZGV2ZWxvcG1lbnQta2V5LW5vdC1mb3ItcmVhbC11c2U="
NEW = "new:" + base64.b64encode(b"another key, not for real use...").decode()
OTHERS = {"members_real_name_claim", "core_staff"}  # what hangs on the keys without a column


@pytest.fixture(autouse=True)
def nobody_before(context):
    """Rows of other tests would be rotated along, and of those with other keys none is readable."""
    tables = ", ".join({place.table.name for place in columns.columns()} | OTHERS)
    in_transaction(lambda: db.session.execute(text(f"TRUNCATE {tables} CASCADE")))
    yield
    in_transaction(lambda: db.session.execute(text(f"TRUNCATE {tables} CASCADE")))


@pytest.fixture
def ring(monkeypatch):
    """Sets PII_KEYS for this process."""

    def change(*keys):
        monkeypatch.setenv("PII_KEYS", ",".join(keys))
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


def person(**changed):
    """A member with a real name; their id and what they gave."""
    openid = new_id().hex
    made = in_transaction(lambda: service.register("app", openid, None, "test", None, now()))
    wish = numbers.wish(**changed)
    number = wish["bank_card"]["number"]
    given = real_names.Given(
        wish["name"], wish["id_number"], wish["phone"], number, None, "2026-11", "test"
    )
    real_names.give(made.member_id, given)
    return made.member_id, given


def run(*arguments):
    return [sys.executable, "-m", "flask", "--app", "wsgi", "keys", *arguments]


def keys(app, *arguments):
    return app.test_cli_runner().invoke(args=["keys", *arguments])


def status(app):
    return json.loads(keys(app, "status", "--json").stdout)


def test_rotating_moves_everything_and_the_former_key_can_go(app, ring):
    people = [person() for _ in range(7)]
    ring(NEW, OLD)
    before = status(app)
    assert before["encrypts"] == "new"
    assert before["to_move"] == 7 * 5 + 7 * 3  # openid, three of the name, card; three claims
    moved = keys(app, "rotate", "--batch", "3")
    assert moved.exit_code == 0, moved.output
    after = status(app)
    assert after["to_move"] == 0
    assert keys(app, "retire", "development").exit_code == 0
    ring(NEW)
    for member_id, given in people:
        plain = real_names.plain_of(member_id)
        assert (plain.id_number, plain.card_number) == (given.id_number, given.card_number)
    places = status(app)["places"]
    assert {name for found in places.values() for name in found} == {"new"}


def test_a_key_that_is_used_is_not_retired(app, ring):
    person()
    ring(NEW, OLD)
    refused = keys(app, "retire", "development")
    assert refused.exit_code == 1
    assert "members_identity.openid: 1 rows" in refused.output
    assert status(app)["places"]["members_real_name_claim"] == {"development": 3}
    assert keys(app, "retire", "new").exit_code == 1  # it encrypts
    assert keys(app, "retire", "unknown").exit_code == 1


def test_an_id_number_stays_one_persons_at_every_step(app, ring):
    """Also for a process that was not started anew since the last step."""
    _, given = person()
    late = [(OLD, NEW), (NEW, OLD), "rotate"]
    for step in [(OLD, NEW), (NEW, OLD), "rotate", *late, "retire", (NEW,)]:
        if isinstance(step, tuple):
            ring(*step)
        else:
            arguments = [step] if step == "rotate" else [step, "development"]
            assert keys(app, *arguments).exit_code == 0
        with pytest.raises(IdNumberTaken):
            person(id_number=given.id_number)


def test_claims_that_another_version_made_meanwhile_are_joined(app, ring):
    member_id, given = person()
    ring(NEW, OLD)
    changed = real_names.Given("王晓明", *_rest(given))
    real_names.give(member_id, changed)  # makes the claims under the new key itself
    assert keys(app, "rotate").exit_code == 0
    assert status(app)["to_move"] == 0
    assert keys(app, "retire", "development").exit_code == 0


def test_what_cannot_be_read_is_told_and_left_alone(app, ring):
    member_id, _ = person()
    ring(NEW)
    told = keys(app, "rotate")
    assert told.exit_code == 1
    assert "members_real_name.name: 1 rows cannot be read" in told.output
    assert "NOT IN THE RING" in keys(app, "status").output
    ring(OLD)
    assert real_names.plain_of(member_id).name == "王小明"


def test_a_cipher_text_moved_to_another_row_is_not_carried_along(app, ring):
    (one, _), (other, _) = person(), person()
    swap = text(
        "UPDATE members_real_name SET id_number ="
        " (SELECT id_number FROM members_real_name WHERE member_id = :other) WHERE member_id = :one"
    )
    in_transaction(lambda: db.session.execute(swap, {"one": one, "other": other}))
    ring(NEW, OLD)
    told = keys(app, "rotate")
    assert told.exit_code == 1
    assert "members_real_name.id_number: 1 rows cannot be read" in told.output


def test_a_value_written_meanwhile_is_never_overwritten(app, ring, monkeypatch):
    """The row changes between being read and being written again."""
    person()
    ring(NEW, OLD)
    change = text("UPDATE members_identity SET openid = NULL")
    real = rotation._write

    def late(place, changes):
        if place.name == "members_identity.openid":
            db.session.execute(change)
        return real(place, changes)

    monkeypatch.setattr(rotation, "_write", late)
    assert keys(app, "rotate").exit_code == 0
    assert read(text("SELECT openid FROM members_identity")) == [(None,)]


def test_a_rotation_killed_under_load_is_finished_by_the_next_and_loses_nothing(app, ring):
    _many(1500)
    ring(NEW, OLD)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.core.keys.writer"],
        env=environment | {"PII_KEYS": f"{OLD},{NEW}"},  # not started anew since the step before
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    killed = subprocess.Popen(
        run("rotate", "--batch", "10", "--pause", "0.05"),
        env=environment,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert writer.stdout.readline() == "ready\n"
    assert killed.stderr.readline().startswith("members_identity")
    told = [writer.stdout.readline() for _ in range(5)]
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert 0 < _under("new") < 1500
    assert keys(app, "rotate", "--batch", "50").exit_code == 0
    told += [writer.stdout.readline() for _ in range(5)]
    told += writer.communicate("\n", timeout=30)[0].splitlines()
    assert writer.returncode == 0
    assert keys(app, "rotate").exit_code == 0
    assert keys(app, "retire", "development").exit_code == 0
    ring(NEW)
    assert status(app)["to_move"] == 0
    for line in told:
        member_id, openid, number = line.split()
        assert str(service.member_of("app", openid)) == member_id
        assert real_names.plain_of(member_id).id_number == number
    assert service.openid_of(service.member_of("app", "somebody700"), "app") == "somebody700"


def _under(name):
    return read(
        text("SELECT count(*) FROM members_identity WHERE openid LIKE :like"),
        {"like": f"{name}$%"},
    )[0][0]


def _many(count):
    insert = text(
        "INSERT INTO members_identity (key, app_id, member_id, openid, linked_at)"
        " VALUES (:key, 'app', :member_id, :openid, now())"
    )
    rows = []
    for number in range(count):
        key = identity_key("app", f"somebody{number}")
        openid = crypto.encrypt(f"somebody{number}", openid_context(key))
        rows.append({"key": key, "member_id": new_id(), "openid": openid})
    in_transaction(lambda: db.session.execute(insert, rows))


def _rest(given):
    names = ["id_number", "phone", "card_number", "bank_name", "consent_version", "consent_door"]
    return [getattr(given, name) for name in names]
