"""The outcome of a check: how much was looked at, and what is not so."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Check:
    """One line of the table. `examined` counts the things looked at; none looked at is no pass."""

    name: str
    question: str
    examined: int = 0
    findings: list[str] = field(default_factory=list)

    def expect(self, is_so: bool, otherwise: str) -> None:
        """Look at one more thing."""
        self.examined += 1
        if not is_so:
            self.findings.append(otherwise)

    @property
    def passed(self) -> bool:
        """Whether something was looked at and all of it was as it should be."""
        return self.examined > 0 and not self.findings
