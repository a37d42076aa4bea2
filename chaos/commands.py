"""Commands of the product beside it, `flask --app wsgi …`, in one interpreter that has imported it.

To import the product takes seconds, and a run asks for many commands. `Commands` starts this file
as a process of its own, with the settings of the instance; each command then is a fork of that
process, which has imported the product and done nothing else: no thread, no connection.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from pathlib import Path

from flask.cli import FlaskGroup

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = '. "$1"; shift; exec "$@"'
OUTPUT, TROUBLES = "output", "troubles"


class Commands:
    """Runs commands one after the other; the process starts with the first of them."""

    def __init__(self, written: Path, given: dict[str, str]) -> None:
        """`written`: a shell file with the settings that `./run` wrote down; `given`: those of
        the shell that reads it."""
        self._written, self._given = written, given
        self._turn = threading.Lock()
        self._child: subprocess.Popen[str] | None = None

    def run(self, *arguments: str, seconds: float) -> subprocess.CompletedProcess[str]:
        """Runs one and returns what it printed. Raises subprocess.TimeoutExpired after so many
        seconds: the command has been killed then."""
        with self._turn, tempfile.TemporaryDirectory(prefix="lianhui-command-") as folder:
            child = self._living()
            assert child.stdin is not None
            print(json.dumps([folder, *arguments]), file=child.stdin, flush=True)
            code = self._answer(child, arguments, seconds)
            read = [(Path(folder) / name).read_text("utf-8") for name in (OUTPUT, TROUBLES)]
        return subprocess.CompletedProcess(arguments, code, *read)

    def stop(self) -> None:
        """Ends the process, and a command that still runs in it."""
        if self._child is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.communicate()
        self._child = None

    def _living(self) -> subprocess.Popen[str]:
        if self._child is None or self._child.poll() is not None:
            self.stop()
            words = [str(self._written), sys.executable, "-m", "chaos.commands"]
            self._child = subprocess.Popen(
                ["/bin/sh", "-c", SCRIPT, "sh", *words],
                cwd=ROOT,
                env=self._given,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        return self._child

    def _answer(
        self, child: subprocess.Popen[str], arguments: tuple[str, ...], seconds: float
    ) -> int:
        assert child.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(child.stdout, selectors.EVENT_READ)
            if not waiting.select(seconds):
                self.stop()
                raise subprocess.TimeoutExpired(arguments, seconds)
        line = child.stdout.readline()
        if not line:
            raise RuntimeError(f"the process for commands died at {' '.join(arguments)}")
        return int(line)


def main() -> None:
    """Reads commands, one a line, and answers with the exit code of each."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nothing else goes where the answers go
    import wsgi

    group = FlaskGroup(create_app=lambda: wsgi.app)
    for line in sys.stdin:
        folder, *arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _perform(group, Path(folder), arguments)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def _perform(group: FlaskGroup, folder: Path, arguments: list[str]) -> None:
    """Does one command in this fork, as `flask` does, and ends the process."""
    for number, path in enumerate((Path(os.devnull), folder / OUTPUT, folder / TROUBLES)):
        with path.open("w" if number else "r") as opened:
            os.dup2(opened.fileno(), number)
    code = 1
    try:
        group.main(arguments, prog_name="flask")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
