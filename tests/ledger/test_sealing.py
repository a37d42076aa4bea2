import hashlib
import json
from datetime import datetime

import pytest
from sqlalchemy import text

from app.core.db import db, in_transaction
from app.core.timetable import Unfinished
from app.core.world import PLATFORM_ID, new_id
from app.ledger import canonical, sealing
from app.ledger import service as ledger
from app.ledger.audit import snapshot
from app.ledger.service import Account
from tests.ledger.books import balance, books, journal, leg, move, post, sale

pytestmark = pytest.mark.usefixtures("context")


def seal_everything():
    while ledger.fold_and_seal():
        pass


def folded(owner, account):
    return ledger.balances(owner)[account]


def test_folding_brings_credits_into_the_balance_and_changes_no_sum():
    merchant = new_id()
    post(move(merchant, Account.PENDING, 100), move(merchant, Account.PENDING, 50))
    before = books(merchant)
    seal_everything()
    assert books(merchant) == before
    assert folded(merchant, Account.PENDING) == ledger.Balance(150, 2)


def test_a_debit_takes_from_what_is_folded_at_once():
    merchant = new_id()
    post(move(merchant, Account.PENDING, 100))
    seal_everything()
    post(move(merchant, Account.PENDING, 50))
    with pytest.raises(ledger.InsufficientFunds):
        post(move(merchant, Account.PENDING, -101))
    post(move(merchant, Account.PENDING, -100))
    assert folded(merchant, Account.PENDING) == ledger.Balance(0, 2)
    assert balance(merchant, Account.PENDING) == 50
    seal_everything()
    assert folded(merchant, Account.PENDING) == ledger.Balance(50, 3)


def test_debits_of_accounts_without_floor_wait_to_be_folded_too():
    owner = new_id()
    post(journal(leg(owner, Account.SUSPENSE, -5), leg(owner, Account.CHANNEL_FEE, 5)))
    seal_everything()
    assert folded(owner, Account.SUSPENSE) == ledger.Balance(-5, 1)


def test_both_signs_on_one_append_only_account_in_one_journal():
    merchant = new_id()
    post(move(merchant, Account.PENDING, 100))
    seal_everything()
    post(
        journal(
            leg(merchant, Account.PENDING, -30),
            leg(merchant, Account.PENDING, 20),
            leg(PLATFORM_ID, Account.CHARITY, 10),
        )
    )
    assert folded(merchant, Account.PENDING) == ledger.Balance(70, 2)
    seal_everything()
    assert folded(merchant, Account.PENDING) == ledger.Balance(90, 3)


def test_a_refused_caller_may_fold_and_try_again():
    merchant = new_id()
    post(move(merchant, Account.PENDING, 10))
    debit = move(merchant, Account.PENDING, -10)
    with pytest.raises(ledger.InsufficientFunds):
        post(debit)
    seal_everything()
    post(debit)
    assert balance(merchant, Account.PENDING) == 0


def test_a_long_queue_is_worked_off_in_slices_of_time_that_say_whether_more_waits(monkeypatch):
    while ledger.fold_and_seal():
        pass
    monkeypatch.setattr(sealing, "MOST_AT_ONCE", 3)
    owner = new_id()
    post(*(move(owner, Account.SUSPENSE, 1) for _ in range(10)))
    first = ledger.work_off(seconds=0)
    assert isinstance(first, Unfinished)
    assert first == 3
    assert ledger.balances(owner)[Account.SUSPENSE].balance_fen == 3
    rest = ledger.work_off(seconds=60)
    assert not isinstance(rest, Unfinished)
    assert rest == 7
    assert ledger.balances(owner)[Account.SUSPENSE].balance_fen == 10
    assert ledger.work_off() == 0


def test_what_is_rolled_back_is_never_sealed():
    owner = new_id()

    def unit():
        ledger.post([move(owner, Account.REBATE, 5)])
        raise KeyError

    with pytest.raises(KeyError):
        in_transaction(unit)
    before = ledger.verify()
    assert (books(owner), before.findings) == ({}, [])


def test_each_journal_is_sealed_once_in_a_chain_that_verifies():
    seal_everything()
    start = ledger.anchor()
    made = [move(new_id(), Account.REBATE, amount) for amount in range(1, 8)]
    post(*made)
    assert ledger.fold_and_seal(limit=3) == 3
    assert ledger.fold_and_seal(limit=3) == 3
    assert ledger.fold_and_seal(limit=3) == 1
    assert ledger.fold_and_seal(limit=3) == 0
    lines = [line for line in ledger.export(start.seq if start else 0) if line["type"] == "journal"]
    assert sorted(line["id"] for line in lines) == sorted(str(each.id) for each in made)
    positions = [line["position"] for line in lines]
    assert positions == list(range(positions[0], positions[0] + 7))
    report = ledger.verify([start] if start else [])
    assert report.findings == []
    assert report.unsealed == 0
    assert report.head == ledger.anchor()


def test_the_text_of_a_journal_is_the_same_in_the_database_and_outside():
    owner, merchant = new_id(), new_id()
    fund = [move(owner, account, 9) for account in (Account.PREPAID_PRINCIPAL, Account.REBATE)]
    odd = 'key "with" \\ signs, \n\t\x01 汉字 𠮷 \u2028 \x7f /'
    more = {"kind": "kind’s “名”", "key": odd, "principal_id": owner}
    spent = journal(
        leg(owner, Account.PREPAID_PRINCIPAL, -2), leg(merchant, Account.PENDING, 2), **more
    )
    post(*fund, spent)
    undo = ledger.reverse(fund[1].id, key="undo", principal_id=owner)
    post(undo)
    ids = [each.id for each in (*fund, spent, undo)]
    with snapshot() as connection:
        outside = [
            canonical.digest(canonical.journal_text(*each))
            for each in canonical.stored(connection, ids)
        ]
        inside = connection.execute(
            text("SELECT digest FROM ledger_digests(CAST(:ids AS uuid[])) ORDER BY n"),
            {"ids": [str(identity) for identity in ids]},
        ).scalars()
        assert [bytes(each) for each in inside] == outside
    assert len(set(outside)) == 4


def test_the_chain_can_be_rebuilt_from_the_export_alone():
    seal_everything()
    post(sale_of_a_funded_member())
    seal_everything()
    lines = [json.loads(json.dumps(line)) for line in ledger.export()]
    previous, position = bytes(32), 1
    for at, seal in enumerate(lines):
        if seal["type"] != "seal":
            continue
        journals = lines[at + 1 : at + 1 + seal["journals"]]
        digests = [hashlib.sha256(text_of(each).encode()).digest() for each in journals]
        assert [each["digest"] for each in journals] == [each.hex() for each in digests]
        head = f"seal {seal['seq']} {position} {len(journals)} {micro(seal['sealed_at'])}\n"
        rebuilt = hashlib.sha256(previous + head.encode() + b"".join(digests))
        assert rebuilt.hexdigest() == seal["hash"]
        previous, position = rebuilt.digest(), position + len(journals)
    head = ledger.anchor()
    assert head is not None
    assert head.hash == previous.hex()


def sale_of_a_funded_member():
    member = new_id()
    for account in (Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS, Account.EXPERIENCE):
        post(move(member, account, 5000))
    return sale(member, new_id())


def micro(moment):
    at = datetime.fromisoformat(moment)
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def text_of(line):
    def dash(value):
        return "-" if value is None else value

    def quoted(value):
        return json.dumps(value, ensure_ascii=False)

    head = (
        f"journal {line['id']} {quoted(line['kind'])} {line['reference_id']} "
        f"{line['principal_id']} {quoted(line['key'])} {line['fingerprint']} "
        f"{dash(line['reverses_id'])} {micro(line['posted_at'])}\n"
    )
    return head + "".join(
        f"entry {entry['leg']} {entry['owner_id']} {entry['code']} {dash(entry['lot_id'])} "
        f"{entry['amount_fen']} {dash(entry['balance_fen'])} {dash(entry['version'])} "
        f"{micro(line['posted_at'])}\n"
        for entry in line["entries"]
    )


def test_a_limit_of_its_own_lets_one_owner_fall_so_far_and_no_further():
    store, other = new_id(), new_id()
    in_transaction(lambda: ledger.set_floor(store, Account.PREPAID_ADVANCE, -100))
    post(move(store, Account.PREPAID_ADVANCE, -100))
    before = books(store)
    for owner, amount in ((store, -1), (other, -1)):
        with pytest.raises(ledger.InsufficientFunds):
            post(move(owner, Account.PREPAID_ADVANCE, amount))
    with pytest.raises(ledger.LimitInUse):
        in_transaction(lambda: ledger.set_floor(store, Account.PREPAID_ADVANCE, -99))
    assert (books(store), books(other)) == (before, {})
    assert ledger.verify().findings == []


@pytest.mark.parametrize(("account", "floor"), [(Account.REBATE, -1), (Account.PREPAID_ADVANCE, 1)])
def test_other_limits_cannot_be_set(account, floor):
    with pytest.raises(ValueError, match="floor"):
        ledger.set_floor(new_id(), account, floor)


def test_totals_come_to_nothing_at_any_moment():
    post(sale_of_a_funded_member())
    now = db.session.scalar(text("SELECT clock_timestamp()"))
    db.session.rollback()
    for moment in (now, datetime.fromisoformat("2020-01-01T00:00:00+00:00")):
        assert sum(each.balance_fen for each in ledger.totals(moment)) == 0
    assert ledger.totals(now)
