"""What the sandbox remembers, in memory and written through to SQLite before it answers.

A sandbox that forgot would leave the product with openids and orders nobody knows; so a change
is on file before the answer leaves, and a killed process comes back with all of it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from sandbox import mini_records, pay_records, records
from sandbox.clock import beijing_day


class Record(Protocol):
    id: str


R = TypeVar("R", bound=Record)


def _nothing(_: Any) -> Iterable[str]:
    return ()


class Table(Generic[R]):
    """Records of one kind by id, by alias (unique other names) and by group."""

    def __init__(
        self,
        state: State,
        record: type[R],
        aliases: Callable[[R], Iterable[str]] = _nothing,
        groups: Callable[[R], Iterable[str]] = _nothing,
    ) -> None:
        self.name = record.__name__
        self._state = state
        self._record = record
        self._aliases, self._groups = aliases, groups
        self._rows: dict[str, R] = {}
        self._by_alias: dict[str, str] = {}
        self._by_group: dict[str, dict[str, None]] = {}

    def get(self, key: str) -> R | None:
        """The record with this id."""
        return self._rows.get(key)

    def find(self, alias: str) -> R | None:
        """The record with this alias (an openid, a transaction id)."""
        return self._rows.get(self._by_alias.get(alias, ""))

    def group(self, name: str) -> list[R]:
        """Records of one group, oldest first."""
        return [self._rows[key] for key in list(self._by_group.get(name, ()))]

    def __len__(self) -> int:
        return len(self._rows)

    def all(self) -> list[R]:
        """Every record, oldest first."""
        return list(self._rows.values())

    def oldest(self, count: int) -> list[R]:
        """The first `count` records, oldest first."""
        with self._state.lock:
            return list(islice(self._rows.values(), count))

    def latest(self, count: int) -> list[R]:
        """The last `count` records, newest first."""
        keys = list(self._rows)[-count:]
        return [self._rows[key] for key in reversed(keys)]

    def put(self, row: R) -> R:
        """Remember a new or changed record. Only within `State.change()`."""
        self._remember(row)
        self._state.note(self.name, row.id, row)
        return row

    def keep(self, row: R) -> None:
        """Save a changed record, unless it was forgotten meanwhile. Only within `change()`."""
        if self._rows.get(row.id) is row:
            self.put(row)

    def drop(self, key: str) -> None:
        """Forget a record. Only within `State.change()`; its group forgets it too."""
        row = self._rows.pop(key, None)
        if row is None:
            return
        for group in self._groups(row):
            self._by_group.get(group, {}).pop(key, None)
        self._state.note(self.name, key, None)

    def clear(self) -> None:
        self._rows.clear()
        self._by_alias.clear()
        self._by_group.clear()

    def load(self, body: str) -> None:
        self._remember(self._record(**json.loads(body)))

    def _remember(self, row: R) -> None:
        self._rows[row.id] = row
        for alias in self._aliases(row):
            if alias:
                self._by_alias[alias] = row.id
        for group in self._groups(row):
            if group:
                self._by_group.setdefault(group, {})[row.id] = None


class State:
    """All tables behind one re-entrant lock. No network call is made while it is held."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.version = 0
        self._depth = 0
        self._dirty: dict[tuple[str, str], Any] = {}
        self._file = sqlite3.connect(folder / "sandbox.sqlite3", check_same_thread=False)
        self._file.execute("pragma journal_mode=wal")
        self._file.execute("pragma synchronous=normal")
        self._file.execute(
            "create table if not exists record (seq integer primary key, kind text not null,"
            " key text not null, body text not null, unique (kind, key))"
        )
        self._make_tables()
        self._load()

    def _make_tables(self) -> None:
        self.meta = Table(self, records.Meta)
        self.jobs = Table(self, records.Job)
        self.phones = Table(
            self, records.Phone, aliases=lambda row: (row.openid, row.mini_openid, row.unionid)
        )
        self.chat = Table(self, records.Chat, groups=lambda row: (row.phone_id,))
        self.tokens = Table(self, records.Token, groups=lambda row: (row.app_id,))
        self.tickets = Table(
            self,
            records.Ticket,
            aliases=lambda row: (row.url,),
            groups=lambda row: (row.scene,),
        )
        self.mini_codes = Table(self, records.MiniCode)
        self.login_codes = Table(self, records.LoginCode)
        self.links = Table(self, mini_records.Link)
        self.shipments = Table(self, mini_records.Shipment)
        self.pictures = Table(self, mini_records.Picture)
        self.materials = Table(self, mini_records.Material)
        self.pushes = Table(self, records.Push)
        self.book_lines = Table(
            self,
            records.BookLine,
            groups=lambda row: (f"{row.account} {beijing_day(row.at)}",),
        )
        self.faults = Table(self, records.Fault)
        self._make_pay_tables()
        self._make_wallet_tables()
        self._tables: dict[str, Table[Any]] = {
            table.name: table for table in vars(self).values() if isinstance(table, Table)
        }

    def _make_pay_tables(self) -> None:
        self.orders = Table(
            self,
            records.Order,
            aliases=lambda row: (row.transaction_id,),
            groups=lambda row: (row.openid, beijing_day(row.paid_at) if row.paid_at else ""),
        )
        self.prepays = Table(self, records.Prepay, groups=lambda row: (row.order_id,))
        self.refunds = Table(
            self,
            records.Refund,
            aliases=lambda row: (row.refund_id,),
            groups=lambda row: (row.order_id, beijing_day(row.created_at)),
        )
        self.transfers = Table(
            self,
            records.Transfer,
            aliases=lambda row: (row.transfer_bill_no, row.package_info),
            groups=lambda row: (row.openid,),
        )
        self.notices = Table(self, records.Notice)

    def _make_wallet_tables(self) -> None:
        self.platform_certificates = Table(self, pay_records.PlatformCertificate)
        self.bill_files = Table(self, pay_records.BillFile)
        self.authorizations = Table(
            self,
            pay_records.Authorization,
            aliases=lambda row: (row.authorization_id, row.package_info),
            groups=lambda row: (row.openid,),
        )
        self.receipts = Table(self, pay_records.Receipt)
        self.payment_codes = Table(
            self, pay_records.PaymentCode, groups=lambda row: (row.phone_id,)
        )
        self.combined = Table(self, pay_records.Combined)
        self.receivers = Table(self, pay_records.Receiver)
        self.sharings = Table(
            self,
            pay_records.Sharing,
            aliases=lambda row: (row.sharing_id,),
            groups=lambda row: (row.order_number,),
        )
        self.sharing_returns = Table(
            self, pay_records.SharingReturn, groups=lambda row: (row.sharing_number,)
        )

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock; on the way out of the outermost block put everything on file."""
        with self.lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._save()

    def note(self, table: str, key: str, row: Any) -> None:
        """Mark a record for saving; None means forgotten."""
        assert self._depth, "a record was changed outside of State.change()"
        self._dirty[table, key] = row

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            for table in self._tables.values():
                table.clear()
            self._dirty.clear()
            self.version += 1
            with self._file:
                self._file.execute("delete from record")

    def close(self) -> None:
        with self.lock:
            self._file.close()

    def _save(self) -> None:
        if not self._dirty:
            return
        self.version += 1
        saved = [
            (kind, key, json.dumps(vars(row), ensure_ascii=False))
            for (kind, key), row in self._dirty.items()
            if row is not None
        ]
        dropped = [pair for pair, row in self._dirty.items() if row is None]
        with self._file:
            self._file.executemany(
                "insert into record (kind, key, body) values (?, ?, ?)"
                " on conflict (kind, key) do update set body = excluded.body",
                saved,
            )
            self._file.executemany("delete from record where kind = ? and key = ?", dropped)
        self._dirty.clear()

    def _load(self) -> None:
        for kind, body in self._file.execute("select kind, body from record order by seq"):
            if kind in self._tables:
                self._tables[kind].load(body)
