"""Random histories of one member's wallet beside a model that fits on a page."""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.core.auth import Principal
from app.core.db import db, in_transaction
from app.core.errors import SecondPersonNeeded
from app.core.world import PLATFORM_ID, bucket_of, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import service as wallet
from app.wallet.rules import Purse
from app.wallet.withdrawals import batches as withdrawal_batches
from app.wallet.withdrawals import payouts
from app.wallet.withdrawals.channels import wechat_transfer
from app.wallet.withdrawals.rules import FINAL, Step, WithdrawalState
from app.wechat import client as wechat
from tests.wallet.people import earned, member, purse

ANSWERS = sorted(wechat_transfer.STEP_OF_STATE)
AMOUNTS = st.sampled_from([10_000, 19_999, 20_000, 9_999, 90_000, 199_999, 200_000])
STAFF = (new_id(), new_id())


class Wallet(RuleBasedStateMachine):
    """What the rules say must be in each purse, and where each withdrawal stands."""

    def __init__(self) -> None:
        super().__init__()
        self.member_id = member()
        self.caller = Principal("member", self.member_id, frozenset({"member"}))
        self.rebate = self.prepaid = self.held = self.withdrawing = 0
        self.holds: dict = {}
        self.withdrawals: dict = {}
        self.contradictions: dict = {}
        self.endorsed: dict = {}
        self.batched: set = set()
        self.earn(390_000)  # enough for several withdrawals from the first step on

    @rule(amount=st.integers(1, 40_000))
    def earn_more(self, amount):
        self.earn(amount)

    def earn(self, amount):
        earned(self.member_id, amount)
        self.rebate += amount

    @rule(amount=st.integers(1, 5_000))
    def receive_prepaid(self, amount):
        lot_id = new_id(bucket_of(self.member_id))
        self._post(
            Leg(self.member_id, Account.PREPAID_PRINCIPAL, amount, lot_id),
            Leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount),
        )
        self.prepaid += amount

    @rule(amount=st.integers(1, 60_000))
    def hold(self, amount):
        purses = [Purse.PREPAID, Purse.REBATE]
        try:
            found = wallet.plan_payment(self.member_id, amount, purses, experience_cap_fen=0)
        except wallet.NotEnough:
            assert amount > self.prepaid + self.rebate
            return
        assert amount <= self.prepaid + self.rebate
        journal = wallet.hold_journal(new_id(), self.member_id, found.parts, new_id().hex)
        in_transaction(lambda: ledger.post([journal]))
        from_prepaid = min(amount, self.prepaid)
        self.holds[journal.id] = (from_prepaid, amount - from_prepaid)
        self.prepaid -= from_prepaid
        self.rebate -= amount - from_prepaid
        self.held += amount

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), times=st.integers(1, 2))
    def release(self, data, times):
        hold_id = data.draw(st.sampled_from(sorted(self.holds)))
        for _ in range(times):
            in_transaction(lambda: wallet.release_hold(hold_id, f"release:{hold_id}"))
        prepaid, rebate = self.holds.pop(hold_id)
        self.prepaid += prepaid
        self.rebate += rebate
        self.held -= prepaid + rebate

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def spend(self, data):
        hold_id = data.draw(st.sampled_from(sorted(self.holds)))
        amount = sum(self.holds.pop(hold_id))
        self._post(
            *wallet.held_legs(self.member_id, amount),
            Leg(PLATFORM_ID, Account.BANK_CUSTODY, amount),
        )
        self.held -= amount

    @rule(amount=AMOUNTS)
    def withdraw(self, amount):
        try:
            one, state = in_transaction(lambda: self._request(amount))
        except (wallet.AmountOutOfRange, wallet.RealNameRequired):
            assert amount < 10_000 or amount >= 200_000
            return
        except wallet.WithdrawalLimitReached as refusal:
            is_count = refusal.extra["limit"] == "count"
            assert (len(self.withdrawals) >= 10) == is_count
            assert is_count or amount > 200_000 - self._withdrawn_today()
            return
        except ledger.InsufficientFunds:
            assert amount > self.rebate
            return
        assert 10_000 <= amount <= 200_000 - self._withdrawn_today()
        is_automatic = amount < 20_000 and len(self.withdrawals) < 3  # the fourth is too quick
        assert state == ("approved" if is_automatic else "reviewing")
        self.withdrawals[one] = (WithdrawalState(state), amount)
        self.contradictions[one] = 0
        self.rebate -= amount
        self.withdrawing += amount

    def _withdrawn_today(self):
        given_back = ("returned", "rejected", "cancelled")
        return sum(amount for state, amount in self.withdrawals.values() if state not in given_back)

    @precondition(lambda self: self.withdrawals)
    @rule(
        data=st.data(),
        step=st.sampled_from([Step.APPROVE, Step.REJECT]),
        person=st.sampled_from(STAFF),
    )
    def decide(self, data, step, person):
        one = data.draw(st.sampled_from(sorted(self.withdrawals)))
        state, amount = self.withdrawals[one]
        endorsed = self.endorsed.setdefault(one, set())
        try:
            if step is Step.APPROVE:
                in_transaction(lambda: wallet.approve_withdrawal(one, person))
            else:
                in_transaction(lambda: wallet.reject_withdrawal(one, person, "-"))
        except wallet.WithdrawalNotReviewable:
            assert state is not WithdrawalState.REVIEWING
            return
        except SecondPersonNeeded:
            assert state is WithdrawalState.REVIEWING
            assert person in endorsed
            return
        assert state is WithdrawalState.REVIEWING
        if step is Step.REJECT:
            self._become(one, "rejected")
        elif amount >= 100_000 and not endorsed:
            endorsed.add(person)
        else:
            assert person not in endorsed
            self._become(one, "approved")

    @precondition(lambda self: self.withdrawals)
    @rule(data=st.data())
    def take_back(self, data):
        one = data.draw(st.sampled_from(sorted(self.withdrawals)))
        state = self.withdrawals[one][0]
        try:
            row = in_transaction(lambda: self._cancel(one))
        except wallet.WithdrawalNotCancellable:
            assert state in FINAL
            return
        if state in (WithdrawalState.REVIEWING, WithdrawalState.APPROVED):
            assert row == ("cancelled", False)
            self._become(one, "cancelled")
        else:
            assert row == (state, True)

    def _cancel(self, one):
        row = wallet.cancel_withdrawal(one, self.caller)
        return row.state, row.is_asked_back

    @rule()
    def send_batches(self):
        while withdrawal_batches.send_due():
            pass
        approved = [one for one, (state, _) in self.withdrawals.items() if state == "approved"]
        self.batched.update(approved)

    @precondition(lambda self: self.withdrawals)
    @rule(
        data=st.data(), begin=st.booleans(), answers=st.lists(st.sampled_from(ANSWERS), max_size=6)
    )
    def hear_from_wechat(self, data, begin, answers):
        one = data.draw(st.sampled_from(sorted(self.withdrawals)))
        if begin:
            in_transaction(lambda: payouts._begin(one))  # what is written before the call
            if self.withdrawals[one][0] is WithdrawalState.APPROVED and one in self.batched:
                self._become(one, "sending")
        for answer in answers:
            self._hear(one, answer)

    def _hear(self, one, answer):
        state, amount = self.withdrawals[one]
        fields = {"out_bill_no": one.hex, "state": answer, "transfer_amount": amount}
        told = wechat.transfer_status(fields)
        in_transaction(lambda: payouts.note_transfer(told, is_confirmed=True))
        ends = {"SUCCESS": "paid", "FAIL": "returned", "CANCELLED": "returned"}
        if state in (WithdrawalState.SENDING, WithdrawalState.WAITING_CONFIRMATION):
            waiting = "waiting_confirmation" if answer == "WAIT_USER_CONFIRM" else "sending"
            self._become(one, ends.get(answer, waiting))
        elif state in FINAL and answer not in ends and state not in ("rejected", "cancelled"):
            pass  # late news of what was before the end
        elif ends.get(answer) != state:
            self.contradictions[one] += 1

    def _become(self, one, state):
        amount = self.withdrawals[one][1]
        self.withdrawals[one] = (WithdrawalState(state), amount)
        if WithdrawalState(state) in FINAL:
            self.withdrawing -= amount
            self.rebate += 0 if state == "paid" else amount

    def _request(self, amount):
        row = wallet.request_withdrawal(self.member_id, amount)
        return row.id, row.state

    def _post(self, *legs):
        identity = new_id(bucket_of(self.member_id))
        journal = Journal(identity, "test", PLATFORM_ID, PLATFORM_ID, identity.hex, legs)
        in_transaction(lambda: ledger.post([journal]))

    @invariant()
    def books_agree(self):
        assert purse(self.member_id, Account.REBATE) == self.rebate
        assert purse(self.member_id, Account.PREPAID_PRINCIPAL) == self.prepaid
        assert purse(self.member_id, Account.PAYMENT_HOLD) == self.held
        assert purse(self.member_id, Account.WITHDRAWING) == self.withdrawing
        lots = ledger.lots(self.member_id, Account.PREPAID_PRINCIPAL)
        assert sum(lots.values()) == self.prepaid

    @invariant()
    def withdrawals_agree(self):
        for one, (state, _) in self.withdrawals.items():
            row = in_transaction(lambda one=one: self._standing(one))
            assert row == (state, self.contradictions[one])

    def _standing(self, one):
        row = wallet.withdrawal(one)
        return WithdrawalState(row.state), row.contradictions

    def teardown(self):
        db.session.rollback()


@pytest.mark.usefixtures("context")
def test_random_histories_agree_with_the_model():
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Wallet,
        settings=settings(
            max_examples=int(os.environ.get("MODEL_EXAMPLES", "25")),
            stateful_step_count=int(os.environ.get("MODEL_STEPS", "25")),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
