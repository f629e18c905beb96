"""What a digest's readers share before filters part them: a roadmap now, and as it was known at their last one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from roadmap.calendars.edits import Edits, edits_behind
from roadmap.clock import day_in
from roadmap.digests.changes import Changes, changes_between
from roadmap.digests.filters import Roll, roll_of
from roadmap.digests.readings import NewValue, new_values
from roadmap.digests.sparks import spark_days
from roadmap.forecast.figures import GateForecast, RoadmapForecast
from roadmap.forecast.kept import latest_forecast, latest_gates
from roadmap.models import Phase, Roadmap, WorkdayOverride
from roadmap.outbox.render import BatchMemory
from roadmap.progress.facts import MilestoneLine, roadmap_lines
from roadmap.progress.known import lines_known_at
from roadmap.progress.series import earned_on
from roadmap.workdays import WorkCalendar


@dataclass(frozen=True)
class News:
    """A roadmap ``today``, and what is new in a window that began on the day ``since``.

    ``past`` are the lines as they were known when the window began, on that day; by key in ``past_by_key``. When the
    roadmap itself was entered since, they are measured from what has been told about that day (``was_known`` is False).
    ``earned`` is each milestone's earned percent on some days up to today. ``forecast`` is the latest one,
    ``forecast_then`` what the latest one up to the day ``since`` said of each gate.
    """

    roadmap: Roadmap
    since: date
    today: date
    phases: Sequence[Phase]
    present: Roll
    past: Roll
    past_by_key: Mapping[int, MilestoneLine]
    was_known: bool
    changes: Changes
    values: Sequence[NewValue]
    earned: Mapping[int, Sequence[Decimal | None]]
    calendar: WorkCalendar
    edits: Edits
    forecast: RoadmapForecast | None
    forecast_then: Mapping[int, GateForecast]


def news_of(roadmap: Roadmap, *, start: datetime, end: datetime, frequency: str, memory: BatchMemory) -> News:
    """The news of the window from ``start`` to ``end``, the figures those of ``memory.now``; each part fetched once
    while the plan stays the same, in a number of queries that depends on nobody's filters."""
    today, since = day_in(roadmap.time_zone, at=memory.now), day_in(roadmap.time_zone, at=start)
    lines = _lines(roadmap, today, memory)
    past = memory.once_a_plan(("known", roadmap.pk, start), lambda: _past(roadmap, start, lines, memory))
    phases = memory.once_a_plan(("phases", roadmap.pk), lambda: list(roadmap.phases.all()))
    return News(
        roadmap=roadmap,
        since=since,
        today=today,
        phases=phases,
        present=memory.once_a_plan(("roll", roadmap.pk, today), lambda: roll_of(lines)),
        past=past[0],
        past_by_key=past[1],
        was_known=past[2],
        changes=memory.once_a_plan(
            ("changes", roadmap.pk, start, end), lambda: changes_between(roadmap, start=start, end=end)
        ),
        values=memory.once_a_plan(
            ("values", roadmap.pk, start, end), lambda: new_values(roadmap, start=start, end=end)
        ),
        earned=memory.once_a_plan(
            ("earned", roadmap.pk, today, frequency),
            lambda: earned_on(roadmap, days=spark_days(frequency, today=today)),
        ),
        calendar=memory.once_a_plan(
            ("working days", roadmap.calendar), lambda: WorkdayOverride.objects.calendar(roadmap.calendar)
        ),
        edits=memory.once_a_plan(("edits", roadmap.pk, today), lambda: _edits(lines, phases, today)),
        forecast=memory.once_a_plan(("forecast", roadmap.pk, today), lambda: latest_forecast(roadmap, up_to=today)),
        forecast_then=memory.once_a_plan(
            ("forecast then", roadmap.pk, since), lambda: latest_gates(roadmap, up_to=since)
        ),
    )


def _past(
    roadmap: Roadmap, start: datetime, present: Sequence[MilestoneLine], memory: BatchMemory
) -> tuple[Roll, dict[int, MilestoneLine], bool]:
    day = day_in(roadmap.time_zone, at=start)
    known = lines_known_at(roadmap, instant=start, today=day, present=present)
    if known:
        return roll_of(known.values()), known, True
    told = {line.milestone.pk: line for line in _lines(roadmap, day, memory)}
    return roll_of(told.values()), told, False


def _edits(lines: Sequence[MilestoneLine], phases: Sequence[Phase], today: date) -> Edits:
    """Those behind whatever may stand in an attached calendar."""
    ahead = [line.milestone for line in lines if line.figures.is_open and line.milestone.due_on >= today]
    return edits_behind(ahead, phases)


def _lines(roadmap: Roadmap, day: date, memory: BatchMemory) -> list[MilestoneLine]:
    return memory.once_a_plan(("lines", roadmap.pk, day), lambda: roadmap_lines(roadmap, as_of=day))
