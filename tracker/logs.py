"""How log lines look: one line a record, UTC; as text for people or as JSON for collectors."""

import json
import logging
from datetime import UTC, datetime


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
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def logging_settings(*, level: str, form: str) -> dict[str, object]:
    """Django's LOGGING: everything from ``level`` on to stderr, in ``form`` (``text`` or ``json``)."""
    silent = {"handlers": [], "propagate": True}  # Django's own handlers would mail errors, or print them twice
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"text": {"()": TextFormatter}, "json": {"()": JsonFormatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django": silent, "django.server": silent},
    }
