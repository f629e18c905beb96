"""One PATCH may hold what takes several acts; here they become one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from roadmap.editing.locking import locked_milestone
from roadmap.editing.many_milestones import Step
from roadmap.editing.milestones import (
    change_milestone,
    move_dates,
    reassign_milestone,
    require_reason,
    reschedule_milestone,
    set_fields,
)
from roadmap.models import Milestone
from roadmap.models.history import Actor
from roadmap.models.tags import changed_tags
from roadmap.rights import require_edit


@contextmanager
def held(milestone: Milestone, *, expected_version: int | None) -> Iterator[Milestone]:
    """The milestone as stored, locked for the block, which is one transaction. Raises StaleEdit."""
    with transaction.atomic():
        yield locked_milestone(milestone, expected_version)


def change_plan(
    milestone: Milestone, values: dict[str, Any], *, by: Actor, now: datetime, expected_version: int | None
) -> None:
    """Write the given fields: dates by rescheduling where the due date moves, the rest as plain changes."""
    fields = dict(values)
    reason = fields.pop("reason", "")
    with held(milestone, expected_version=expected_version) as current:
        require_edit(by, current)
        if fields.get("due_on", current.due_on) != current.due_on:
            current = reschedule_milestone(
                current,
                by=by,
                now=now,
                due_on=fields.pop("due_on"),
                planned_start_on=fields.pop("planned_start_on", None),
                reason=reason,
            )
        changed = {name: value for name, value in fields.items() if value != getattr(current, name)}
        if changed:
            change_milestone(current, by=by, now=now, reason=reason, **changed)


def step_for(values: dict[str, Any]) -> Step:
    """What is done to each of many milestones: those of due dates, holders and tags that are given.

    Raises InvalidChange where due dates move without a reason.
    """
    if values.keys() & {"due_on", "days"}:
        require_reason(values.get("reason", ""))
    holders: dict[str, Any] = {name: values[name] for name in ("owner", "organisation") if name in values}
    tags = {"add": values.get("add_tags", []), "remove": values.get("remove_tags", [])}

    def step(milestone: Milestone) -> None:
        before = milestone.due_on
        due_on = values.get("due_on", before + timedelta(days=values.get("days", 0)))
        if values.keys() & {"due_on", "days"}:
            start = milestone.planned_start_on + (due_on - before) if values.get("with_start") else None
            move_dates(milestone, due_on=due_on, planned_start_on=start)
        set_fields(milestone, holders)
        if any(tags.values()):
            set_fields(milestone, {"tags": changed_tags(milestone.tags, **tags)})

    return step


def reassign(
    milestone: Milestone, values: dict[str, Any], *, by: Actor, now: datetime, expected_version: int | None
) -> None:
    """Give the milestone to the owner and organisation named; whichever isn't named stays."""
    with held(milestone, expected_version=expected_version) as current:
        reassign_milestone(
            current,
            by=by,
            now=now,
            owner=values.get("owner", current.owner),
            organisation=values.get("organisation", current.organisation),
            reason=values.get("reason", ""),
        )
