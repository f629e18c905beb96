"""A forecast as it is kept, made up, for tests of what is shown of one."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime

from roadmap.forecast.figures import Driver, GateForecast, MilestoneForecast, Span
from roadmap.models import Forecast, Milestone


def make_kept_forecast(first: Milestone, *others: Milestone, day: date, chance: float = 0.62) -> Forecast:
    """Of the gate of ``first``, which decides it, and of all of them: expected on 8 January 2027, P80 a week later."""
    span = Span(date(2027, 1, 8), date(2027, 1, 15), date(2027, 2, 26))
    milestones = [
        MilestoneForecast(one.pk, "plan", one.due_on, span, 0.4, day, day, one.due_on, one.due_on, 0, 0)
        for one in (first, *others)
    ]
    keys = [one.milestone for one in milestones]
    gate = GateForecast(
        phase=first.phase_id,
        gate_on=first.phase.gate_on,
        open_milestones=len(keys),
        chance=chance,
        span=span,
        share_done=61.5,
        share_done_low=40.0,
        share_done_high=90.0,
        path=keys[:1],
        nearly_critical=keys,
        dots=[date(2026, 12, 1 + number) if number < chance * 20 else date(2027, 1, number) for number in range(20)],
        drivers=[Driver(keys[0], 0.9, 0.75, 4.25)],
    )
    gates, found = (json.loads(json.dumps([asdict(one) for one in many], default=date.isoformat))
                    for many in ([gate], milestones))  # fmt: skip
    return Forecast.objects.create(
        roadmap=first.initiative.roadmap,
        day=day,
        made_at=datetime(day.year, day.month, day.day, 1, tzinfo=UTC),
        revision=0,
        seed=day.toordinal(),
        trials=10_000,
        on_record={"owner": 1, "pace": 0, "plan": 2},
        gates=gates,
        milestones=found,
    )
