"""Opens the room: its addresses and the duties of its inbox."""

from __future__ import annotations

from apiflask import APIFlask

from app.core import health, outbox
from app.core.keys.columns import sealed
from app.core.timetable import every
from app.wechat import alarms
from app.wechat import client as wechat
from app.wechat import commands as wechat_commands
from app.wechat import door as wechat_door
from app.wechat import jobs as wechat_jobs
from app.wechat.inbox import body_context
from app.wechat.models import Notice
from app.wechat.routes import blueprint as wechat_blueprint


def open_room(app: APIFlask) -> None:
    """Connects the room to the application. Called once by `create_app`, in its context."""
    app.register_blueprint(wechat_blueprint)
    wechat_commands.install(app)
    wechat_door.install(app)
    sealed(Notice.body, body_context)
    every(wechat_jobs.SWEEP_SECONDS, "wechat.sweep_notices", wechat_jobs.sweep_notices)
    every(wechat_jobs.CLEAR_SECONDS, "wechat.clear_old_notices", wechat_jobs.clear_old_notices)
    every(wechat_jobs.CERTIFICATE_SECONDS, "wechat.certificates", wechat_jobs.ask_for_certificates)
    certificates_due, reader = wechat_jobs.CERTIFICATES_DUE, wechat_jobs.CERTIFICATES_READER
    outbox.reader(certificates_due, reader, wechat_jobs.refresh_certificates)
    health.gauge("notices_unprocessed", wechat.unprocessed)
    health.gauge("wechat_paths_paused", wechat.paths_paused)
    health.gauge("wechat_misconfigured", alarms.count)
    health.series("wechat_alarms", ("owner", "path", "code"), alarms.by_code)
    health.series("wechat_calls_today", ("app", "path"), wechat.calls_today)
