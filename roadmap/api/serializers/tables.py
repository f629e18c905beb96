"""A table taken in: what comes with it, and what became of its rows."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from roadmap.api.serializers.incoming import Incoming
from roadmap.api.serializers.many import DRY_RUN
from roadmap.api.serializers.outgoing import Outgoing
from roadmap.exchange.sheets.bring import Brought
from roadmap.texts import LONGEST_TEXT


@extend_schema_field({"type": "boolean"})
class YesOrNoOfForm(serializers.Field):
    """``true`` or ``false``, as a form with files writes them."""

    default_error_messages = {"invalid": _("Write true or false.")}

    def to_internal_value(self, value: object) -> bool:
        """Which of them."""
        if value not in ("true", "false"):
            self.fail("invalid")
        return value == "true"

    def to_representation(self, value: bool) -> bool:
        """Not used: it only comes in."""
        return value


class NewTable(Incoming):
    """A table file, in a body of the type multipart/form-data."""

    file = serializers.FileField(max_length=200, use_url=False, help_text="XLSX, or CSV in UTF-8 or GB 18030.")
    reason = serializers.CharField(
        max_length=LONGEST_TEXT, required=False, help_text="Why; kept in the history. Needed where something changes."
    )
    dry_run = YesOrNoOfForm(**DRY_RUN)  # type: ignore[arg-type]


class FieldChanged(Outgoing):
    """A field of an entry; both values in words, in the language asked for."""

    name = serializers.CharField(help_text="As the API calls it.")
    label = serializers.CharField()  # type: ignore[assignment]  # a field called label
    before = serializers.CharField()
    after = serializers.CharField()


class RowTaken(Outgoing):
    """A row that changed an entry or made one."""

    row = serializers.IntegerField(help_text="As spreadsheet programs count, from 1.")
    id = serializers.IntegerField(source="pk", allow_null=True, help_text="Null for a new entry in a dry run.")
    title = serializers.CharField()
    is_new = serializers.BooleanField()
    changes = FieldChanged(many=True)
    effects = serializers.ListField(
        child=serializers.CharField(),
        help_text="Of a dry run: what to heed of new dates, which reminders would be withdrawn, and which come.",
    )


class TableTaken(Outgoing):
    """What a table changed, or would change."""

    dry_run = serializers.BooleanField()
    changed = serializers.IntegerField()
    added = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Rows that asked for nothing.")
    outdated = serializers.IntegerField(help_text="Those among them that others changed since the export.")
    ignored = serializers.ListField(child=serializers.CharField(), help_text="Heads of columns that change nothing.")
    left_out = serializers.ListField(child=serializers.CharField(), help_text="Sheets that weren't read.")
    rows = RowTaken(many=True)


def told_of(brought: Brought, *, dry_run: bool) -> dict[str, Any]:
    """The values of ``TableTaken``."""
    fields: Any = TableTaken().fields
    named = {name: getattr(brought, name) for name in fields if name != "dry_run"}
    return {"dry_run": dry_run, **named}
