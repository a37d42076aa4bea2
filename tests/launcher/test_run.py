"""./run itself: one product, started once and treated badly."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import psutil
import psycopg
import pytest

from launcher import sessions

ROOT = Path(__file__).resolve().parents[2]
PARTS = {"web", "worker", "relay", "sandbox", "postgres", "valkey"}


class Product:
    """A product under ./run in a folder of its own, with nothing but a PATH and an empty HOME."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.output = folder / "output"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        return [str(ROOT / "run"), "--port", str(self.port), "--data", str(self.data)]

    def run(self) -> dict:
        """Start it unless it runs; return its endpoints."""
        if self.process is None or self.process.poll() is not None:
            with self.output.open("wb") as output:
                self.process = subprocess.Popen(
                    self.command(), stdout=output, stderr=output, env=self.environment, cwd="/"
                )
            until(lambda: self.is_ready() or self.process.poll() is not None, 180)
            assert self.is_ready(), self.output.read_text()
        return self.endpoints()

    def is_ready(self) -> bool:
        lines = self.output.read_text("utf-8").splitlines()
        return any(line.startswith("ready ") for line in lines)

    def endpoints(self) -> dict:
        return json.loads((self.data / "endpoints.json").read_text())

    def processes(self) -> list[psutil.Process]:
        """Everything it started, work horses and the database's own processes among them."""
        noted = sessions.noted(self.data / "sessions.json")
        return [process for session in noted for process in sessions.members(session)]


def until(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    started = Product(tmp_path_factory.mktemp("product"))
    yield started
    if started.process is not None:
        started.process.terminate()
        started.process.wait(30)


def test_endpoints_say_where_everything_is(product):
    endpoints = product.run()

    assert endpoints["web"] == f"http://127.0.0.1:{product.port}"
    assert endpoints["data"] == str(product.data)
    assert endpoints["database_url"].startswith("postgresql://")
    assert endpoints["redis_url"].startswith("redis://")
    assert set(endpoints["processes"]) == PARTS
    for part in endpoints["processes"].values():
        assert psutil.pid_exists(part["pid"])
        assert Path(part["log"]).is_file()
    assert answers(f"{endpoints['web']}/healthz/ready")
    assert answers(f"{endpoints['sandbox']}/__ctl/clock")


def test_a_newcomer_finds_a_running_campaign_of_each_kind_and_errands(product):
    web = product.run()["web"]

    def look(path: str) -> dict:
        with urllib.request.urlopen(f"{web}/api/v1{path}", timeout=30) as answer:
            return json.load(answer)

    running = {each["benefit"] for each in look("/running-campaigns")["campaigns"]}
    assert running == {"lottery", "queue_subsidy", "promotion", "errands"}, (
        product.data / "log" / "prepare.log"
    ).read_text()


def test_endpoints_and_data_are_closed_to_other_people(product):
    product.run()

    assert (product.data / "endpoints.json").stat().st_mode & 0o077 == 0
    assert product.data.stat().st_mode & 0o077 == 0


def test_a_second_run_on_the_same_data_is_refused_and_the_first_goes_on(product):
    before = product.run()

    second = subprocess.run(
        [str(ROOT / "run"), "--data", str(product.data), "--fresh"],
        env=product.environment,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert second.returncode == 1
    assert f"process {product.process.pid}) already uses {product.data}" in second.stderr
    assert product.endpoints() == before
    assert answers(f"{before['web']}/healthz/ready")


def test_a_killed_part_is_started_again_and_noted(product):
    before = product.run()["processes"]

    os.kill(before["relay"]["pid"], signal.SIGKILL)

    until(lambda: product.endpoints()["processes"]["relay"] != before["relay"])
    after = product.endpoints()["processes"]
    assert psutil.pid_exists(after["relay"]["pid"])
    assert after["web"] == before["web"]


def test_a_killed_database_comes_back_with_what_it_held(product):
    endpoints = product.run()

    with psycopg.connect(endpoints["database_url"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    os.kill(endpoints["processes"]["postgres"]["pid"], signal.SIGKILL)

    until(
        lambda: product.endpoints()["processes"]["postgres"] != endpoints["processes"]["postgres"]
    )
    until(lambda: answers(f"{endpoints['web']}/healthz/ready"))
    with psycopg.connect(endpoints["database_url"]) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        connection.execute("DROP TABLE kept")


def test_after_kill_nine_nothing_is_left_and_the_next_start_works(product):
    product.run()
    left = product.processes()
    assert len(left) > len(PARTS)

    product.process.kill()
    product.process.wait()

    until(lambda: not any(sessions.alive(process) for process in left))
    endpoints = product.run()
    assert answers(f"{endpoints['web']}/healthz/ready")


def test_stopping_leaves_no_process_and_no_endpoints(product):
    product.run()
    left = product.processes()

    product.process.terminate()

    assert product.process.wait(30) == 0
    assert not any(sessions.alive(process) for process in left)
    assert not (product.data / "endpoints.json").exists()
