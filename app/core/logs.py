"""Logs: one JSON object a line on standard error, without secrets or personal data."""

from __future__ import annotations

import logging
import re
import sys

import structlog
from pydantic import ValidationError
from structlog.typing import EventDict, WrappedLogger

# PostgreSQL tells which row it refused, with all it holds; the name of the constraint is enough.
MOST_TOLD = 500
_REST = r"(?:\n(?!\[SQL|\(Background|Traceback|  File).*)*"
ROW_REFUSED = re.compile(r"^(DETAIL|CONTEXT):.*" + _REST, re.MULTILINE)


def install() -> None:
    """Sets up structlog for the process; called once by create_app."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_rows,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def told(error: BaseException) -> str:
    """What may be kept of an error and shown to staff: its kind and words (at most MOST_TOLD
    characters), without the contents of a row that was refused or of a value that was given."""
    if isinstance(error, ValidationError):
        places = (".".join(str(part) for part in each["loc"]) for each in error.errors())
        return f"{type(error).__name__}: {error.title}: {', '.join(places)}"[:MOST_TOLD]
    return ROW_REFUSED.sub(r"\1: (left out)", f"{type(error).__name__}: {error}")[:MOST_TOLD]


def without_rows(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Takes the contents of refused rows out of a reported exception."""
    if "exception" in event:
        event["exception"] = ROW_REFUSED.sub(r"\1: (left out)", event["exception"])
    return event
