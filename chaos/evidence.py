"""What a run left behind, and the questions every check asks of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chaos.faults import Hit
from chaos.people import Operation

Json = dict[str, Any]
PURSES = frozenset(
    {
        "prepaid_principal",
        "prepaid_bonus",
        "experience",
        "payment_hold",
        "rebate_pending",
        "rebate",
        "withdrawing",
        "clawback_due",
    }
)


@dataclass
class Evidence:
    """Our journal, the product's export, WeChat's books, and what the product shows at the end."""

    records: list[Json]
    operations: list[Operation]
    journals: list[Json]
    books: Json
    funds: dict[str, Json]
    wallets: dict[str, dict[str, Json]]
    finals: dict[str, Json]
    ready: Json
    verified: Json
    openids: dict[str, str]
    hits: list[Hit] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    rest_seconds: float | None = None
    quiet_since: float = 0.0
    client_errors: list[str] = field(default_factory=list)

    @cached_property
    def by_id(self) -> dict[str, Json]:
        """Posted journals by their id."""
        return {journal["id"]: journal for journal in self.journals}

    @cached_property
    def by_reference(self) -> dict[tuple[str, str], list[Json]]:
        """Posted journals by kind and by what they are about."""
        found: dict[tuple[str, str], list[Json]] = defaultdict(list)
        for journal in self.journals:
            found[journal["kind"], journal["reference_id"]].append(journal)
        return found

    @cached_property
    def attempts(self) -> dict[int, list[Json]]:
        """Our attempts by the number of their operation, without repetitions and misuses."""
        found: dict[int, list[Json]] = defaultdict(list)
        for record in self.records:
            if record["number"] and record["op"] not in ("repeat", "misuse"):
                found[record["number"]].append(record)
        return found

    @cached_property
    def entries(self) -> dict[tuple[str, str], list[Json]]:
        """The entries of each account (owner, name), each with its journal, in order of version;
        in sealed order where there is none."""
        found: dict[tuple[str, str], list[Json]] = defaultdict(list)
        for journal in self.journals:
            for entry in journal["entries"]:
                line = entry | {"journal": journal["id"], "kind": journal["kind"]}
                found[entry["owner_id"], entry["account"]].append(line)
        for lines in found.values():
            lines.sort(key=lambda line: line["version"] or 0)
        return found

    def reads(self) -> list[Json]:
        """Answered reads of wallets."""
        return [
            record
            for record in self.records
            if record["op"] == "read_wallet" and record["class"] == "ok"
        ]

    def accepted(self, *kinds: str) -> Iterator[tuple[Operation, Json]]:
        """Operations of these kinds that were answered with success, and the answer."""
        for operation in self.operations:
            if operation.kind in kinds and operation.verdict == "ok" and operation.answer:
                yield operation, operation.answer

    def was_refused(self, operation: Operation) -> bool:
        """Whether every attempt was definitely refused, so that nothing can have happened."""
        attempts = self.attempts[operation.number]
        return bool(attempts) and all(record["class"] == "fail" for record in attempts)

    def posted(self, kind: str) -> Counter[int]:
        """How often each amount was posted as this kind."""
        return Counter(credited(one) for one in self.journals if one["kind"] == kind)


def credited(journal: Json) -> int:
    """What a journal credits in all, in fen: its amount, as a person would say."""
    return sum(entry["amount_fen"] for entry in journal["entries"] if entry["amount_fen"] > 0)


def change(journal: Json, account: str) -> int:
    """What a journal adds to accounts of this name, in fen."""
    return sum(entry["amount_fen"] for entry in journal["entries"] if entry["account"] == account)
