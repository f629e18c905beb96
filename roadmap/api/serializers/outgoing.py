"""The base of all shapes that only go out."""

from django.db import models
from rest_framework import serializers

from roadmap.api.fields import AmountField


class _ReadOnly:
    """Marks every field as read-only, so that the OpenAPI description says that it is always there."""

    def get_fields(self):  # type: ignore[no-untyped-def]
        """The fields, each read-only."""
        fields = super().get_fields()  # type: ignore[misc]
        for field in fields.values():
            field.read_only, field.required = True, False
            if isinstance(field, serializers.IntegerField):  # the database's bounds, which differ, aren't ours to tell
                field.min_value, field.max_value, field.validators = None, None, []
        return fields


class Outgoing(_ReadOnly, serializers.Serializer):
    """An answer's part that is no row."""


class OutgoingModel(_ReadOnly, serializers.ModelSerializer):
    """A row as it goes out."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DecimalField: AmountField,
    }
