"""A roadmap's kept forecasts, judged by what has been done since."""

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from typing import Any

from roadmap.forecast.judged import Judgement, Said, judge
from roadmap.models import Forecast, Milestone, ProgressUpdate, Roadmap


def judgement_of(roadmap: Roadmap) -> Judgement:
    """Of all forecasts of milestones that have been done since, one a milestone and month: the month's first. Three
    queries."""
    plan = Milestone.objects.filter(initiative__roadmap=roadmap, completed_on__isnull=False)
    done = dict(plan.values_list("pk", "completed_on"))
    words = _owners_words(roadmap)
    said: dict[tuple[int, int, int], Said] = {}
    for day, rows in (
        Forecast.objects.filter(roadmap=roadmap)
        .order_by("day")
        .values_list("day", "milestones")
        .iterator(chunk_size=20)
    ):
        for row in rows:
            key = (row["milestone"], day.year, day.month)
            done_on = done.get(row["milestone"])
            if done_on is not None and done_on > day and key not in said:
                said[key] = _said(row, day, done_on, words[row["milestone"]])
    return judge(said.values(), milestones=len({key for key, _year, _month in said}))


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
