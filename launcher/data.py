"""The data folder: one start at a time, and only a folder of our own is ever emptied."""

import fcntl
import os
import shutil
import time
from pathlib import Path

from launcher import postgres
from launcher.errors import CannotStart
from launcher.sessions import beginning

MARK = "lianhui-data"
LOCK = "lock"
GUARDIAN_SECONDS = 20.0


def claim(data: Path, *, fresh: bool) -> int:
    """Take the data folder for this start; return the descriptor that holds the lock.

    Waits for the guardian of a launcher that was killed. Raises CannotStart if another launcher
    is at work there, or the folder holds something else.
    """
    occupied = data.exists() and (not data.is_dir() or any(data.iterdir()))
    if occupied and not (data / MARK).exists():
        raise CannotStart(
            f"{data} holds other files: name an empty or a new folder with --data.",
            f"{data} 中有其他文件：请用 --data 指定一个空目录或新目录。",
        )
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        (data / MARK).touch()
        descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(
            f"{data} cannot be written to ({error.strerror}): name another folder with --data.",
            f"{data} 不可写（{error.strerror}）：请用 --data 指定其他目录。",
        ) from None
    lock(descriptor, data)
    if fresh:
        empty(data)
    return descriptor


def lock(descriptor: int, data: Path) -> None:
    """Lock the folder and write down who did. Raises CannotStart if a living launcher has it."""
    end = time.monotonic() + GUARDIAN_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            holder = os.pread(descriptor, 80, 0).split()
            if lives(holder) or time.monotonic() > end:
                raise taken(data, holder) from None
            time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()} {beginning(os.getpid())}".encode(), 0)


def lives(holder: list[bytes]) -> bool:
    """Tell whether the launcher that wrote `holder` (number, beginning) is still the same one."""
    if len(holder) != 2:
        return False
    return abs(beginning(int(holder[0])) - float(holder[1])) < 1


def taken(data: Path, holder: list[bytes]) -> CannotStart:
    """Return the refusal of a second start on the same data."""
    process = holder[0].decode() if holder else "?"
    return CannotStart(
        f"Another ./run (process {process}) already uses {data}: stop it, or choose another "
        "folder with --data.",
        f"另一个 ./run（进程 {process}）正在使用 {data}：请先停止它，或用 --data 指定其他目录。",
    )


def empty(data: Path) -> None:
    """Remove everything in the folder but the lock and the mark."""
    postgres.discard(data / "postgres")
    for entry in data.iterdir():
        if entry.name not in (MARK, LOCK):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
