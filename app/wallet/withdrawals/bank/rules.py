"""What the bank's word makes of a line: pure. Who has to say it is answers.py's."""

from __future__ import annotations

from enum import StrEnum

from app.wallet.withdrawals.bank.formats import Outcome

ENDS = {
    ("sent", Outcome.PAID): "paid",
    ("sent", Outcome.FAILED): "failed",
    ("sent", Outcome.RETURNED): "failed",
    ("paid", Outcome.RETURNED): "returned",
}
REPEATED = {
    ("paid", Outcome.PAID),
    ("failed", Outcome.FAILED),
    ("failed", Outcome.RETURNED),
    ("returned", Outcome.PAID),
    ("returned", Outcome.RETURNED),
}
PENDING = ("sent", "paid")
"""States in which an outcome can wait for its second person."""


class Waiting(StrEnum):
    """Why an outcome that was told is not carried out yet."""

    SECOND_PERSON = "second_person_needed"
    SAME_EYES = "told_by_the_same"


def end_of(state: str, outcome: Outcome) -> str | None:
    """The state of a line after an outcome; None where it contradicts the line's end."""
    return ENDS.get((state, outcome))


def is_repeated(state: str, outcome: Outcome) -> bool:
    """Whether a line is where this outcome has brought it, or beyond."""
    return (state, outcome) in REPEATED


def gives_back(outcome: Outcome) -> bool:
    """Whether an outcome makes the money its owner's again: that takes two people."""
    return outcome is not Outcome.PAID
