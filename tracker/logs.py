"""How log lines look: one line a record, UTC; as text for people or as JSON for collectors. None has a secret in it."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from roadmap.secret_paths import without_secrets

MASK = "…"
_make_record = logging.LogRecord


def masked_record(*args: Any, **more: Any) -> logging.LogRecord:
    """A record as logging makes it, without the secrets in its message and traceback.

    Done where all records of the process are made, so that it holds for every logger and handler, whoever added them:
    the framework's, the web server's, a collector's.
    """
    record = _make_record(*args, **more)
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):  # logging itself reports arguments that don't fit
        return record
    if (masked := without_secrets(message, instead=MASK)) != message:
        record.msg, record.args = masked, ()
    if record.exc_info:
        record.exc_text = without_secrets(logging.Formatter().formatException(record.exc_info), instead=MASK)
    return record


class TextFormatter(logging.Formatter):
    """``2026-01-31T08:00:00Z INFO roadmap.outbox: message``, a traceback below when there is one."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (logging's name)
        """The record's instant in UTC, to the second."""
        return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class JsonFormatter(logging.Formatter):
    """One JSON object a line with ``time``, ``level``, ``logger``, ``message`` and, for errors, ``traceback``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = record.exc_text or self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def logging_settings(*, level: str, form: str) -> dict[str, object]:
    """Django's LOGGING: everything from ``level`` on to stderr, in ``form`` (``text`` or ``json``).

    From now on this process makes records without secrets.
    """
    logging.setLogRecordFactory(masked_record)
    silent = {"handlers": [], "propagate": True}  # Django's own handlers would mail errors, or print them twice
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"text": {"()": TextFormatter}, "json": {"()": JsonFormatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django": silent, "django.server": silent},
    }
