"""A worker that is killed while it sends: nothing is sent twice, nothing is forgotten."""

import os
import signal
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from app.core.config import settings
from app.core.db import db
from app.notices import outgoing
from app.notices.rules import REPEATABLE
from tests.notices.posts import open_window, queue, received, row, send
from tests.processes import in_child
from tests.wechat.pretend import eventually

pytestmark = pytest.mark.usefixtures("context")


@contextmanager
def slow_line(address):
    """Passes calls on to WeChat, but keeps the answers to messages for itself."""
    passed, over = [], threading.Event()

    class Line(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            json = {"Content-Type": "application/json"}
            answer = requests.post(address + self.path, data=body, headers=json, timeout=9)
            if "/message/" in self.path:
                passed.append(answer.status_code)
                over.wait(90)
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", passed
    over.set()
    server.shutdown()


def killed_while_sending(notice_id, sandbox):
    """Sends in a process of its own that is killed between WeChat's doing and its answer."""
    db.session.remove()
    with slow_line(sandbox.url) as (address, passed):

        def work():
            settings().wechat_api_base = address  # in that process only
            outgoing.send({"notice_id": str(notice_id)})

        worker = in_child(work)
        try:
            eventually(lambda: passed, 60)
        finally:
            os.kill(worker, signal.SIGKILL)
            _, status = os.waitpid(worker, 0)
    assert os.WIFSIGNALED(status), "it was done before it was killed"
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_a_template_is_finished_by_the_next_worker_and_arrives_once(sandbox, follower):
    one = follower()
    notice_id = queue(one.member_id)
    killed_while_sending(notice_id, sandbox)
    assert row(notice_id).state == "sending"
    assert len(received(sandbox, one, "template")) == 1
    send(notice_id)
    assert row(notice_id).state == "sent"
    assert len(received(sandbox, one, "template")) == 1


def test_a_chat_text_is_recorded_as_unknown_and_not_repeated(sandbox, follower):
    one = follower()
    open_window(one.member_id)
    notice_id = queue(one.member_id)
    sandbox.act(one.phone, "text", content="帮助")  # opens WeChat's own window
    before = len(received(sandbox, one))
    killed_while_sending(notice_id, sandbox)
    assert len(received(sandbox, one)) == before + 1
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("unknown", "interrupted")
    assert len(received(sandbox, one)) == before + 1


def test_a_subscription_message_is_recorded_as_unknown_and_uses_one_consent(
    sandbox, follower, monkeypatch
):
    one, kinds = follower(), {"member.topped_up": "ST_topped_up"}
    monkeypatch.setattr(settings(), "wechat_oa_subscriptions", kinds)
    sandbox.act(one.phone, "subscribe", app="oa", choices={"ST_topped_up": "accept"})
    notice_id = queue(one.member_id)
    killed_while_sending(notice_id, sandbox)
    assert len(received(sandbox, one, "subscription")) == 1
    send(notice_id)
    assert (row(notice_id).state, row(notice_id).error_code) == ("unknown", "interrupted")
    assert len(received(sandbox, one, "subscription")) == 1
    assert received(sandbox, one, "template") == []


def test_a_template_is_repeated_only_while_wechat_knows_its_number():
    assert REPEATABLE.total_seconds() < 600
