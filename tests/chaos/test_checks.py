"""Each check passes where nothing is wrong, and fails for the one thing that is."""

import pytest

from chaos import checks_books, checks_outside, checks_reads
from tests.chaos.evidence import MEMBER, SALE, WITHDRAWAL, attempt, good, read


def add_to(seen, identity, amount):
    journal = next(one for one in seen.journals if one["id"] == identity)
    journal["entries"][0]["amount_fen"] += amount


def post_again(seen, identity):
    journal = next(one for one in seen.journals if one["id"] == identity)
    seen.journals.append(journal | {"id": identity + "-again"})


def refuse(seen, operation):
    operation.verdict = "fail"
    record = next(one for one in seen.records if one["number"] == operation.number)
    record |= {"class": "fail", "status": 409}


def repeat(seen, **changed):
    seen.records.append(attempt(seen.operations[1], 5.0, **({"op": "repeat"} | changed)))


def answer(seen, status, retry_after=None, moment=5.0):
    told = {"class": "info", "status": status, "retry_after": retry_after}
    seen.records.append(attempt(seen.operations[1], moment, **told))


def look(seen, moment, **purses):
    shown = {name: (fen, version) for name, (fen, version) in purses.items()}
    made = {n: {"balance_fen": f, "ledger_version": v} for n, (f, v) in shown.items()}
    seen.records.append(read(moment, made))


def bill(seen, **changed):
    seen.books["transfers"].append(seen.books["transfers"][0] | changed)


def drop(seen, identity):
    seen.journals[:] = [one for one in seen.journals if one["id"] != identity]


SPOILT = {
    "a fen appears": (checks_books.conservation, lambda s: add_to(s, "j4", 1)),
    "a purse shows a fen more": (
        checks_books.derivation,
        lambda s: s.wallets[MEMBER]["rebate"].update(balance_fen=5_001),
    ),
    "a fund shows a fold twice": (
        checks_books.derivation,
        lambda s: s.funds["operations"].update(balance_fen=-14_980),
    ),
    "the audit finds something": (checks_books.derivation, lambda s: s.verified.update(exit=1)),
    "an accepted payment is lost": (checks_books.no_loss, lambda s: drop(s, "j3")),
    "a sale is shared out twice": (checks_books.no_loss, lambda s: post_again(s, "j4")),
    "a payment is posted twice": (checks_books.no_phantom, lambda s: post_again(s, "j3")),
    "a withdrawal nobody asked for": (
        checks_books.no_phantom,
        lambda s: s.operations.pop(2),
    ),
    "a refused payment is posted": (
        checks_books.refusals,
        lambda s: refuse(s, s.operations[1]),
    ),
    "a key takes another body": (
        checks_books.refusals,
        lambda s: repeat(s, op="misuse", amount_fen=555),
    ),
    "a repetition is done anew": (checks_books.repetition, lambda s: repeat(s, replayed=False)),
    "a repetition is answered otherwise": (
        checks_books.repetition,
        lambda s: repeat(s, replayed=True, answer_sha="other"),
    ),
    "a purse is below its floor": (
        checks_reads.snapshots,
        lambda s: look(s, 6.0, rebate=(-1, 1)),
    ),
    "a look shows half of a movement": (
        checks_reads.snapshots,
        lambda s: look(s, 2.5, rebate=(15_000, 1), withdrawing=(10_000, 1)),
    ),
    "a balance is not that of its version": (
        checks_reads.real_time,
        lambda s: look(s, 2.5, rebate=(14_999, 1)),
    ),
    "a version goes back": (checks_reads.real_time, lambda s: look(s, 11.0, rebate=(15_000, 1))),
    "an acknowledged payment is not shown": (
        checks_reads.real_time,
        lambda s: look(s, 2.5, prepaid_principal=(2_001, 1)),
    ),
    "a second payout under another number": (
        checks_outside.payouts,
        lambda s: bill(s, out_bill_no="f" * 12),
    ),
    "booked as paid, but WeChat refused": (
        checks_outside.payouts,
        lambda s: s.books["transfers"][0].update(state="FAIL"),
    ),
    "a top-up is credited twice": (checks_outside.credits, lambda s: post_again(s, "j1")),
    "a paid top-up is not credited": (checks_outside.credits, lambda s: drop(s, "j1")),
    "WeChat holds another sum": (
        checks_outside.credits,
        lambda s: s.books.update(basic_fen=1_990),
    ),
    "a withdrawal stays open": (
        checks_outside.liveness,
        lambda s: s.finals[WITHDRAWAL].update(status="sending"),
    ),
    "a payment stays open": (
        checks_outside.liveness,
        lambda s: s.finals[SALE].update(status="awaiting"),
    ),
    "a hold is never given back": (checks_outside.liveness, lambda s: drop(s, "j6")),
    "a notice waits": (checks_outside.liveness, lambda s: s.ready.update(notices_unprocessed=1)),
    "a 500": (checks_outside.hygiene, lambda s: answer(s, 500)),
    "a 503 without Retry-After": (checks_outside.hygiene, lambda s: answer(s, 503)),
    "a 503 without a fault": (checks_outside.hygiene, lambda s: answer(s, 503, "2", 200.0)),
}
CHECKS = sorted({check for check, _ in SPOILT.values()}, key=lambda check: check.__name__)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_good_run_passes_each_check(check):
    seen = good()
    repeat(seen, replayed=True)
    refused = attempt(seen.operations[1], 6.0)
    seen.records.append(refused | {"op": "misuse", "amount_fen": 555, "status": 422} | FAILED)
    answer(seen, 503, "2")

    found = check(seen)

    assert found.findings == []
    assert found.passed


FAILED = {"class": "fail", "answer": {"code": "idempotency_key_reused"}}


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_run_is_found_out(what):
    check, spoil = SPOILT[what]
    seen = good()
    spoil(seen)

    assert check(seen).findings


def test_a_check_that_looked_at_nothing_has_not_passed():
    from chaos.findings import Check

    assert not Check("O-0", "nothing").passed
