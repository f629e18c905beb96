"""Two people on one entry: the second one sees what changed meanwhile and decides; nothing is overwritten in silence.

A form carries the state that its reader saw: the version of a milestone, else the number of the newest history row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from roadmap.errors import StaleEdit
from roadmap.models import Milestone
from roadmap.models.in_words import in_words, names_of

_NUMBER = re.compile(r"[0-9]{0,18}")  # what a database's number holds for certain


@dataclass(frozen=True)
class Meanwhile:
    """One field that somebody else changed. ``mine`` is None where the reader hadn't touched it himself."""

    label: str
    before: str
    now: str
    mine: str | None


def state_seen(text: str) -> int | None:
    """What a page sent along as the state that it showed; None where it showed none. Raises BadRequest."""
    if not _NUMBER.fullmatch(text):
        raise BadRequest("the state that was seen is no number")
    return int(text) if text else None


def seen_state(instance: models.Model) -> str:
    """The mark of the state that is stored now; empty for what keeps no history."""
    return str(instance.version) if isinstance(instance, Milestone) else newest_change(type(instance), instance.pk)


def newest_change(model: type[models.Model], key: Any) -> str:
    """The number of the newest history row of the row with that key; empty where there is none."""
    if not hasattr(model, "history"):
        return ""
    newest = model.history.filter(**{model._meta.pk.attname: key}).order_by("-history_id")
    return str(newest.values_list("history_id", flat=True).first() or "")


def refuse_stale(current: models.Model, seen: str) -> None:
    """Raise StaleEdit when ``current``, locked, is no longer in the state that was seen."""
    now = seen_state(current)
    if seen and now != seen:
        raise StaleEdit(
            _("Somebody else has changed this entry. Check what changed and save again."),
            current_version=int(now or 0),
        )


def merge(request: HttpRequest, form: Any, seen: str) -> Sequence[Meanwhile]:
    """Prepare the request to be shown again, and tell what changed meanwhile.

    What the reader hadn't touched takes over the newer value, so that saving again doesn't undo it; what he had
    touched stays as he wrote it. The request then carries the newer state as seen.
    """
    model = type(form.instance)
    current = model._default_manager.get(pk=form.instance.pk)
    base = _row_seen(model, current, seen)
    data = request.POST.copy()
    data[form.add_prefix("seen")] = seen_state(current)
    told = []
    names = names_of(model, [base, current, form.instance])
    for field in model._meta.concrete_fields:
        if field.name not in form.fields or base is None or not hasattr(base, field.attname):
            continue
        before, now, mine = (getattr(row, field.attname) for row in (base, current, form.instance))
        if now == before or mine == now:
            continue
        if mine == before:
            _put(data, form, field.name, now)
        told.append(
            Meanwhile(
                label=str(field.verbose_name),
                before=in_words(field, before, names),
                now=in_words(field, now, names),
                mine=None if mine == before else in_words(field, mine, names),
            )
        )
    request.POST = data  # type: ignore[assignment]
    return told


def _row_seen(model: type[models.Model], current: models.Model, seen: str) -> models.Model | None:
    rows = model.history.filter(**{model._meta.pk.attname: current.pk})  # type: ignore[attr-defined]
    mark = {"version": seen} if isinstance(current, Milestone) else {"history_id": seen}
    found: models.Model | None = rows.filter(**mark).order_by("-history_id").first()
    return found


def _put(data: Any, form: Any, name: str, value: Any) -> None:
    """Write the value as the field's widget would send it."""
    field = form.fields[name]
    key = form.add_prefix(name)
    if isinstance(value, bool):
        data.pop(key, None)
        if value:
            data[key] = "on"
        return
    written = field.widget.format_value(field.prepare_value(value))
    if isinstance(written, list):
        written = written[0] if written else ""
    data[key] = "" if written is None else str(written)
