"""The columns that hold texts: whatever way a text comes in by, it is stored as ``texts.clean_text`` leaves it.

Models take these in place of Django's. In migrations they are Django's own: the columns are the same.
"""

from typing import Any

from django.db import models

from roadmap.texts import clean_value


class _Clean:
    """A column whose texts are cleaned when they are checked, and at the latest when they are written."""

    def to_python(self, value: Any) -> Any:
        """The value, cleaned."""
        return clean_value(super().to_python(value))  # type: ignore[misc]

    def get_prep_value(self, value: Any) -> Any:
        """The value as it is written, or compared with what is stored."""
        return super().get_prep_value(clean_value(value))  # type: ignore[misc]

    def deconstruct(self) -> Any:
        """Django's field."""
        name, _path, args, options = super().deconstruct()  # type: ignore[misc]
        return name, f"django.db.models.{type(self).__name__}", args, options


class CharField(_Clean, models.CharField):
    """A line of text."""


class TextField(_Clean, models.TextField):
    """Any text."""


class EmailField(_Clean, models.EmailField):
    """An address of mail."""


class URLField(_Clean, models.URLField):
    """An address of the web."""


class JSONField(_Clean, models.JSONField):
    """Values, with texts in them."""
