"""Acts on reminder rules: create, change, remove. Each asks the planner to look anew at the milestones in scope."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.models import Milestone, ReminderRule
from roadmap.models.history import Actor, note_change
from roadmap.models.reminder import first_offsets
from roadmap.outbox.withdraw import withdraw_reminders_of
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.kinds.kind import PLAN_NUMBERS
from roadmap.reminders.scope import milestones_in_scope
from roadmap.rights import require_administer
from roadmap.validity import check_fields, check_whole
from roadmap.vocabulary import Audience, MilestoneStatus, RuleKind

LONGEST_LEAD = 365
MOST_OFFSETS = 20
WAITS = ("after_days", "repeat_every_days", "escalate_after_days")


def create_rule(*, by: Actor, now: datetime, reason: str = "", **fields: Any) -> ReminderRule:
    """A new rule of ``ReminderRule``'s fields. Thresholds that are crossed already are told at the next tick.

    Raises InvalidChange naming the fields that are wrong, NotAllowed for all but the programme office.
    """
    require_administer(by)
    check_fields(ReminderRule, fields)
    if kind := KINDS.get(fields.get("kind", RuleKind.DUE)):
        fields.setdefault("offsets", first_offsets() if kind.begins_with_lead_times else [])
        for name in kind.unwanted.keys() - {"offsets"}:
            fields.setdefault(name, None)
    return _write(ReminderRule(**fields), by=by, now=now, reason=reason)


def change_rule(rule: ReminderRule, *, by: Actor, now: datetime, reason: str = "", **fields: Any) -> ReminderRule:
    """Change fields of a rule. What it told already is not told again. Raises as ``create_rule``."""
    require_administer(by)
    check_fields(ReminderRule, fields)
    with transaction.atomic():
        current = (
            ReminderRule.objects.select_for_update(of=("self",), no_key=True)
            .select_related("organisation")
            .get(pk=rule.pk)
        )
        _look_anew(current, now)  # at what it leaves
        for name, value in fields.items():
            setattr(current, name, value)
        if not current.is_active:
            withdraw_reminders_of(current)
        return _write(current, by=by, now=now, reason=reason)


def remove_rule(rule: ReminderRule, *, by: Actor, now: datetime, reason: str = "") -> None:
    """Delete a rule; its history stays, its unsent reminders are not sent. Raises NotAllowed."""
    require_administer(by)
    with transaction.atomic():
        _look_anew(rule, now)
        withdraw_reminders_of(rule)
        note_change(rule, by=by, reason=reason)
        rule.delete()


def _write(rule: ReminderRule, *, by: Actor, now: datetime, reason: str) -> ReminderRule:
    _check(rule)
    with transaction.atomic():
        note_change(rule, by=by, reason=reason)
        rule.save()
        _look_anew(rule, now)
    return rule


def _look_anew(rule: ReminderRule, now: datetime) -> None:
    """Every milestone in scope of which the rule may have to tell is looked at by the next tick."""
    milestones = Milestone.objects.still_open()
    if KINDS[rule.kind].speaks_of_done_ones:
        milestones = Milestone.objects.exclude(status=MilestoneStatus.CANCELLED)
    milestones.filter(milestones_in_scope(rule)).ask_planner_to_look(at=now)


def _check(rule: ReminderRule) -> None:
    wrong: dict[str, Any] = {**_wrong_lead_times(rule), **wrong_waits(rule)}
    if not _are_among(rule.audiences, Audience.values):
        wrong["audiences"] = _("Choose at least one audience, each once.")
    check_whole(rule, found_wrong=wrong)
    rule.offsets = sorted(rule.offsets, reverse=True)
    rule.audiences = [audience for audience in Audience.values if audience in rule.audiences]


def _wrong_lead_times(rule: ReminderRule) -> dict[str, Any]:
    if not _are_offsets(rule.offsets):
        return {"offsets": _("Give up to 20 different whole numbers of days from 0 to 365.")}
    if rule.kind not in KINDS:
        return {}
    kind = KINDS[rule.kind]
    given = {name: getattr(rule, name) for name in PLAN_NUMBERS}
    found = kind.wrong_numbers(given).get("offsets") or kind.missing(given)
    return {"offsets": found} if found else {}


def wrong_waits(rule: ReminderRule) -> dict[str, Any]:
    """What is wrong with the rule's numbers of days (``WAITS``), by field; looks at nothing but these and the kind."""
    wrong: dict[str, Any] = {}
    given = {name: getattr(rule, name) for name in WAITS}
    for name, days in given.items():
        if days is not None and not (type(days) is int and 1 <= days <= LONGEST_LEAD):
            wrong[name] = _("Give a whole number of days from 1 to 365, or nothing.")
    return {**wrong, **(KINDS[rule.kind].wrong_numbers(given) if rule.kind in KINDS else {})}


def _are_among(value: object, allowed: Collection[str]) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(type(item) is str and item in allowed for item in value)
        and len(set(value)) == len(value)
    )


def _are_offsets(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_OFFSETS
        and all(type(item) is int and 0 <= item <= LONGEST_LEAD for item in value)
        and len(set(value)) == len(value)
    )
