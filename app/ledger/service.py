"""The door of the books: what other rooms may use."""

from app.ledger.accounts import Account, Balance
from app.ledger.errors import (
    AlreadyReversed,
    InsufficientFunds,
    KeyReused,
    NoSuchJournal,
    RowRefused,
    Unbalanced,
)
from app.ledger.journals import Bundle, Journal, Leg, Posted, Row
from app.ledger.posting import commit, post, post_if_funded
from app.ledger.reading import (
    Balances,
    Entry,
    Page,
    Recorded,
    balance_at,
    balances,
    entries,
    journal,
    lots,
    reverse,
)

__all__ = [
    "Account",
    "AlreadyReversed",
    "Balance",
    "Balances",
    "Bundle",
    "Entry",
    "InsufficientFunds",
    "Journal",
    "KeyReused",
    "Leg",
    "NoSuchJournal",
    "Page",
    "Posted",
    "Recorded",
    "Row",
    "RowRefused",
    "Unbalanced",
    "balance_at",
    "balances",
    "commit",
    "entries",
    "journal",
    "lots",
    "post",
    "post_if_funded",
    "reverse",
]
