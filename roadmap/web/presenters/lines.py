"""One milestone in a list, whatever the list."""

from dataclasses import dataclass
from datetime import date

from roadmap.models import Milestone, Person
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import days_left_text, percent_number
from roadmap.web.presenters.values import (
    NOTHING,
    Badge,
    Day,
    Sign,
    badge_of,
    day_of,
    milestone_sign,
    percent,
)


@dataclass(frozen=True)
class LineView:
    """A milestone with its figures in words.

    ``days`` counts to (or, when late, from) the due date, None once it is closed; ``quiet_days`` since the last report,
    or since the start without one.
    """

    code: str
    title: str
    initiative: str
    phase: str
    pillar: str
    owner: str
    organisation: str
    has_owner: bool
    due: Day
    days: int | None
    countdown: str
    earned: str
    verified: str
    planned: str
    earned_x: float
    verified_x: float
    planned_x: float
    sign: Sign
    reason: str
    forecast: Day | None
    is_silent: bool
    quiet_days: int
    badge: Badge | None


def line_view(line: MilestoneLine, *, as_of: date) -> LineView:
    """The line in the active language, on the day that it was measured for."""
    milestone, figures, latest = line.milestone, line.figures, line.latest_update
    days = figures.days_left
    return LineView(
        code=milestone.code,
        title=milestone.title,
        initiative=milestone.initiative.title,
        phase=milestone.phase.title,
        pillar=milestone.initiative.pillar.title,
        owner=owner_of(milestone.owner),
        organisation=unit_of(milestone),
        has_owner=bool(milestone.owner or milestone.organisation),
        due=day_of(milestone.due_on),
        days=None if days is None else abs(days),
        countdown="" if days is None else days_left_text(days),
        earned=percent(figures.earned_percent),
        verified=percent(figures.verified_percent),
        planned=percent(figures.planned_percent),
        earned_x=percent_number(figures.earned_percent, decimals=1),
        verified_x=percent_number(figures.verified_percent, decimals=1),
        planned_x=percent_number(figures.planned_percent, decimals=1),
        sign=milestone_sign(figures),
        reason=reason_text(figures.reason),
        forecast=day_of(latest.forecast_on) if latest and latest.forecast_on and figures.is_open else None,
        is_silent=figures.is_silent,
        quiet_days=max((as_of - (latest.reported_on if latest else milestone.planned_start_on)).days, 0),
        badge=badge_of(milestone.provenance),
    )


def owner_of(person: Person | None) -> str:
    """A person's name, or a dash."""
    return person.public_name if person else NOTHING


def unit_of(milestone: Milestone) -> str:
    """The owning organisation's name, or a dash."""
    return milestone.organisation.name if milestone.organisation else NOTHING
