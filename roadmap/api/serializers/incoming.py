"""The base of all shapes that come in: unknown and read-only names are refused, never ignored."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from roadmap.texts import clean_text
from roadmap.written_days import RIGHT_DAY, read_day_of_program


class Incoming(serializers.Serializer):
    """A body. ``elsewhere`` maps names that can't be written here to what to do instead."""

    elsewhere: Mapping[str, Any] = {}

    def to_internal_value(self, data: Any) -> Any:
        """The values. Raises ValidationError for each name that isn't a field, with the other errors."""
        wrong = {}
        if type(data) is dict:  # what a form sends is a dict of another kind, and comes in by fields of its own
            data = {name: _as_stored(value) for name, value in data.items()}
        if isinstance(data, Mapping):
            wrong = {
                str(name): [ErrorDetail(self.elsewhere.get(name, _("No such field to write.")), code="unknown")]
                for name in data
                if name not in self.fields
            }
            wrong |= {
                name: [ErrorDetail(str(text), code="invalid")]
                for name, field in self.fields.items()
                if (text := _mistaken(field, data.get(name))) is not None
            }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({**error.detail, **wrong}) from error
        if wrong:
            raise serializers.ValidationError(wrong)
        return values


def _as_stored(value: Any) -> Any:
    """A text as it is kept, so that its length is that of what is kept; NUL is left to be refused."""
    return clean_text(value) if isinstance(value, str) and "\x00" not in value else value


def _mistaken(field: serializers.Field[Any, Any, Any, Any], value: Any) -> Any:
    """What is wrong with a value that the framework would take for another: a number for the text that writes it, a
    text such as "no", or a number, for true or false; or a day that is written otherwise than programs do."""
    if isinstance(field, serializers.CharField) and isinstance(value, int | float):
        return _("Write a text, in quotes.")
    if isinstance(field, serializers.DateField) and isinstance(value, str) and not _is_day(value):
        return RIGHT_DAY
    if isinstance(field, serializers.BooleanField) and not isinstance(value, bool | None):
        return _("Write true or false.")
    return None


def _is_day(text: str) -> bool:
    try:
        read_day_of_program(text)
    except ValueError:
        return False
    return True
