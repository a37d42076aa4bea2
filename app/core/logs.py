"""Logs: one JSON object a line on standard error, without secrets or personal data."""

from __future__ import annotations

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

# PostgreSQL tells which row it refused, with all it holds; the name of the constraint is enough.
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


def without_rows(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Takes the contents of refused rows out of a reported exception."""
    if "exception" in event:
        event["exception"] = ROW_REFUSED.sub(r"\1: (left out)", event["exception"])
    return event
