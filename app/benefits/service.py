"""The door of the benefits: campaigns, what they give, and what is told of it."""

from app.benefits.campaigns import Draft, add, end, publish
from app.benefits.contract import Funder, News
from app.benefits.grants import released_fen
from app.benefits.news import NEWS, worded
from app.benefits.queue_subsidy.reading import pool as queue_pool

__all__ = [
    "NEWS",
    "Draft",
    "Funder",
    "News",
    "add",
    "end",
    "publish",
    "queue_pool",
    "released_fen",
    "worded",
]
