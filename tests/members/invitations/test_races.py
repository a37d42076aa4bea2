"""Many invitations and confirmations at the same moment."""

import pytest

from app.core.config import settings
from app.core.db import in_transaction
from app.members import service
from app.members.invitations import receiving, sending
from tests.members.corrections.test_races import at_once
from tests.members.invitations.test_invitations import number, owner_of
from tests.members.people import member

pytestmark = pytest.mark.usefixtures("context")


def test_of_many_invitations_confirmed_at_once_one_counts(app):
    phone = number()
    inviters = [member() for _ in range(8)]
    ids = [in_transaction(lambda each=each: sending.invite(each, phone).id) for each in inviters]
    invitee = owner_of(phone)

    def confirm(invitation_id):
        return lambda: in_transaction(
            lambda: str(receiving.confirm(invitee, invitation_id).recommender_id)
        )

    outcomes = at_once(app, [confirm(each) for each in ids])
    assert outcomes.count("already_bound") == 7
    (winner,) = set(outcomes) - {"already_bound"}
    assert str(service.binding(invitee).recommender_id) == winner


def test_the_limit_of_a_day_holds_for_many_at_once(app, monkeypatch):
    monkeypatch.setattr(settings(), "invitations_daily", 3)
    inviter, phones = member(), [number() for _ in range(8)]

    def invite(phone):
        return lambda: in_transaction(lambda: sending.invite(inviter, phone).state)

    outcomes = at_once(app, [invite(phone) for phone in phones])
    assert sorted(outcomes) == ["invitations_exhausted"] * 5 + ["open"] * 3


def test_one_number_invited_many_times_at_once_is_one_invitation(app):
    inviter, phone = member(), number()

    def invite():
        return in_transaction(lambda: str(sending.invite(inviter, phone).id))

    assert len(set(at_once(app, [invite] * 8))) == 1


def test_two_who_invited_each_other_do_not_both_succeed(app):
    numbers = [number(), number()]
    people = [owner_of(phone) for phone in numbers]
    ids = [in_transaction(lambda n=n: sending.invite(people[n], numbers[1 - n]).id) for n in (0, 1)]

    def confirm(n):
        return lambda: in_transaction(lambda: receiving.confirm(people[1 - n], ids[n]) and "bound")

    assert sorted(at_once(app, [confirm(0), confirm(1)])) == ["binding_loop", "bound"]
