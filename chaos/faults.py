"""Breaks one thing at a time, while requests are under way, and writes down what it hit."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg
import redis

from chaos.instance import Gone, Instance
from chaos.journal import Journal
from chaos.people import Sandbox
from chaos.schedule import WECHAT_FAULTS, Planned, Schedule

WHOLE_SECONDS = 120.0
IN_FLIGHT_SECONDS = 2.0


@dataclass
class Hit:
    """A fault that was delivered: when, at what, and how many requests were under way."""

    fault: Planned
    at: float
    in_flight: int
    target: dict[str, Any] = field(default_factory=dict)


class Killer:
    """Delivers a schedule. What it stopped it always lets go on again."""

    def __init__(self, instance: Instance, sandbox: Sandbox, journal: Journal) -> None:
        self.instance, self.sandbox, self.journal = instance, sandbox, journal
        self.hits: list[Hit] = []
        self.missed: list[str] = []
        self.longest_recovery_seconds = 0.0
        self._pauses: list[threading.Thread] = []
        self._kinds: dict[str, Callable[[Planned], dict[str, Any]]] = {
            "kill_web_worker": lambda fault: kill(self._web_worker(fault)),
            "kill_web": lambda _: kill(self.instance.process("web")),
            "kill_worker": self._kill_worker,
            "kill_worker_parent": lambda _: kill(self.instance.process("worker")),
            "kill_relay": lambda _: kill(self.instance.process("relay")),
            "kill_valkey": lambda _: kill(self.instance.process("valkey")),
            "kill_database_backend": lambda fault: kill(self._backend(fault)),
            "kill_database": lambda _: kill(self.instance.process("postgres")),
            "kill_sandbox": lambda _: kill(self.instance.process("sandbox")),
            "flush_valkey": self._flush,
            "pause_web_worker": lambda fault: self._pause([self._web_worker(fault)], fault),
            "pause_worker": lambda fault: self._pause(self._session("worker"), fault),
            "pause_relay": lambda fault: self._pause([self.instance.process("relay")], fault),
        }

    def deliver(self, schedule: Schedule) -> None:
        """Deliver everything, each fault at its time or as soon as the last one is mended; what
        found nothing to strike is tried once more in the end. `missed` holds what never struck."""
        began = time.monotonic()
        left = [fault for fault in schedule.faults if not self._deliver_in_time(fault, began)]
        self.missed.clear()
        for fault in left:
            self._deliver(fault, began)
        time.sleep(max(0.0, began + schedule.seconds - time.monotonic()))

    def _deliver_in_time(self, fault: Planned, began: float) -> bool:
        time.sleep(max(0.0, began + fault.at - time.monotonic()))
        return self._deliver(fault, began)

    def let_go(self) -> None:
        """Wait until everything that was stopped goes on, and lift WeChat's faults."""
        for thread in self._pauses:
            thread.join()
        self.sandbox.ask("DELETE", "faults")

    def _deliver(self, fault: Planned, began: float) -> bool:
        """Whether it struck; if not, `missed` says why."""
        if fault.kind in WECHAT_FAULTS:
            made = self.sandbox.ask("POST", "faults", WECHAT_FAULTS[fault.kind])
            self._note(fault, began, self.journal.in_flight, made)
            return True
        asked = time.monotonic()
        if not self.instance.wait_until_whole(WHOLE_SECONDS):
            self.missed.append(f"{fault.kind}: not whole after {WHOLE_SECONDS:.0f} s")
            return False
        recovery = time.monotonic() - asked
        self.longest_recovery_seconds = max(self.longest_recovery_seconds, recovery)
        try:
            self.instance.require_own_database()
            in_flight = self._wait_for_traffic()
            self._note(fault, began, in_flight, self._kinds[fault.kind](fault))
            return True
        except (Gone, psutil.Error, psycopg.Error, redis.RedisError) as error:
            self.missed.append(f"{fault.kind}: {type(error).__name__}")
            return False

    def _note(self, fault: Planned, began: float, in_flight: int, target: dict[str, Any]) -> None:
        self.hits.append(Hit(fault, round(time.monotonic() - began, 2), in_flight, target))

    def _wait_for_traffic(self) -> int:
        until = time.monotonic() + IN_FLIGHT_SECONDS
        while not (found := self.journal.in_flight) and time.monotonic() < until:
            time.sleep(0.002)
        return found

    def _web_worker(self, fault: Planned) -> psutil.Process:
        return choose(self.instance.process("web"), "resource_tracker", False, fault)

    def _backend(self, fault: Planned) -> psutil.Process:
        return choose(self.instance.process("postgres"), " 127.0.0.1(", True, fault)

    def _session(self, name: str) -> list[psutil.Process]:
        """A part with all it started: a job's work horse leaves the group, but not the session."""
        leader = self.instance.process(name)
        return [leader, *leader.children(recursive=True)]

    def _kill_worker(self, _: Planned) -> dict[str, Any]:
        found = [kill(process) for process in self._session("worker")]
        return {"pids": [one["pid"] for one in found]}

    def _flush(self, _: Planned) -> dict[str, Any]:
        url = self.instance.endpoints()["redis_url"]
        store = redis.Redis.from_url(url, socket_timeout=5)
        pid = self.instance.process("valkey").pid
        if urlsplit(url).hostname != "127.0.0.1" or store.info("server")["process_id"] != pid:
            raise Gone("valkey")
        keys = store.dbsize()
        store.flushall()
        return {"keys": keys}

    def _pause(self, processes: list[psutil.Process], fault: Planned) -> dict[str, Any]:
        thread = threading.Thread(target=pause, args=(processes, fault.seconds))
        thread.start()
        self._pauses.append(thread)
        return {"pids": [process.pid for process in processes], "seconds": fault.seconds}


def choose(parent: psutil.Process, word: str, wanted: bool, fault: Planned) -> psutil.Process:
    """A child whose command line has the word, or has it not, by the fault's own chance.

    Raises Gone if there is none."""
    found = []
    for child in parent.children():
        with contextlib.suppress(psutil.Error):  # it may have ended meanwhile
            if (word in " ".join(child.cmdline())) == wanted:
                found.append(child)
    if not found:
        raise Gone(fault.kind)
    return found[int(fault.chance * len(found))]


def kill(process: psutil.Process) -> dict[str, Any]:
    """kill -9, unless the number meanwhile belongs to another process (psutil looks)."""
    found = {"pid": process.pid, "began": process.create_time()}
    process.send_signal(signal.SIGKILL)
    return found


def pause(processes: list[psutil.Process], seconds: float) -> None:
    """SIGSTOP for so many seconds, then SIGCONT, whatever happens."""
    stopped = []
    try:
        for process in processes:
            if process.is_running() and os.getpgid(process.pid):
                process.send_signal(signal.SIGSTOP)
                stopped.append(process)
        time.sleep(seconds)
    except (psutil.Error, OSError):
        pass
    finally:
        for process in stopped:
            if process.is_running():
                process.send_signal(signal.SIGCONT)
