"""A roadmap's kept forecasts, judged by what has been done since."""

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from typing import Any

from roadmap.forecast.judged import Judgement, Said, judge
from roadmap.models import Forecast, Milestone, ProgressUpdate, Roadmap


def judgement_of(roadmap: Roadmap, *, up_to: date) -> Judgement:
    """Of each month's first forecast, all that it said of milestones that have been done since, up to the day. Four
    queries."""
    plan = Milestone.objects.filter(initiative__roadmap=roadmap, completed_on__lte=up_to)
    done = {key: day for key, day in plan.values_list("pk", "completed_on") if day is not None}
    words = _owners_words(roadmap)
    made = Forecast.objects.filter(roadmap=roadmap, day__lte=up_to)
    firsts = {(day.year, day.month): day for day in made.order_by("-day").values_list("day", flat=True)}
    rows = made.filter(day__in=firsts.values()).order_by("day").values_list("day", "milestones")
    said = [
        (row["milestone"], _said(row, day, done[row["milestone"]], words[row["milestone"]]))
        for day, milestones in rows.iterator(chunk_size=20)
        for row in milestones
        if done.get(row["milestone"], day) > day
    ]
    return judge([one for _key, one in said], milestones=len({key for key, _one in said}))


def _said(row: dict[str, Any], day: date, done_on: date, words: list[tuple[date, date | None]]) -> Said:
    place = bisect_right(words, day, key=lambda word: word[0])
    return Said(
        made_on=day,
        due_on=date.fromisoformat(row["due_on"]),
        p50=date.fromisoformat(row["span"]["p50"]),
        p80=date.fromisoformat(row["span"]["p80"]),
        chance=row["chance"],
        done_on=done_on,
        owner_on=words[place - 1][1] if place else None,
    )


def _owners_words(roadmap: Roadmap) -> defaultdict[int, list[tuple[date, date | None]]]:
    """Each milestone's forecast dates by the day of the report, oldest first."""
    told = ProgressUpdate.objects.filter(milestone__initiative__roadmap=roadmap).order_by("reported_on", "id")
    found: defaultdict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for key, day, forecast_on in told.values_list("milestone_id", "reported_on", "forecast_on"):
        found[key].append((day, forecast_on))
    return found
