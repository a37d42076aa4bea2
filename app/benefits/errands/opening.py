"""Opens errands: routes, what is heard, what is done by the clock."""

from __future__ import annotations

from apiflask import APIFlask

from app.benefits.errands import ending, news, own_data, pictures
from app.benefits.errands.models import ErrandWords, words_context
from app.benefits.errands.routes import blueprint
from app.benefits.errands.staff_routes import blueprint as staff_blueprint
from app.core import health
from app.core.keys.columns import sealed
from app.core.timetable import every
from app.ledger import service as ledger
from app.members import service as members
from app.wallet import service as wallet


def open_room(app: APIFlask) -> None:
    """Connects errands to the application; called by the room's opening."""
    app.register_blueprint(blueprint)
    app.register_blueprint(staff_blueprint)
    ledger.explain(news.kinds())
    sealed(ErrandWords.words, words_context)
    own_data.declare()
    wallet.commission_asked.connect(own_data.labour_fen)
    members.remaining_asked.connect(own_data.remaining)
    members.erasing.connect(own_data.erase)
    members.past_asked.connect(own_data.has_past)
    members.merging.connect(own_data.hand_over)
    members.unmerging.connect(own_data.take_back)
    every(ending.SECONDS, "benefits.end_errands", ending.end_due)
    every(pictures.CLEAR_SECONDS, "benefits.clear_errand_pictures", pictures.clear_unused)
    every(own_data.FORGET_SECONDS, "benefits.forget_errands", own_data.forget_old)
    health.gauge("errands_overdue", ending.overdue)
    health.gauge("errands_disputed", ending.disputed)
