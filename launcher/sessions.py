"""What was started, noted by session, so that all of it can be ended at any time.

Each part of the product leads a session of its own. A process may leave its process group (a job's
work horse does), but it stays in the session; so parts are ended by session.
"""

import json
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Session:
    """One started part: its session id (the leader's process id) and when that leader began.

    `stop_signal` is what asks it to end; `began` is in seconds since 1970, as the system counts.
    """

    name: str
    id: int
    began: float
    stop_signal: int = signal.SIGTERM


def listing(sessions: Iterable[Session]) -> str:
    """Return the sessions as one line."""
    return json.dumps([asdict(session) for session in sessions]) + "\n"


def listed(line: str | bytes) -> list[Session]:
    """Return the sessions of a line; none if it is not such a line."""
    try:
        return [Session(**entry) for entry in json.loads(line)]
    except (ValueError, TypeError):
        return []


def noted(path: Path) -> list[Session]:
    """Return the sessions in the file `path`; none if it is missing or was never finished."""
    try:
        return listed(path.read_bytes())
    except OSError:
        return []


def write_whole(path: Path, text: str) -> None:
    """Write a file readable by its owner alone, so that readers see all of it or the old one."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text, "utf-8")
    draft.replace(path)


def beginning(process_id: int) -> float:
    """Return when a process began; 0.0 if it is already gone."""
    try:
        return psutil.Process(process_id).create_time()
    except psutil.Error:
        return 0.0


def members(session: Session) -> list[psutil.Process]:
    """Return the living processes of a session and the descendants that left it.

    A leader that began at another time is a stranger who got the same number, and nothing is
    returned. PostgreSQL's own children lead sessions themselves: hence the descendants.
    """
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        if session_of(process.pid) != session.id or not alive(process):
            continue
        if process.pid == session.id and abs(beginning(process.pid) - session.began) > 1:
            return []
        found[process.pid] = process
    for process in list(found.values()):
        try:
            found |= {child.pid: child for child in process.children(recursive=True)}
        except psutil.Error:
            continue
    return list(found.values())


def session_of(process_id: int) -> int:
    """Return the session a process is in; -1 if it is gone or hidden."""
    try:
        return os.getsid(process_id)
    except OSError:
        return -1


def alive(process: psutil.Process) -> bool:
    """Tell whether a process still runs; one that only waits to be reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def end(sessions: list[Session], seconds: float) -> None:
    """Ask the leaders to end, wait up to `seconds`, then end all that is left by force."""
    everybody = {process for session in sessions for process in members(session)}
    for session in sessions:
        for process in everybody:
            if process.pid == session.id:
                send(process, session.stop_signal)
    wait_for(everybody, seconds)
    for session in sessions:
        everybody.update(members(session))
    for process in everybody:
        send(process, signal.SIGKILL)
    wait_for(everybody, 3.0)


def wait_for(processes: set[psutil.Process], seconds: float) -> None:
    """Wait until none of the processes runs, without reaping: their exit codes are wanted."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(alive(process) for process in processes):
        time.sleep(0.02)


def send(process: psutil.Process, number: int) -> None:
    """Send a signal, unless the process is already gone (its number may be another's by now)."""
    try:
        process.send_signal(number)
    except psutil.Error:
        return
