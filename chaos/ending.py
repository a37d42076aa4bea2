"""After the faults: everything unknown is asked again until it is known, everything open is
brought to its end, and then all books are read."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

from chaos.evidence import Evidence
from chaos.faults import Killer
from chaos.instance import Instance
from chaos.load import Load

REST_SECONDS = 150.0
# What a killed worker had claimed is free again; then what was never paid has expired.
LEASE_SECONDS, ORDER_SECONDS = 120.0, 3600.0
OPEN_GAUGES = (
    "withdrawals_open",
    "notices_unprocessed",
    "sales_undistributed",
    "refunds_waiting",
    "refunds_troubled",
    "outbox_due",
)
REPEATED_AT_THE_END = 25


class Ending:
    """Brings one run to rest and gathers the evidence."""

    def __init__(self, instance: Instance, load: Load, killer: Killer, folder: Path) -> None:
        self.instance, self.load, self.killer, self.folder = instance, load, killer, folder
        self.door, self.alliance = load.door, load.alliance
        self.rest_seconds: float | None = None
        self.quiet_since = 0.0

    def come_to_rest(self, seed: int) -> None:
        """Returns when nothing is open any more, or after REST_SECONDS (check O-12 tells)."""
        began = time.monotonic()
        whole = self.instance.wait_until_whole(REST_SECONDS)
        self.quiet_since = time.monotonic()
        until = began + REST_SECONDS
        self._resolve(random.Random(f"{seed}:ending"))
        self._repeat(random.Random(f"{seed}:repeat"))
        self._leap(LEASE_SECONDS)
        while time.monotonic() < until and self.load.confirm_withdrawals():
            time.sleep(0.5)
        self._leap(ORDER_SECONDS)
        while time.monotonic() < until:
            self._confirm_forgotten()
            self.alliance.sandbox.ask("POST", "drain", {"timeout": 20})
            drained = self.instance.flask("ops", "drain", "--timeout", "60").returncode == 0
            if drained and not self.load.confirm_withdrawals() and self._is_quiet():
                self.rest_seconds = round(time.monotonic() - began, 1) if whole else None
                return
            time.sleep(0.5)

    def _confirm_forgotten(self) -> None:
        """WeChat also asks people to receive what a client that died had withdrawn for them."""
        sandbox = self.alliance.sandbox
        for person in self.alliance.members:
            for bill in sandbox.ask("GET", f"phones/{person.phone}")["transfers"]:
                if bill["package_info"]:
                    package = {"package_info": bill["package_info"]}
                    sandbox.ask("POST", f"phones/{person.phone}/confirm-transfer", package)

    def _leap(self, seconds: float) -> None:
        self.alliance.sandbox.ask("POST", "clock/advance", {"seconds": seconds})
        time.sleep(0.6)  # the product asks for the time four times a second

    def _resolve(self, dice: random.Random) -> None:
        for operation in list(self.load.operations):
            if operation.verdict == "open":
                self.load.carry_out(operation, dice, attempts=20)
                if operation.verdict == "ok" and operation.kind == "withdraw":
                    self.load.to_confirm.append(operation)
                elif operation.verdict == "ok":
                    self.load.pay_on_phone(operation)

    def _repeat(self, dice: random.Random) -> None:
        """Some are repeated now: most of what answered them first has been killed since."""
        done = [one for one in self.load.operations if one.verdict == "ok" and one.number]
        for operation in dice.sample(done, min(REPEATED_AT_THE_END, len(done))):
            self.door.repeat(operation, "repeat", operation.body, operation.amount_fen)

    def _is_quiet(self) -> bool:
        state = self.instance.ready()
        return state is not None and not any(state.get(name) for name in OPEN_GAUGES)

    def gather(self, anchor: Path) -> Evidence:
        """Everything the checks look at, read after the run."""
        verified = self.instance.flask("audit", "verify", "--json", "--anchor", str(anchor))
        exported = self.instance.flask("audit", "export")
        (self.folder / "export.ndjson").write_text(exported.stdout, "utf-8")
        lines = [json.loads(line) for line in exported.stdout.splitlines()]
        books: dict[str, Any] = self.alliance.sandbox.ask("GET", "books")
        funds = self.door.get(self.alliance.finance, "/funds") or {"accounts": {}}
        wallets = {}
        for person in self.alliance.members:
            wallet = self.door.get(person, "/me/wallet", "read_wallet")
            wallets[person.id] = wallet["purses"] if wallet else {}
        return Evidence(
            records=self.door.journal.records,
            operations=self.load.operations,
            journals=[line for line in lines if line["type"] == "journal"],
            books=books,
            funds=funds["accounts"],
            wallets=wallets,
            finals=self._finals(),
            ready=self.instance.ready() or {},
            verified=json.loads(verified.stdout or "{}") | {"exit": verified.returncode},
            openids={person.id: person.openid for person in self.alliance.members},
            hits=self.killer.hits,
            missed=self.killer.missed,
            rest_seconds=self.rest_seconds,
            quiet_since=self.quiet_since,
            client_errors=[f"{type(one).__name__}: {one}" for one in self.load.errors],
        )

    def _finals(self) -> dict[str, dict[str, Any]]:
        """How each accepted payment, top-up and withdrawal ended, by its id."""
        paths = {"pay": "payments", "combined": "payments", "top_up": "top-ups"}
        paths["withdraw"] = "withdrawals"
        found = {}
        for operation in self.load.operations:
            if operation.verdict == "ok" and operation.kind in paths and operation.answer:
                identity = operation.answer["id"]
                seen = self.door.get(operation.person, f"/{paths[operation.kind]}/{identity}")
                found[identity] = seen or {"status": "unreadable"}
        return found
