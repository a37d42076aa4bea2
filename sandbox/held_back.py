"""Deliveries that a fault holds back: lost, late, or until another one has gone out."""

from __future__ import annotations

from sandbox.records import Notice, Push
from sandbox.world import World

HOLDING = ("drop", "delay", "reorder")
LATEST = 200
PUSH_JOB, NOTICE_JOB = "push", "notice"


def hold_back(here: World, letter: Push | Notice, subject: str) -> bool:
    """Whether a fault holds back a letter that was not tried yet: it is not sent now."""
    fault = here.faults.take(subject, *HOLDING)
    if fault is None:
        return False
    with here.state.change():
        if fault.kind == "drop":
            letter.state = "dropped"
        else:
            letter.tries = -1  # held back once, no more
            letter.behind = str(fault.detail.get("behind", ""))
            if isinstance(letter, Notice):
                letter.created_at += fault.delay_seconds
            here.schedule.at(here.clock.now() + fault.delay_seconds, _job(letter), letter.id)
        _keep(here, letter)
    return True


def let_follow(here: World, subject: str) -> None:
    """Send what waits behind a letter with this subject, now that it has gone out."""
    with here.state.change():
        recent: list[Push | Notice] = [
            *here.state.pushes.latest(LATEST),
            *here.state.notices.latest(LATEST),
        ]
        for letter in recent:
            if letter.state == "pending" and letter.behind and letter.behind in subject:
                letter.behind = ""
                _keep(here, letter)
                here.schedule.at(here.clock.now(), _job(letter), letter.id)


def _job(letter: Push | Notice) -> str:
    return PUSH_JOB if isinstance(letter, Push) else NOTICE_JOB


def _keep(here: World, letter: Push | Notice) -> None:
    if isinstance(letter, Push):
        here.state.pushes.keep(letter)
    else:
        here.state.notices.keep(letter)
