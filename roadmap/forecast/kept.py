"""The forecasts that were kept, read back. Needs nothing of what makes them, so that pages and mails start fast."""

from datetime import date

from roadmap.forecast.figures import GateForecast, MilestoneForecast, RoadmapForecast, read
from roadmap.models import Forecast, Milestone, Roadmap


def latest_row(roadmap: Roadmap, *, up_to: date) -> Forecast | None:
    """The last forecast made up to the day; None before the first. One query."""
    return Forecast.objects.filter(roadmap=roadmap, day__lte=up_to).order_by("-day").first()


def latest_forecast(roadmap: Roadmap, *, up_to: date) -> RoadmapForecast | None:
    """The same, read."""
    row = latest_row(roadmap, up_to=up_to)
    return forecast_in(row) if row else None


def latest_gates(roadmap: Roadmap, *, up_to: date) -> dict[int, GateForecast]:
    """What the last forecast made up to the day says of each gate, by phase. One query."""
    made = Forecast.objects.filter(roadmap=roadmap, day__lte=up_to).order_by("-day").values_list("gates", flat=True)
    gates = [read(GateForecast, one) for one in made.first() or ()]
    return {gate.phase: gate for gate in gates}


def latest_of(milestone: Milestone, *, up_to: date) -> MilestoneForecast | None:
    """What the last forecast made up to the day says of an open milestone; None where it says nothing. One query."""
    made = Forecast.objects.filter(roadmap=milestone.initiative.roadmap_id, day__lte=up_to).order_by("-day")
    for one in made.values_list("milestones", flat=True).first() or ():
        if one["milestone"] == milestone.pk:
            return read(MilestoneForecast, one)
    return None


def forecast_in(row: Forecast) -> RoadmapForecast:
    """What the row holds."""
    names = ("day", "seed", "trials", "on_record")
    return RoadmapForecast(
        **{name: getattr(row, name) for name in names},
        gates=[read(GateForecast, one) for one in row.gates],
        milestones=[read(MilestoneForecast, one) for one in row.milestones],
    )


def titles_of(made: RoadmapForecast) -> dict[int, str]:
    """The titles, in the active language, of all milestones that the gates of a forecast name. One query."""
    named = {pk for gate in made.gates for pk in [*gate.path, *(one.milestone for one in gate.drivers)]}
    return {one.pk: one.title for one in Milestone.objects.filter(pk__in=named).only("title_zh", "title_en")}
