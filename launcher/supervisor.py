"""Keeps the parts of the product running and ends them in order.

Three things end the parts when the launcher goes: its own orderly stop; the guardian, when it was
killed; and on Linux the kernel, when both were.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from launcher import sessions
from launcher.errors import CannotStart
from launcher.sessions import Session
from launcher.stopping import Stopping

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
HEALTHY_SECONDS = 30.0
LOG_BYTES = 20_000_000
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Part:
    """What to start: a command in a folder with its variables, and how to ask it to end.

    What it prints goes to the log, or to the file `output`, which only its owner may read.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    folder: Path
    log: Path
    stop_signal: int = signal.SIGTERM
    options: dict[str, Any] = field(default_factory=dict)
    output: Path | None = None


@dataclass
class Child:
    """A started part. `pause` is the wait in seconds before it is started again."""

    part: Part
    process: subprocess.Popen[bytes]
    session: Session
    since: float
    pause: float = FIRST_PAUSE
    crashes: int = 0
    due: float | None = None


class Supervisor:
    """Starts parts, starts those that end again, and stops all of them.

    `folder` takes the notes for the guardian, `lock` is a file descriptor the guardian keeps open
    until it is done, `throw_away` a folder it removes. `changed` is called when a part was started
    again. Only for the main thread.
    """

    def __init__(self, folder: Path, *, lock: int | None = None, throw_away: bool = False) -> None:
        self.notes = folder / "sessions.json"
        self.children: dict[str, Child] = {}
        self.changed: Callable[[], None] = lambda: None
        self.told: Callable[[str], None] = lambda _line: None
        self._lock = lock
        self._throw_away = folder if throw_away else None
        sessions.end(sessions.noted(self.notes), 1.0)
        self._guardian = self._start_guardian()

    def start(self, part: Part) -> Child:
        """Start a part in a session of its own. Raises CannotStart if it cannot be executed."""
        turn_over(part.log)
        with part.log.open("ab") as log, open_output(part) as output:
            try:
                process = subprocess.Popen(
                    part.command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=log,
                    cwd=part.folder,
                    env=part.environment,
                    start_new_session=True,
                    preexec_fn=end_with_parent(part.stop_signal),
                    **part.options,
                )
            except OSError as error:
                raise CannotStart(
                    f"{part.name} could not be started ({error}).",
                    f"无法启动 {part.name}（{error}）。",
                ) from None
        began = sessions.beginning(process.pid)
        session = Session(part.name, process.pid, began, part.stop_signal)
        child = Child(part, process, session, time.monotonic())
        self.children[part.name] = child
        self._note()
        return child

    def look_after(self) -> None:
        """Start again what has ended, each after a pause that grows while it keeps ending."""
        if self._guardian.poll() is not None:
            self._guardian = self._start_guardian()
            self._note()
        for child in list(self.children.values()):
            if child.due is None and child.process.poll() is not None:
                self._ended(child)
            if child.due is not None and time.monotonic() >= child.due:
                self._start_again(child)

    def crashed(self, times: int = 1) -> Child | None:
        """Return a child that has ended by itself at least so many times."""
        for child in self.children.values():
            if child.crashes >= times:
                return child
        return None

    def part(self, name: str) -> Part:
        """Return the part of that name."""
        return self.children[name].part

    def run(self, part: Part, stopping: Stopping) -> int:
        """Start a part that ends by itself; return its exit code. Raises Stopped."""
        process = self.start(part).process
        while process.poll() is None:
            stopping.pause(0.02)
        del self.children[part.name]
        self._note()
        return process.returncode

    def stop(self, order: Sequence[tuple[Sequence[str], float]]) -> None:
        """End groups of parts one after the other, each within its seconds; then all others."""
        for names, seconds in order:
            group = [self.children.pop(name) for name in names if name in self.children]
            sessions.end([child.session for child in group], seconds)
            for child in group:
                child.process.wait()
            self._note()
        if self.children:
            self.stop([(list(self.children), 5.0)])
            return
        if self._guardian.stdin is not None:
            with contextlib.suppress(OSError):
                self._guardian.stdin.close()
        self._guardian.wait()
        self.notes.unlink(missing_ok=True)

    def _ended(self, child: Child) -> None:
        """Note that a child ended and clear what it left behind."""
        if time.monotonic() - child.since > HEALTHY_SECONDS:
            child.pause, child.crashes = FIRST_PAUSE, 0
        sessions.end([child.session], 0)
        child.crashes += 1
        child.due = time.monotonic() + child.pause
        code = child.process.returncode
        self.told(f"{child.part.name} ended ({code}); starting it again, see {child.part.log}")

    def _start_again(self, child: Child) -> None:
        """Start a part anew, remembering how often it has ended."""
        fresh = self.start(child.part)
        fresh.pause, fresh.crashes = min(child.pause * 2, LONGEST_PAUSE), child.crashes
        self.changed()

    def _note(self) -> None:
        """Tell the guardian what runs, and leave a note for a start after both were killed."""
        line = sessions.listing(child.session for child in self.children.values())
        with contextlib.suppress(OSError):  # a guardian that was killed is replaced soon
            self._tell(line)
        with contextlib.suppress(OSError):  # the folder may have been removed under our feet
            sessions.write_whole(self.notes, line)

    def _tell(self, line: str) -> None:
        if self._guardian.stdin is not None:
            self._guardian.stdin.write(line.encode())
            self._guardian.stdin.flush()

    def _start_guardian(self) -> subprocess.Popen[bytes]:
        """Start the process that outlives this one by as long as it takes to end the rest."""
        command = [sys.executable, "-m", "launcher.guardian"]
        if self._throw_away is not None:
            command.append(str(self._throw_away))
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parent.parent,
            pass_fds=[] if self._lock is None else [self._lock],
            start_new_session=True,
        )


def end_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """Return what a new child calls so that Linux ends it when its parent dies.

    Everything but PostgreSQL (which stops on SIGINT) is killed outright.
    """
    if not sys.platform.startswith("linux"):
        return None
    number = stop_signal if stop_signal == signal.SIGINT else signal.SIGKILL
    library, parent = ctypes.CDLL(None, use_errno=True), os.getpid()

    def ask_kernel() -> None:
        library.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask_kernel


def open_output(part: Part) -> IO[bytes]:
    """Open the file that takes what a part prints."""
    if part.output is None:
        return part.log.open("ab")
    part.output.unlink(missing_ok=True)
    part.output.touch(mode=0o600)
    return part.output.open("wb")


def turn_over(log: Path) -> None:
    """Put a log that has grown large aside, replacing the one put aside before."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
