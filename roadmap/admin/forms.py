"""What every form of the admin has beside its model's fields: the reason of a change, and the state that was seen."""

import re
import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from roadmap.admin.refusals import Refused, put_on_form
from roadmap.admin.stale import state_seen
from roadmap.fields import Field, Part
from roadmap.texts import LONGEST_TEXT

_KEY = re.compile("[0-9a-f]{32}|")


class ReasonField(forms.CharField):
    """A line that says why, kept in the history; as long as any text."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("reason"), "max_length": LONGEST_TEXT, **options})


class SeenField(forms.CharField):
    """The mark of the state that was shown; by itself it never makes a form count as changed."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> str:
        """The mark. Raises BadRequest for what no page of ours has sent."""
        mark: str = super().clean(value)
        state_seen(mark)
        return mark

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Never."""
        return False


class KeyField(SeenField):
    """The key of one form as it was handed out: what is sent under it is done once."""

    def clean(self, value: Any) -> str:
        """The key. Raises BadRequest for what no page of ours has sent."""
        key: str = forms.CharField.clean(self, value)
        if not _KEY.fullmatch(key):
            raise BadRequest("the form's key is none of ours")
        return key


class ActForm(forms.ModelForm):
    """A form whose saving is an act. ``refused`` is what the act answered to this very request, if it refused."""

    reason = ReasonField(
        label=capfirst(_("reason for the change")),
        required=False,
        help_text=_("Kept in the change record, for anyone who asks later."),
    )
    seen = SeenField()
    form_key = KeyField()
    refused: Refused | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = getattr(self.instance, "state_read", "")  # never on the field: threads share that
        self.initial["form_key"] = secrets.token_hex(16)

    def changed_values(self) -> dict[str, Any]:
        """The model's fields that differ from what is stored, with their new values; in a new row, all of them."""
        names = [name for name in self._meta_fields() if name in self.cleaned_data]
        if not self.instance._state.adding:
            names = [name for name in names if name in self.changed_data]
        return {name: getattr(self.instance, name) for name in names if name != "reason"}

    def asks_for_nothing(self) -> bool:
        """Whether saving would leave the entry itself as it is (rows of inlines apart)."""
        return not self.changed_values() and not ("reason" in self._meta_fields() and "reason" in self.changed_data)

    def clean(self) -> dict[str, Any] | None:
        """The form's own checks, then what the act found wrong."""
        cleaned = super().clean()
        if self.refused is not None and self.refused.prefix == self.prefix:
            put_on_form(self.refused.error, self)
        return cleaned

    def _meta_fields(self) -> list[str]:
        model: type[models.Model] = self._meta.model
        return [field.name for field in model._meta.concrete_fields if field.name in self.fields and field.editable]


class ActInlineForm(forms.ModelForm):
    """The same for a row of an inline."""

    refused: Refused | None = None

    def clean(self) -> dict[str, Any] | None:
        """The row's own checks, then what the act found wrong."""
        cleaned = super().clean()
        if self.refused is not None and self.refused.prefix == self.prefix:
            put_on_form(self.refused.error, self)
        return cleaned


def fieldsets_of(fields: Iterable[Field]) -> list[tuple[Any, dict[str, Any]]]:
    """The parts of a form in their order, each with its lines of fields."""
    lines: dict[tuple[Part, int], list[str]] = {}
    for one in fields:
        if one.line is not None:
            lines.setdefault(one.line, []).append(one.name)
    return [
        (
            None if part is Part.WHAT else part.label,
            {"fields": [tuple(lines[of, number]) for of, number in sorted(lines) if of is part]},
        )
        for part in Part
        if any(of is part for of, _number in lines)
    ]
