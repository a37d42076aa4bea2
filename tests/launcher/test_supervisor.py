"""Starting, starting again and ending parts, with real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from launcher import sessions
from launcher.errors import CannotStart
from launcher.sessions import Session
from launcher.supervisor import Part, Supervisor

ROOT = Path(__file__).resolve().parents[2]
SLEEP = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
LEAVES_ITS_GROUP = f"""
import os, pathlib, sys
if os.fork() == 0:
    os.setpgrp()
    pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
{SLEEP}
"""
LAUNCHER = """
import pathlib, sys, time
from launcher.supervisor import Part, Supervisor
folder = pathlib.Path(sys.argv[1])
supervisor = Supervisor(folder)
for name, code in (("web", sys.argv[2]), ("postgres", sys.argv[3])):
    command = [sys.executable, "-c", code, str(folder / f"{name}.child")]
    supervisor.start(Part(name, command, {}, folder, folder / f"{name}.log"))
print("started", flush=True)
time.sleep(60)
"""


LAUNCHER_THAT_LOOKS = """
import pathlib, psutil, sys, time
from launcher.supervisor import Part, Supervisor
folder = pathlib.Path(sys.argv[1])
supervisor = Supervisor(folder)
[first] = psutil.Process().children()
command = [sys.executable, "-c", sys.argv[2], str(folder / "web.child")]
supervisor.start(Part("web", command, {}, folder, folder / "web.log"))
first.kill()
while first.is_running():
    supervisor.look_after()
    time.sleep(0.01)
print("guardian replaced", flush=True)
time.sleep(60)
"""


def part(folder: Path, name: str, code: str) -> Part:
    child = str(folder / f"{name}.child")
    return Part(name, [sys.executable, "-c", code, child], {}, folder, folder / f"{name}.log")


def until(condition, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def lives(process_id: int) -> bool:
    return psutil.pid_exists(process_id) and sessions.alive(psutil.Process(process_id))


@pytest.fixture
def supervisor(tmp_path):
    keeper = Supervisor(tmp_path)
    yield keeper
    keeper.stop([])


def test_a_part_that_ends_is_started_again_after_a_growing_pause(tmp_path, supervisor):
    lines: list[str] = []
    supervisor.told = lines.append
    first = supervisor.start(part(tmp_path, "worker", SLEEP))
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()

    until(lambda: supervisor.look_after() or supervisor.children["worker"] is not first)

    second = supervisor.children["worker"]
    assert lives(second.process.pid)
    assert second.pause > first.pause
    assert "worker ended (-9)" in lines[0]


def test_the_notes_name_the_process_that_was_started_again(tmp_path, supervisor):
    first = supervisor.start(part(tmp_path, "worker", SLEEP))
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    until(lambda: supervisor.look_after() or supervisor.children["worker"] is not first)

    noted = json.loads((tmp_path / "sessions.json").read_text())

    assert [entry["id"] for entry in noted] == [supervisor.children["worker"].process.pid]


def test_stopping_ends_a_part_that_ignores_the_request(tmp_path):
    keeper = Supervisor(tmp_path)
    child = keeper.start(part(tmp_path, "valkey", STUBBORN))
    time.sleep(0.3)

    keeper.stop([(["valkey"], 0.3)])

    assert child.process.returncode == -signal.SIGKILL
    assert not (tmp_path / "sessions.json").exists()


def test_stopping_ends_a_process_that_left_its_group(tmp_path):
    keeper = Supervisor(tmp_path)
    keeper.start(part(tmp_path, "worker", LEAVES_ITS_GROUP))
    note = tmp_path / "worker.child"
    until(lambda: note.exists() and note.read_text())

    keeper.stop([(["worker"], 0.5)])

    assert not lives(int(note.read_text()))


def test_a_killed_launcher_leaves_nothing_running(tmp_path):
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path), LEAVES_ITS_GROUP, STUBBORN]
    launcher = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert launcher.stdout.readline() == b"started\n"
    note = tmp_path / "web.child"
    until(lambda: note.exists() and note.read_text())
    started = [session.id for session in sessions.noted(tmp_path / "sessions.json")]
    assert len(started) == 2

    launcher.kill()
    launcher.wait()

    until(lambda: not any(lives(number) for number in [*started, int(note.read_text())]))


def test_a_launcher_whose_folder_was_removed_still_ends_its_parts(tmp_path):
    folder = tmp_path / "removed"
    folder.mkdir()
    keeper = Supervisor(folder)
    child = keeper.start(part(folder, "web", SLEEP))
    shutil.rmtree(folder)

    keeper.stop([])

    assert child.process.returncode == -signal.SIGTERM


def test_a_killed_guardian_is_replaced_and_told_what_runs(tmp_path):
    command = [sys.executable, "-c", LAUNCHER_THAT_LOOKS, str(tmp_path), LEAVES_ITS_GROUP]
    launcher = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert launcher.stdout.readline() == b"guardian replaced\n"
    note = tmp_path / "web.child"
    until(lambda: note.exists() and note.read_text())
    (tmp_path / "sessions.json").unlink()

    launcher.kill()
    launcher.wait()

    until(lambda: not lives(int(note.read_text())))


def test_the_next_start_ends_what_a_killed_guardian_could_not(tmp_path):
    orphan = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    left = Session("web", orphan.pid, sessions.beginning(orphan.pid))
    (tmp_path / "sessions.json").write_text(sessions.listing([left]))

    Supervisor(tmp_path).stop([])

    assert orphan.wait(5) == -signal.SIGTERM


def test_a_stranger_with_a_remembered_number_is_left_alone(tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    earlier = sessions.beginning(stranger.pid) - 1000
    note = sessions.listing([Session("web", stranger.pid, earlier)])
    (tmp_path / "sessions.json").write_text(note)

    Supervisor(tmp_path).stop([])

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_command_that_does_not_exist_is_refused_by_name(tmp_path, supervisor):
    missing = Part("relay", ["/nowhere/relay"], {}, tmp_path, tmp_path / "relay.log")

    with pytest.raises(CannotStart, match="relay could not be started"):
        supervisor.start(missing)

    assert supervisor.children == {}
