"""Makes forecasts and keeps them: one a roadmap and day, the last of that day's. Nobody edits them."""

import json
import logging
from dataclasses import asdict
from datetime import date, datetime

from roadmap.clock import day_in
from roadmap.models import Forecast, Milestone, Revision, Roadmap

log = logging.getLogger(__name__)


def make_forecasts(*, now: datetime) -> int:
    """Forecast every roadmap whose plan has changed since its last forecast, or whose day is a new one; gives how many.

    Safe to run late, twice, or beside itself: what is written for a day is the same whoever writes it.
    """
    return sum(make_forecast(roadmap, now=now) for roadmap in Roadmap.objects.all())


def make_forecast(roadmap: Roadmap, *, now: datetime) -> bool:
    """Whether one was made: not where today's holds, nor where nothing is open."""
    today, revision = day_in(roadmap.time_zone, at=now), _revision()
    if Forecast.objects.filter(roadmap=roadmap, day=today, revision=revision).exists():
        return False
    if not Milestone.objects.still_open().filter(initiative__roadmap=roadmap).exists():
        return False
    # the libraries are big: whoever has nothing to do does without
    from roadmap.forecast.answer import forecast_roadmap
    from roadmap.forecast.network import Circle

    try:
        made = forecast_roadmap(roadmap, today=today)
    except Circle as circle:  # acts close none; rows that were written by hand might
        log.error("No forecast of %s: its milestones wait for each other, %s", roadmap.code, circle)
        return False
    values = json.loads(json.dumps(asdict(made), default=date.isoformat))
    del values["day"]
    Forecast.objects.update_or_create(
        roadmap=roadmap, day=today, defaults={**values, "made_at": now, "revision": revision}
    )
    return True


def _revision() -> int:
    return Revision.objects.values_list("number", flat=True).first() or 0
