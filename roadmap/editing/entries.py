"""Acts on entries that have no rules of their own: the frame of a programme, organisations, people, indicators.

Milestones, progress, baselines, reminder rules and subscriptions have acts of their own.
"""

from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import ProtectedError, Q, RestrictedError, Value
from django.db.models.functions import Concat, Now, Substr
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.account_notices import Changed, tell_of_change
from roadmap.editing.days_to_verify import days_to_verify_move_along
from roadmap.errors import InvalidChange
from roadmap.models import (
    DigestSubscription,
    Initiative,
    Milestone,
    Organisation,
    Person,
    Phase,
    PublishedYear,
    ReminderOccurrence,
    Roadmap,
    WorkdayOverride,
)
from roadmap.models.history import Actor, note_change, note_changes
from roadmap.models.reminder import counts_working_days
from roadmap.outbox.withdraw import withdraw_reminders_among
from roadmap.rights import require_administer
from roadmap.validity import check_fields, check_whole, has_roadmap
from roadmap.vocabulary import Role

Entry = TypeVar("Entry", bound=models.Model)


def create_entry(model: type[Entry], *, by: Actor, reason: str = "", **fields: Any) -> Entry:
    """A new row of ``model``. Raises InvalidChange naming the fields that are wrong, NotAllowed.

    Where the model has a column ``reason`` of its own (a working-day override), the reason is kept there too.
    """
    require_administer(by)
    fields = _with_own_reason(model, fields, reason)
    check_fields(model, fields)
    return _write(model(**fields), by=by, reason=reason)


def change_entry(instance: Entry, *, by: Actor, reason: str = "", **fields: Any) -> Entry:
    """Change fields of a row. Raises InvalidChange naming the fields that are wrong, NotAllowed."""
    require_administer(by)
    fields = _with_own_reason(type(instance), fields, reason)
    check_fields(type(instance), fields)
    for name, value in fields.items():
        setattr(instance, name, value)
    return _write(instance, by=by, reason=reason)


def remove_entry(instance: models.Model, *, by: Actor, reason: str = "") -> None:
    """Delete a row; the history keeps it. Raises InvalidChange while anything still refers to it."""
    require_administer(by)
    with transaction.atomic():
        note_change(instance, by=by, reason=reason)
        _ask_the_planners_to_look(instance)
        _let_go_of(instance, by=by, reason=reason)
        try:
            with days_to_verify_move_along(instance, by=by, reason=reason):
                instance.delete()
        except (ProtectedError, RestrictedError) as error:
            raise InvalidChange({"__all__": _("Something still refers to this entry; move that first.")}) from error


def _let_go_of(instance: models.Model, *, by: Actor, reason: str) -> None:
    """Empty what names the row and can do without it, as an organisation its lead; a database does it in silence."""
    for relation in instance._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.on_delete is not models.SET_NULL:
            continue
        if hasattr(relation.related_model, "history"):
            column = relation.remote_field.name
            for row in relation.related_model._default_manager.filter(**{column: instance}).order_by("pk"):
                setattr(row, column, None)
                note_change(row, by=by, reason=reason)
                row.save(update_fields=[column])


def _with_own_reason(model: type[models.Model], fields: dict[str, Any], reason: str) -> dict[str, Any]:
    has_one = any(field.name == "reason" for field in model._meta.concrete_fields)
    return {**fields, "reason": reason} if has_one and reason else fields


def _write(instance: Entry, *, by: Actor, reason: str) -> Entry:
    with transaction.atomic():
        if isinstance(instance, Organisation):
            _place_in_tree(instance, by=by, reason=reason)
        if isinstance(instance, Roadmap) and instance._state.adding:
            instance.is_default = not Roadmap.objects.exists()
        check_whole(instance, found_wrong=_torn_apart(instance))
        note_change(instance, by=by, reason=reason)
        has_moved = isinstance(instance, Phase) and _has_moved(instance)
        if isinstance(instance, Person):
            _tell_of_another_address(instance)
        with days_to_verify_move_along(instance, by=by, reason=reason):
            instance.save()
        _ask_the_planners_to_look(instance)
        if has_moved:
            _let_reminders_follow(instance)
    return instance


def _tell_of_another_address(person: Person) -> None:
    """To the former address, too."""
    former = Person.objects.filter(pk=person.pk).values_list("email", flat=True).first()
    if former is not None and former != person.email:
        tell_of_change(person, Changed.ADDRESS, now=clock.now(), former_address=former)


def _torn_apart(instance: Any) -> dict[str, Promise]:
    """The roadmap, where it is changed of what others of the old one refer to."""
    if instance._state.adding or not has_roadmap(type(instance)):
        return {}
    if type(instance).objects.filter(pk=instance.pk, roadmap=instance.roadmap_id).exists():
        return {}
    referring = (
        one.related_model._default_manager.filter(**{one.field.name: instance})
        for one in instance._meta.related_objects
        if one.related_model is Milestone or has_roadmap(one.related_model)
    )
    if any(rows.exists() for rows in referring):
        return {"roadmap": _("Something of this roadmap refers to this entry; move that first.")}
    return {}


def _has_moved(phase: Phase) -> bool:
    """Whether its gate is stored with another day."""
    return Phase.objects.filter(pk=phase.pk).exclude(gate_on=phase.gate_on).exists()


def _let_reminders_follow(phase: models.Model) -> None:
    """Its gate has moved: what waits may tell of the old day. What is still so is planned anew."""
    Milestone.objects.told_of().filter(phase=phase.pk).ask_planner_to_look(at=Now())
    withdraw_reminders_among(ReminderOccurrence.objects.filter(milestone__phase=phase.pk))


def _ask_the_planners_to_look(instance: models.Model) -> None:
    """Reminders also hang on people, organisations, pillars, zones and working days: look anew there.

    A digest comes at its reader's local time, which another zone moves.
    """
    reached: Q | None = None
    if isinstance(instance, Person):
        reached = Q(owner=instance.pk) | Q(organisation__lead=instance.pk)
        if instance.role == Role.CONTRIBUTOR and instance.organisation_id:
            reached |= Q(organisation=instance.organisation_id)
        DigestSubscription.objects.filter(person=instance.pk).ask_planner_to_look(at=Now())
    elif isinstance(instance, Organisation):
        reached = Q(organisation__path__startswith=instance.path)
    elif isinstance(instance, Initiative):
        reached = Q(initiative=instance.pk)  # it may have moved to a pillar with rules of its own
    elif isinstance(instance, Roadmap):
        reached = Q(initiative__roadmap=instance.pk)
    elif isinstance(instance, WorkdayOverride | PublishedYear):
        reached = counts_working_days()
    if reached is not None:
        Milestone.objects.told_of().filter(reached).ask_planner_to_look(at=Now())


def _place_in_tree(organisation: Organisation, *, by: Actor, reason: str) -> None:
    """Work out ``path`` from the parent's, both as stored; move everything below along. Refuses a circle."""
    # Two moves that each are fine may close a circle together: one change of the tree at a time.
    list(Organisation.objects.select_for_update(no_key=True).filter(parent=None).order_by("pk").values_list("pk"))
    involved = Organisation.objects.filter(pk__in=[organisation.pk, organisation.parent_id])
    paths = dict(involved.values_list("pk", "path"))
    old_path, parent_path = paths.get(organisation.pk, ""), paths.get(organisation.parent_id or 0, "")
    if old_path and parent_path.startswith(old_path):
        raise InvalidChange({"parent": _("An organisation can't belong to itself or to one below it.")})
    organisation.path = f"{parent_path}{organisation.code}/"
    if old_path and organisation.path != old_path:
        below = Organisation.objects.filter(path__startswith=old_path).exclude(pk=organisation.pk)
        moved = list(below.order_by("path").values_list("pk", flat=True))
        below.update(
            path=Concat(Value(organisation.path), Substr("path", len(old_path) + 1), output_field=models.CharField())
        )
        note_changes(Organisation.objects.filter(pk__in=moved).order_by("path"), by=by, reason=reason)
