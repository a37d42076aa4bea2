"""The door of the books: what other rooms may use."""

from app.ledger.accounts import Account, Balance
from app.ledger.audit import Anchor, Report, anchor, verify
from app.ledger.errors import (
    AlreadyReversed,
    InsufficientFunds,
    KeyReused,
    LimitInUse,
    NoSuchJournal,
    RowRefused,
    Unbalanced,
)
from app.ledger.export import Total, export, totals
from app.ledger.group import commit
from app.ledger.journals import Bundle, Journal, Leg, Posted, Row
from app.ledger.limits import floor, set_floor
from app.ledger.movements import Movement, amounts, lot_amounts, movements
from app.ledger.posting import post, post_if_funded
from app.ledger.reading import (
    Balances,
    Entry,
    Held,
    Page,
    Recorded,
    balance_at,
    balances,
    entries,
    holdings,
    journal,
    lot_balances,
    lots,
    reverse,
)
from app.ledger.sealing import SEAL_SECONDS, fold_and_seal

__all__ = [
    "SEAL_SECONDS",
    "Account",
    "AlreadyReversed",
    "Anchor",
    "Balance",
    "Balances",
    "Bundle",
    "Entry",
    "Held",
    "InsufficientFunds",
    "Journal",
    "KeyReused",
    "Leg",
    "LimitInUse",
    "Movement",
    "NoSuchJournal",
    "Page",
    "Posted",
    "Recorded",
    "Report",
    "Row",
    "RowRefused",
    "Total",
    "Unbalanced",
    "amounts",
    "anchor",
    "balance_at",
    "balances",
    "commit",
    "entries",
    "export",
    "floor",
    "fold_and_seal",
    "holdings",
    "journal",
    "lot_amounts",
    "lot_balances",
    "lots",
    "movements",
    "post",
    "post_if_funded",
    "reverse",
    "set_floor",
    "totals",
    "verify",
]
