"""Acts on reminder rules: create, change, remove. Each asks the planner to look anew at the milestones in scope."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.models import Milestone, ReminderRule
from roadmap.models.history import Actor, note_change
from roadmap.outbox.withdraw import withdraw_reminders_of
from roadmap.reminders.scope import milestones_in_scope
from roadmap.rights import require_administer
from roadmap.validity import check_fields, check_whole

LONGEST_LEAD = 365
MOST_OFFSETS = 20


def create_rule(*, by: Actor, now: datetime, reason: str = "", **fields: Any) -> ReminderRule:
    """A new rule of ``ReminderRule``'s fields. Thresholds that are crossed already are told at the next tick.

    Raises InvalidChange naming the fields that are wrong, NotAllowed for all but the programme office.
    """
    require_administer(by)
    check_fields(ReminderRule, fields)
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
    """Every open milestone in scope is looked at by the next tick."""
    Milestone.objects.still_open().filter(milestones_in_scope(rule)).ask_planner_to_look(at=now)


def _check(rule: ReminderRule) -> None:
    wrong: dict[str, Any] = {}
    if not _are_offsets(rule.offsets):
        wrong["offsets"] = _("Give up to 20 different whole numbers of days from 0 to 365.")
    elif not rule.offsets and rule.overdue_every_days is None:
        wrong["offsets"] = _("Without lead times and without repeats, this rule would never say anything.")
    if rule.overdue_every_days is not None and not 1 <= rule.overdue_every_days <= LONGEST_LEAD:
        wrong["overdue_every_days"] = _("Give a whole number of days from 1 to 365, or nothing.")
    for name in ("phase", "pillar", "initiative"):
        part = getattr(rule, name)
        if part is not None and part.roadmap_id != rule.roadmap_id:
            wrong[name] = _("This belongs to another roadmap than the rule.")
    check_whole(rule, found_wrong=wrong)
    rule.offsets = sorted(rule.offsets, reverse=True)


def _are_offsets(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_OFFSETS
        and all(type(item) is int and 0 <= item <= LONGEST_LEAD for item in value)
        and len(set(value)) == len(value)
    )
