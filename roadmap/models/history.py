"""The change history of everything that people edit: who, when, before and after, why, through which door.

Whoever writes calls ``note_change`` first; nothing is taken from an ambient request.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from roadmap.vocabulary import Door

if TYPE_CHECKING:
    from roadmap.models.person import Person


@dataclass(frozen=True)
class Actor:
    """Who acts, and through which door. ``person`` is None where the system itself acts."""

    person: "Person | None"
    door: Door


SYSTEM = Actor(person=None, door=Door.SYSTEM)


class ChangeRecord(models.Model):
    """What a history row holds beside the library's own columns."""

    door = models.CharField(_("door"), max_length=10, choices=Door.choices, default=Door.SYSTEM)

    class Meta:
        abstract = True


def change_history(**options: Any) -> HistoricalRecords:
    """The history of a model; ``options`` are those of the library's ``HistoricalRecords``."""
    return HistoricalRecords(
        bases=[ChangeRecord], history_change_reason_field=models.TextField(blank=True, default=""), **options
    )


@receiver(pre_create_historical_record, dispatch_uid="roadmap_change_door")
def _note_door(instance: models.Model, history_instance: ChangeRecord, **_rest: object) -> None:
    """The library's only hook for a column of our own."""
    history_instance.door = getattr(instance, "_change_door", Door.SYSTEM)
    history_instance.history_change_reason = history_instance.history_change_reason or ""  # type: ignore[attr-defined]


def note_change(instance: models.Model, *, by: Actor, reason: str = "", at: datetime | None = None) -> None:
    """Say on ``instance`` who changes it and why, before it is saved or deleted; ``at`` only for told past changes."""
    instance._history_user = by.person  # type: ignore[attr-defined]
    instance._change_reason = reason  # type: ignore[attr-defined]
    instance._change_door = by.door  # type: ignore[attr-defined]
    if at is not None:
        instance._history_date = at  # type: ignore[attr-defined]
