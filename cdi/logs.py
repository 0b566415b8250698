"""Logs: one JSON object a line, from an allow-list, so that nothing of a patient gets in.

What our own code says are fixed words with ids, counts and codes. Other libraries put what they
please into their messages, and errors carry values; of those only the kind and the place are kept.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

# What a line may hold besides its words. Everything else is left out, whoever wrote it.
_FIELDS = frozenset(
    {
        "attempts",
        "channel",
        "code",
        "count",
        "counts",
        "error",
        "event",
        "id",
        "job",
        "kind",
        "level",
        "logger",
        "method",
        "milliseconds",
        "place",
        "port",
        "request_id",
        "route",
        "status",
        "time",
    }
)
_STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True, key="time")
_WITHHELD = "words of a library, withheld"


def configure_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Send all logs of this process to a stream, standard error if none is given.

    Args:
        level: "debug", "info", "warning" or "error".
        stream: where to.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_tell_library],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _tell_error,
                _keep_allowed,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Of other libraries only trouble is told: where it came from, since their words are withheld.
    root.setLevel(logging.WARNING)
    logging.getLogger("cdi").setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "huey", "huey.consumer"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def get_log(name: str) -> structlog.stdlib.BoundLogger:
    """Return the log of a part of the product."""
    log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(f"cdi.{name}"),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            _STAMP,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return log


def place_of(error: BaseException) -> str:
    """Return where an error was raised, as ``file:line``; never what it says."""
    return _place(error.__traceback__)


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""


def _tell_library(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell of a line of another library: its template, where it has one, without its values."""
    record: logging.LogRecord = event["_record"]
    template = isinstance(record.msg, str) and bool(record.args)
    event["event"] = record.msg if template else _WITHHELD
    event["logger"], event["level"] = record.name, record.levelname.lower()
    event["place"] = f"{record.filename}:{record.lineno}"
    if record.exc_info:
        event["exc_info"] = record.exc_info
    return _STAMP(None, "", event)


def _tell_error(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the kind and the place of an error in the place of its words."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"], event["place"] = type(error).__name__, place_of(error)
    return event


def _keep_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key in _FIELDS}
