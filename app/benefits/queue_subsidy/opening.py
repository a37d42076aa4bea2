"""Opens the queue: its routes, readers and duty."""

from __future__ import annotations

from apiflask import APIFlask

from app.benefits.queue_subsidy import own_data, paying, service
from app.benefits.queue_subsidy.routes import blueprint
from app.core import outbox
from app.core.timetable import every
from app.members import service as members


def open_room(app: APIFlask) -> None:
    """Connects the queue to the application. Called once by the room, in its context."""
    own_data.declare()
    members.given_up_asked.connect(own_data.given_up)
    members.erasing.connect(own_data.leave)
    app.register_blueprint(blueprint)
    outbox.reader("sale.distributed", "benefits.queue_joined", service.on_sale, is_local=True)
    outbox.reader("sale.refunded", "benefits.queue_refunded", service.on_refund, is_local=True)
    every(paying.TURN_SECONDS, "benefits.queue_turn", paying.turn)
