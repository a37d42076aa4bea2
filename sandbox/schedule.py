"""What is due when, on the virtual clock: deliveries, retries and state changes."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sandbox import names
from sandbox.clock import Clock
from sandbox.records import Job
from sandbox.state import State

Handler = Callable[[str], object]
log = logging.getLogger("sandbox.schedule")
LONGEST_NAP_SECONDS = 1.0
RETRY_SECONDS = 1.0


class Schedule:
    """Runs each job once at or after its time; one that was interrupted runs again.

    Jobs are on file, so those of a killed process run after its restart.
    """

    def __init__(self, state: State, clock: Clock, threads: int = 16) -> None:
        self._state, self._clock = state, clock
        self._handlers: dict[str, Handler] = {}
        self._heap: list[tuple[float, str]] = []
        self._running: set[str] = set()
        self._wake = threading.Condition(state.lock)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="delivery")
        self._stopped = False

    def handle(self, kind: str, handler: Handler) -> None:
        """Name who does the jobs of this kind. The handler gets the job's subject."""
        self._handlers[kind] = handler

    def start(self) -> None:
        """Take up the jobs on file and begin."""
        with self._wake:
            self._heap = [(job.due_at, job.id) for job in self._state.jobs.all()]
            heapq.heapify(self._heap)
        threading.Thread(target=self._loop, name="schedule", daemon=True).start()

    def stop(self) -> None:
        """Begin nothing new; jobs under way are given up and run again after a restart."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def at(self, due_at: float, kind: str, subject: str) -> None:
        """Plan a job. Only within `State.change()`."""
        job = Job(names.new_id("job"), kind, subject, due_at)
        self._state.jobs.put(job)
        heapq.heappush(self._heap, (due_at, job.id))
        self._wake.notify_all()

    def clear(self) -> None:
        """Forget every plan (the state was reset)."""
        with self._wake:
            self._heap.clear()

    def clock_moved(self) -> None:
        """Look at the clock again."""
        with self._wake:
            self._wake.notify_all()

    def drain(self, timeout: float) -> bool:
        """Wait (real seconds) until nothing is due and nothing runs. False if time is up."""
        end = time.monotonic() + timeout
        with self._wake:
            while self._running or (self._heap and self._heap[0][0] <= self._clock.now()):
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._wake.wait(min(left, 0.05))
        return True

    def _loop(self) -> None:
        with self._wake:
            while not self._stopped:
                now = self._clock.now()
                while self._heap and self._heap[0][0] <= now:
                    self._begin(heapq.heappop(self._heap)[1])
                nap = self._heap[0][0] - now if self._heap else LONGEST_NAP_SECONDS
                self._wake.wait(min(max(nap, 0.0), LONGEST_NAP_SECONDS))

    def _begin(self, job_id: str) -> None:
        job = self._state.jobs.get(job_id)
        if job is not None and job_id not in self._running:
            self._running.add(job_id)
            self._pool.submit(self._run, job)

    def _run(self, job: Job) -> None:
        failed = False
        try:
            self._handlers[job.kind](job.subject)
        except Exception:
            log.exception("job %s %s", job.kind, job.subject)
            failed = True
        with self._state.change():
            self._running.discard(job.id)
            if failed and self._state.jobs.get(job.id):
                job.due_at = self._clock.now() + RETRY_SECONDS
                self._state.jobs.put(job)
                heapq.heappush(self._heap, (job.due_at, job.id))
            else:
                self._state.jobs.drop(job.id)
            self._wake.notify_all()
