"""The columns that hold texts: whatever way a text comes in by, it is stored as ``texts.clean_text`` leaves it.

Models take these in place of Django's. In migrations they are Django's own: the columns are the same.
"""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models

from roadmap.texts import LONGEST_TEXT, clean_text, clean_value


class CleanTextFormField(forms.CharField):
    """What is typed, as it is stored: so its length is that, and a text that comes back as it was shown is no change.
    NUL is left to be refused, as at every door."""

    def to_python(self, value: Any) -> Any:
        """The text, cleaned, without outer blanks."""
        text = super().to_python(value)
        return text if not isinstance(text, str) or "\x00" in text else super().to_python(clean_text(text))


class _Clean:
    """A column whose texts are cleaned, and lose outer blanks, when they are checked, and at the latest when they are
    written."""

    def to_python(self, value: Any) -> Any:
        """The value, cleaned."""
        cleaned = clean_value(super().to_python(value))  # type: ignore[misc]
        return cleaned.strip() if isinstance(cleaned, str) else cleaned

    def get_prep_value(self, value: Any) -> Any:
        """The value as it is written, or compared with what is stored."""
        return super().get_prep_value(clean_value(value))  # type: ignore[misc]

    def deconstruct(self) -> Any:
        """Django's field."""
        name, _path, args, options = super().deconstruct()  # type: ignore[misc]
        return name, f"django.db.models.{type(self).__name__}", args, options


class CharField(_Clean, models.CharField):
    """A line of text."""

    def formfield(self, **kwargs: Any) -> Any:
        """Choices have a field of their own."""
        return super().formfield(**{"form_class": CleanTextFormField, **kwargs})


class TextField(_Clean, models.TextField):
    """Any text, of no more than ``LONGEST_TEXT`` characters where people write it."""

    default_validators = [MaxLengthValidator(LONGEST_TEXT)]

    def formfield(self, **kwargs: Any) -> Any:
        """With the same limit in the browser."""
        return super().formfield(**{"form_class": CleanTextFormField, "max_length": LONGEST_TEXT, **kwargs})


class EmailField(_Clean, models.EmailField):
    """An address of mail."""


class URLField(_Clean, models.URLField):
    """An address of the web."""


class JSONField(_Clean, models.JSONField):
    """Values, with texts in them."""
