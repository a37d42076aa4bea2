"""The benefits of the month: published by people, taken part in by members, and looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bench.month_days import Days, Diary
from bench.month_plays import Errands, Lottery, Play, Promotion, Queue
from bench.month_town import Town, must

PLAYS: tuple[type[Play], ...] = (Lottery, Queue, Errands, Promotion)


class Benefits:
    """All campaigns that run in the month."""

    def __init__(self, town: Town, diary: Diary) -> None:
        self.town = town
        self.plays = [play(town, diary) for play in PLAYS]

    def publish(self, days: int) -> None:
        """One drafts, another one publishes, and whoever pays has the money."""
        offset = self.town.sandbox.ask("GET", "clock")["offset_seconds"]
        moment = datetime.now(UTC) + timedelta(seconds=offset)
        times = {
            "starts_at": (moment - timedelta(minutes=1)).isoformat(),
            "ends_at": (moment + timedelta(days=days + 1)).isoformat(),
        }
        for play in self.plays:
            for author, wish in play.drafts():
                made = must(author.ask("POST", "/campaigns", wish | times), 201)
                path = f"/campaigns/{made['id']}/publish"
                must(self.town.operators[1].ask("POST", path), 200)
                play.campaigns.append(made["id"])
            play.prepare()

    def live(self, days: Days) -> None:
        """What members do with them on a day."""
        for play in self.plays:
            play.live(days)

    def end(self) -> None:
        """Ends what still runs; what is left goes back to who paid."""
        for play in self.plays:
            for campaign_id in play.campaigns:
                path, why = f"/campaigns/{campaign_id}/end", {"reason": "活动月结束"}
                must(self.town.operators[0].ask("POST", path, why), 200)

    def problems(self) -> list[str]:
        """Whatever gave nothing at all, or more than it had."""
        found = []
        for play in self.plays:
            told = [self._report(each) for each in play.campaigns]
            if not sum(each["grant_count"] for each in told):
                found.append(f"{play.benefit}: nobody got anything")
            found += [
                f"{each['name']}: {each['left_fen']} fen left of {each['budget_fen']}"
                for each in told
                if each["left_fen"] < 0
                or (play.has_budget and each["given_fen"] > each["budget_fen"])
            ]
        return found

    def report(self) -> dict[str, Any]:
        """What each gave, and to how many."""
        shown = ("grant_count", "receivers", "given_fen", "taken_back_fen", "tax_fen")
        found: dict[str, Any] = {}
        for play in self.plays:
            told = [self._report(each) for each in play.campaigns]
            found[play.benefit] = {name: sum(each[name] for each in told) for name in shown}
        return found

    def _report(self, campaign_id: str) -> dict[str, Any]:
        return self.town.operators[0].get(f"/campaigns/{campaign_id}")
