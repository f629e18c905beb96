"""The rows of a timeline: the milestones of its window, measured, and the dependencies between them."""

from datetime import date

from django.db.models import Q, TextField, prefetch_related_objects

from roadmap.fields import MILESTONE
from roadmap.models import Dependency
from roadmap.progress.facts import milestone_lines
from roadmap.web.filters import matching, needs_measuring, passes
from roadmap.web.frame import Frame
from roadmap.web.presenters.lines import line_view
from roadmap.web.presenters.timeline import Plan
from roadmap.web.timeline.asked import MOST, Asked

TOLD_UP_TO = 150  # milestones that are told in words as well; above, the list has them
UNDRAWN = [one.name for one in MILESTONE if isinstance(one.column, TextField)]
IN_WORDS = ("initiative__pillar", "phase", "organisation", "owner")


def plan_of(asked: Asked, *, frame: Frame) -> tuple[Plan, int]:
    """What is to be drawn, and how many milestones the window and filters let through; nothing to draw beyond MOST.

    Ten queries, however many milestones there are; five more where a few lines are drawn of very many.
    """
    found = matching(asked.filters, frame=frame).filter(_touches(asked.window.first, asked.window.last))
    total = found.order_by().count()
    is_large = total > TOLD_UP_TO and not needs_measuring(asked.filters)
    if is_large:
        found = found.select_related(None).defer(*UNDRAWN)
        if asked.asked_open != "all":  # closed lanes show only what falls into the window
            opened = Q(initiative__code__in=(asked.asked_open or "").split(","))
            found = found.filter(opened | _stands_in(asked.window.first, asked.window.last))
    rows = list(found) if total <= MOST else []
    if is_large and len(rows) <= TOLD_UP_TO:
        prefetch_related_objects(rows, *IN_WORDS)
    lines = milestone_lines(rows, as_of=frame.as_of)
    if needs_measuring(asked.filters):
        lines = [line for line in lines if passes(line, asked.filters)]
    pairs = Dependency.objects.filter(predecessor__initiative__roadmap=frame.roadmap).order_by("id")
    ids = {line.milestone.pk for line in lines}
    known = [
        (before, after)
        for before, after in pairs.values_list("predecessor", "successor")
        if before in ids and after in ids
    ]
    plan = Plan(
        phases=list(frame.roadmap.phases.all()),
        pillars=list(frame.roadmap.pillars.all()),
        initiatives=list(frame.roadmap.initiatives.all()),
        lines=lines,
        views=[line_view(line, as_of=frame.as_of) for line in lines] if len(lines) <= TOLD_UP_TO else [],
        dependencies=known,
    )
    return plan, total


def _stands_in(first: date, last: date) -> Q:
    """Milestones that stand on one of these days: due or completed then."""
    return Q(due_on__gte=first, due_on__lte=last) | Q(completed_on__gte=first, completed_on__lte=last)


def _touches(first: date, last: date) -> Q:
    """Milestones whose plan or completion falls into these days."""
    return Q(planned_start_on__lte=last, due_on__gte=first) | Q(completed_on__gte=first, completed_on__lte=last)
