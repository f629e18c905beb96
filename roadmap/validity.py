"""Checks that all acts share, whichever room they are in: an instance before it is saved, and names of fields."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from roadmap.errors import InvalidChange
from roadmap.models import Milestone, Person

NOTHING_WRONG: Mapping[str, str | Promise] = {}
# A day outside is a slip of the hand, or "never" as other programs write it; reckoning from it would lead nowhere.
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2099, 12, 31)


def check_whole(instance: models.Model, *, found_wrong: Mapping[str, str | Promise] = NOTHING_WRONG) -> None:
    """Run the model's own checks, constraints included; raise InvalidChange naming each field that is wrong.

    ``found_wrong`` is what the act found itself; those fields aren't looked at again, and all is told at once. What
    belongs to no single field is reported under ``__all__``.
    """
    wrong = dict(found_wrong)
    try:
        instance.full_clean(exclude=set(found_wrong), validate_constraints=False)
    except ValidationError as error:
        wrong = {**_told_by(error), **wrong}
    exclude = set(wrong) - {NON_FIELD_ERRORS}
    if not _meets_constraints(instance, exclude):
        try:
            instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            wrong = {**_told_by(error), **wrong}
    wrong = {**_days_out_of_reach(instance), **_people_who_left(instance), **wrong, **_of_other_roadmaps(instance)}
    if wrong:
        raise InvalidChange(wrong)


def faults_of_values(instance: models.Model) -> dict[str, str | Promise]:
    """What is wrong with the instance's own values, found without a query; the database enforces the constraints."""
    relations = {field.name for field in instance._meta.concrete_fields if field.is_relation or field.primary_key}
    wrong: dict[str, str | Promise] = {}
    try:
        instance.clean_fields(exclude=relations)
    except ValidationError as error:
        wrong = {field: " ".join(messages) for field, messages in error.message_dict.items()}
    return {**wrong, **_days_out_of_reach(instance)}


def _told_by(error: ValidationError) -> dict[str, str | Promise]:
    return {field or NON_FIELD_ERRORS: " ".join(messages) for field, messages in error.message_dict.items()}


def _meets_constraints(instance: Any, exclude: set[str]) -> bool:
    """Whether all hold, by one statement for all checks: ``Model.validate_constraints`` asks the database for each."""
    try:
        for model, constraints in instance.get_constraints():
            known = instance._get_field_expression_map(meta=model._meta, exclude=exclude)
            checks = _checks_of(model)
            if checks and not checks.check({name: known[name] for name in checks.referenced_base_fields}):
                return False
            for constraint in constraints:
                if not isinstance(constraint, models.CheckConstraint):
                    constraint.validate(model, instance, exclude=exclude)
    except (KeyError, ValidationError):  # KeyError: a check speaks of a field that is wrong already
        return False
    return True


@cache
def _checks_of(model: type[models.Model]) -> models.Q:
    return models.Q(*(one.condition for one in model._meta.constraints if isinstance(one, models.CheckConstraint)))


def _people_who_left(instance: models.Model) -> dict[str, Promise]:
    """Fields that newly name somebody whose account is closed. Whoever stands there already may stay."""
    wrong: dict[str, Promise] = {}
    fields: tuple[Any, ...] = instance._meta.concrete_fields
    for field in fields:
        if not (field.is_relation and field.editable and field.related_model is Person and field.is_cached(instance)):
            continue
        person = getattr(instance, field.name)
        if person is not None and not person.is_active and not _stands_already(instance, field):
            wrong[field.name] = _("This account is closed; choose somebody else.")
    return wrong


def _stands_already(instance: models.Model, field: Any) -> bool:
    same = {"pk": instance.pk, field.attname: getattr(instance, field.attname)}
    return instance.pk is not None and type(instance)._default_manager.filter(**same).exists()


def _of_other_roadmaps(instance: Any) -> dict[str, Promise]:
    """Fields that name a phase, pillar and so on of another roadmap than the instance's, which a milestone has of its
    initiative."""
    whole = instance
    if isinstance(instance, Milestone):
        whole = instance.initiative if instance.initiative_id else None
    own = getattr(whole, "roadmap_id", None)
    wrong: dict[str, Promise] = {}
    for field in instance._meta.concrete_fields if own else ():
        is_part = field.is_relation and has_roadmap(field.related_model) and getattr(instance, field.attname)
        if is_part and getattr(instance, field.name).roadmap_id != own:
            wrong[field.name] = _("This belongs to another roadmap.")
    return wrong


def has_roadmap(model: type[models.Model]) -> bool:
    """Whether rows of the model are parts of one roadmap."""
    return any(field.name == "roadmap" for field in model._meta.concrete_fields)


def _days_out_of_reach(instance: models.Model) -> dict[str, Promise]:
    days = {
        field.name: getattr(instance, field.attname)
        for field in instance._meta.concrete_fields
        if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField)
    }
    return {
        name: _("Give a day from 1950 to 2099.")
        for name, day in days.items()
        if isinstance(day, date) and not FIRST_DAY <= day <= LAST_DAY
    }


def check_fields(model: type[models.Model], fields: Collection[str], *, kept_by_acts: Collection[str] = ()) -> None:
    """Raise InvalidChange for names that acts may not set: unknown, not editable, or ``kept_by_acts`` of their own."""
    known = {field.name for field in model._meta.concrete_fields if field.editable and not field.primary_key}
    unknown = {name: _("There is no such field.") for name in fields if name not in known.difference(kept_by_acts)}
    if unknown:
        raise InvalidChange(unknown)
