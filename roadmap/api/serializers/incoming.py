"""The base of all shapes that come in: unknown and read-only names are refused, never ignored."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class Incoming(serializers.Serializer):
    """A body. ``elsewhere`` maps names that can't be written here to what to do instead."""

    elsewhere: Mapping[str, Any] = {}

    def to_internal_value(self, data: Any) -> Any:
        """The values. Raises ValidationError for each name that isn't a field, with the other errors."""
        wrong = {}
        if isinstance(data, Mapping):
            wrong = {
                str(name): [ErrorDetail(self.elsewhere.get(name, _("No such field to write.")), code="unknown")]
                for name in data
                if name not in self.fields
            }
            # the framework would take a number for the text that writes it
            wrong |= {
                name: [ErrorDetail(str(_("Write a text, in quotes.")), code="invalid")]
                for name, field in self.fields.items()
                if isinstance(field, serializers.CharField) and isinstance(data.get(name), int | float)
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
