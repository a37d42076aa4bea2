"""Everything one sandbox consists of, and how a request finds it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import requests
from flask import current_app
from requests.adapters import HTTPAdapter

from sandbox.accounts import Accounts
from sandbox.call_counts import CallCounts
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.records import Meta
from sandbox.schedule import Schedule
from sandbox.state import State

CLOCK = "clock_offset_seconds"


class Courier:
    """HTTP towards the product: one kept connection pool per thread, no redirects."""

    TIMEOUT_SECONDS = 5.0

    def __init__(self) -> None:
        self._local = threading.local()

    def session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False
            session.mount("http://", HTTPAdapter(pool_maxsize=4))
            self._local.session = session
        return session

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        """Raises requests.RequestException when there is no answer within 5 s (fact A7)."""
        return self.session().post(
            url, data=body, headers=headers, timeout=self.TIMEOUT_SECONDS, allow_redirects=False
        )

    def get(self, url: str, params: dict[str, str]) -> requests.Response:
        return self.session().get(
            url, params=params, timeout=self.TIMEOUT_SECONDS, allow_redirects=False
        )


@dataclass
class World:
    accounts: Accounts
    state: State
    clock: Clock
    schedule: Schedule
    faults: Faults
    courier: Courier
    seed: int | None = None
    calls: CallCounts = field(default_factory=CallCounts)

    def advance(self, seconds: float) -> None:
        """Move the virtual clock forward."""
        with self.state.change():
            self.clock.offset_seconds += seconds
            self.state.meta.put(Meta(CLOCK, self.clock.offset_seconds))
        self.schedule.clock_moved()

    def reset(self) -> None:
        """Forget everything, the clock's offset too."""
        with self.state.lock:
            self.schedule.clear()
            self.state.reset()
            self.calls.clear()
            self.faults.forget()
            self.clock.offset_seconds = 0.0


def open_world(accounts: Accounts, folder: Path, seed: int | None = None) -> World:
    """Take up what is on file in the folder. The schedule is not started yet."""
    state = State(folder)
    remembered = state.meta.get(CLOCK)
    clock = Clock(float(remembered.value) if remembered else 0.0)
    return World(
        accounts, state, clock, Schedule(state, clock), Faults(state, seed), Courier(), seed
    )


def world() -> World:
    """The sandbox this request reached."""
    found: World = current_app.extensions["world"]
    return found
