"""What may happen to a withdrawal, and in which order: pure, no database, no clock.

Source of what WeChat tells us: fact D9. An answer that contradicts a final state leads nowhere.
"""

from __future__ import annotations

from enum import StrEnum


class WithdrawalState(StrEnum):
    """Where a withdrawal stands.

    `approved` waits until the money is there to send it, `sending` and `waiting_confirmation`
    are at WeChat, `manual` is for people: WeChat has stopped answering for it.
    """

    HELD = "held"
    REVIEWING = "reviewing"
    APPROVED = "approved"
    SENDING = "sending"
    WAITING_CONFIRMATION = "waiting_confirmation"
    MANUAL = "manual"
    PAID = "paid"
    RETURNED = "returned"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What may happen to a withdrawal: ours are verbs, WeChat's are what it tells us."""

    AUTOMATIC = "automatic"
    REVIEW = "review"
    ENDORSE = "endorse"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    ASK_BACK = "ask_back"
    SEND = "send"
    UNDER_WAY = "under_way"
    ASKED_TO_CONFIRM = "asked_to_confirm"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    HAND_OVER = "hand_over"
    PROPOSE = "propose"
    CONCLUDE = "conclude"


_S = WithdrawalState
FINAL = frozenset({_S.PAID, _S.RETURNED, _S.REJECTED, _S.CANCELLED})
AT_WECHAT = frozenset({_S.SENDING, _S.WAITING_CONFIRMATION, _S.MANUAL})
"""WeChat may have the bill."""

_FROM: dict[WithdrawalState, dict[Step, WithdrawalState]] = {
    _S.HELD: {Step.AUTOMATIC: _S.APPROVED, Step.REVIEW: _S.REVIEWING},
    _S.REVIEWING: {
        Step.ENDORSE: _S.REVIEWING,
        Step.APPROVE: _S.APPROVED,
        Step.REJECT: _S.REJECTED,
        Step.CANCEL: _S.CANCELLED,
    },
    _S.APPROVED: {Step.SEND: _S.SENDING, Step.CANCEL: _S.CANCELLED},
    _S.SENDING: {
        Step.SEND: _S.SENDING,
        Step.ASK_BACK: _S.SENDING,
        Step.UNDER_WAY: _S.SENDING,
        Step.ASKED_TO_CONFIRM: _S.WAITING_CONFIRMATION,
        Step.SUCCEEDED: _S.PAID,
        Step.FAILED: _S.RETURNED,
        Step.HAND_OVER: _S.MANUAL,
    },
    _S.WAITING_CONFIRMATION: {
        Step.ASK_BACK: _S.WAITING_CONFIRMATION,
        Step.UNDER_WAY: _S.SENDING,
        Step.ASKED_TO_CONFIRM: _S.WAITING_CONFIRMATION,
        Step.SUCCEEDED: _S.PAID,
        Step.FAILED: _S.RETURNED,
        Step.HAND_OVER: _S.MANUAL,
    },
    _S.MANUAL: {
        Step.UNDER_WAY: _S.MANUAL,
        Step.ASKED_TO_CONFIRM: _S.MANUAL,
        Step.PROPOSE: _S.MANUAL,
        Step.CONCLUDE: _S.MANUAL,
        Step.SUCCEEDED: _S.PAID,
        Step.FAILED: _S.RETURNED,
    },
    # The same end told again, or an answer from before the end that arrives after it.
    _S.PAID: {
        Step.SUCCEEDED: _S.PAID,
        Step.UNDER_WAY: _S.PAID,
        Step.ASKED_TO_CONFIRM: _S.PAID,
    },
    _S.RETURNED: {
        Step.FAILED: _S.RETURNED,
        Step.UNDER_WAY: _S.RETURNED,
        Step.ASKED_TO_CONFIRM: _S.RETURNED,
    },
}
TRANSITIONS = {(state, step): to for state, steps in _FROM.items() for step, to in steps.items()}
DECISIONS = frozenset({Step.ENDORSE, Step.ASK_BACK, Step.PROPOSE, Step.CONCLUDE})
"""Steps by people that leave the state as it is and are journaled all the same."""


def follow(state: WithdrawalState, step: Step) -> WithdrawalState | None:
    """Where a step leads from a state; None if it contradicts that state."""
    return TRANSITIONS.get((state, step))


def is_journaled(before: WithdrawalState, step: Step, after: WithdrawalState) -> bool:
    """Whether a step is written down: every change of state and every decision of a person.

    What WeChat merely repeats is not.
    """
    return before is not after or step in DECISIONS
