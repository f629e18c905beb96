"""The change history of everything that people edit: who, when, before and after, why, through which door.

Whoever writes calls ``note_change`` first; nothing is taken from an ambient request.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from roadmap.errors import InvalidChange
from roadmap.models.text_fields import CharField, TextField
from roadmap.texts import LONGEST_TEXT
from roadmap.vocabulary import Door

if TYPE_CHECKING:
    from roadmap.models.access import ApiToken
    from roadmap.models.person import Person


@dataclass(frozen=True)
class Actor:
    """Who acts, and through which door. ``person`` is None where the system itself acts; ``token`` is what they call
    by, which bounds what they may hand on."""

    person: "Person | None"
    door: Door
    token: "ApiToken | None" = None


SYSTEM = Actor(person=None, door=Door.SYSTEM)


class ChangeRecord(models.Model):
    """What a history row holds beside the library's own columns."""

    door = CharField(_("door"), max_length=10, choices=Door.choices, default=Door.SYSTEM)

    class Meta:
        abstract = True


class OneManagerAModel(HistoryManager):
    """The library's manager, whose class is put together once and not anew at each ``.history``."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type[HistoricalQuerySet], class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


class KeptHistory(HistoricalRecords):
    """The library's history, except that a person who goes stays named, and that what goes along with a removed entry
    is removed by whom, why and through which door the entry was."""

    def _get_history_user_fields(self) -> dict[str, models.Field]:
        """The library would set it to null when the person is removed: it would forget who, and change the past."""
        return {
            "history_user": models.ForeignKey(
                settings.AUTH_USER_MODEL, null=True, related_name="+", on_delete=models.DO_NOTHING, db_constraint=False
            )
        }

    def post_delete(self, instance: models.Model, using: str | None = None, **rest: Any) -> None:
        origin = rest.get("origin")
        if isinstance(origin, models.Model) and origin is not instance:
            for name in NOTED:
                if hasattr(origin, name):
                    setattr(instance, name, getattr(origin, name))
        super().post_delete(instance, using=using, **rest)


NOTED = ("_history_user", "_change_reason", "_change_door")


def change_history(**options: Any) -> HistoricalRecords:
    """The history of a model; ``options`` are those of the library's ``HistoricalRecords``."""
    reason = TextField(blank=True, default="")
    return KeptHistory(
        bases=[ChangeRecord], history_manager=OneManagerAModel, history_change_reason_field=reason, **options
    )


@receiver(pre_create_historical_record, dispatch_uid="roadmap_change_door")
def _note_door(instance: models.Model, history_instance: ChangeRecord, **_rest: object) -> None:
    """The library's only hook for a column of our own."""
    history_instance.door = getattr(instance, "_change_door", Door.SYSTEM)
    history_instance.history_change_reason = history_instance.history_change_reason or ""  # type: ignore[attr-defined]


def require_short_reason(reason: str) -> None:
    """Raise InvalidChange for a reason that is longer than any text."""
    if len(reason) > LONGEST_TEXT:
        raise InvalidChange({"reason": _("Write no more than %(most)s characters.") % {"most": LONGEST_TEXT}})


def note_change(instance: models.Model, *, by: Actor, reason: str = "", at: datetime | None = None) -> None:
    """Say on ``instance`` who changes it and why, before it is saved or deleted; ``at`` only for told past changes.

    Raises as ``require_short_reason``.
    """
    require_short_reason(reason)
    instance._history_user = by.person  # type: ignore[attr-defined]
    instance._change_reason = reason  # type: ignore[attr-defined]
    instance._change_door = by.door  # type: ignore[attr-defined]
    if at is not None:
        instance._history_date = at  # type: ignore[attr-defined]


@cache
def historised_models() -> tuple[type[models.Model], ...]:
    """Every model of ours whose changes are kept, by name."""
    ours = apps.get_app_config("roadmap").get_models()
    return tuple(sorted((model for model in ours if hasattr(model, "history")), key=lambda model: model.__name__))


# What no history tells: what the program itself keeps beside each change, or what is a secret.
NOT_TOLD = frozenset(
    {
        "id",
        "version",
        "created_at",
        "updated_at",
        "remind_at",
        "path",
        "password",
        "last_login",
        "answer_links_generation",
    }
)


@cache
def told_fields(model: type[models.Model]) -> "tuple[models.Field[Any, Any], ...]":
    """The fields of which each history tells, public or not, and by which two days are compared: all but those."""
    tracked = tracked_columns(model)
    return tuple(f for f in model._meta.concrete_fields if f.name not in NOT_TOLD and f.attname in tracked)


@cache
def tracked_columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of which the history keeps track."""
    return tuple(field.attname for field in model.history.model.tracked_fields)  # type: ignore[attr-defined]


def note_changes(instances: Collection[models.Model], *, by: Actor, reason: str = "") -> None:
    """Keep rows that were written by one statement, of one model, as changed by the actor; one query."""
    _note_many(instances, by=by, reason=reason, are_changed=True)


def note_made(instances: Collection[models.Model], *, by: Actor, reason: str = "") -> None:
    """The same for rows that were made by one statement."""
    _note_many(instances, by=by, reason=reason, are_changed=False)


def _note_many(instances: Collection[models.Model], *, by: Actor, reason: str, are_changed: bool) -> None:
    rows = list(instances)
    if not rows:
        return
    model = type(rows[0])
    model.history.bulk_history_create(  # type: ignore[attr-defined]
        rows,
        update=are_changed,
        default_user=by.person,
        default_change_reason=reason,
        custom_historical_attrs={"door": by.door},
    )
