"""The benefits of the month: published by people, taken part in by members, and looked at."""

from __future__ import annotations

from typing import Any

from bench.month_days import Days, Diary
from bench.month_town import Town


class Benefits:
    """All campaigns that run in the month."""

    def __init__(self, town: Town, diary: Diary) -> None:
        self.town, self.diary = town, diary
        self.campaigns: dict[str, str] = {}

    def publish(self, days: int) -> None:
        """One operator drafts, another one publishes."""

    def live(self, days: Days) -> None:
        """What members do with them on a day."""

    def end(self) -> None:
        """Ends what still runs."""

    def problems(self) -> list[str]:
        """Whatever gave more than it had."""
        return []

    def report(self) -> dict[str, Any]:
        """What each gave."""
        return {}
