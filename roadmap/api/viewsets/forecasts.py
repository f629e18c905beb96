"""Will the gates be made: a roadmap's forecast as it was kept, and its network as it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from roadmap import clock
from roadmap.api.openapi import AS_OF
from roadmap.api.parameters import day_asked_for
from roadmap.api.serializers.forecasts import ForecastEntry, NetworkEntry
from roadmap.api.viewsets.rollups import RollUps
from roadmap.forecast.figures import RoadmapForecast
from roadmap.forecast.kept import forecast_in, latest_row
from roadmap.forecast.network import Times, nearly_critical
from roadmap.forecast.past import judgement_of
from roadmap.forecast.plan import Plan, plan_of
from roadmap.forecast.words import gate_sentence, history_text
from roadmap.models import Milestone, Roadmap
from roadmap.models.bilingual import own_column

NAMED = ("id", "code", "title_zh", "title_en")
Named = Mapping[int, dict[str, Any]]


class Forecasts(RollUps):
    """Actions of a roadmap."""

    parameters_of_actions: Mapping[str, set[str]] = {**RollUps.parameters_of_actions, "forecast": {"as_of"}}

    @extend_schema(
        summary="Forecast a roadmap's gates",
        description="The last forecast up to the day: of each gate and each open milestone when, how surely, and what "
        "decides it, by trials over the network of milestones; and how past forecasts came true. It is made again "
        "every quarter of an hour where the plan has changed.",
        parameters=[AS_OF],
        responses=ForecastEntry,
        filters=False,
    )
    @action(detail=True, pagination_class=None, filter_backends=[], shows_plan_only=False)
    def forecast(self, request: Request, code: str) -> Response:
        """As it was kept."""
        roadmap = cast("Roadmap", self.get_object())
        as_of = day_asked_for(request) or clock.day_in(roadmap.time_zone, at=clock.now())
        row = latest_row(roadmap, up_to=as_of)
        blank = dict.fromkeys(("day", "made_at", "seed", "trials", "on_record"))
        entry: dict[str, Any] = {**blank, "trust": "", "gates": [], "milestones": []}
        if row is not None:
            entry = _forecast(forecast_in(row), roadmap) | {"made_at": row.made_at}
        judged = judgement_of(roadmap, up_to=as_of)
        return Response(ForecastEntry({"roadmap": roadmap.code, "as_of": as_of, "judged": judged, **entry}).data)

    @extend_schema(
        summary="Show a roadmap's network",
        description="What waits for what, with earliest and latest days, float, and the critical path to each gate, as "
        "the plan stands now. What is planned for days past and isn't done is done today at the earliest. Cancelled "
        "milestones are left out.",
        responses=NetworkEntry,
        filters=False,
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def network(self, request: Request, code: str) -> Response:
        """Worked out now."""
        roadmap = cast("Roadmap", self.get_object())
        today = clock.day_in(roadmap.time_zone, at=clock.now())
        plan = plan_of(roadmap, today=today)
        times, named = plan.network.times(today=plan.today), _named(plan.rows)
        gates = [_gate(phase, plan, times) for phase in roadmap.phases.all().values(*NAMED)]
        milestones = [_milestone(key, plan, times[key], named) for key in plan.rows if key in named]
        return Response(
            NetworkEntry({"roadmap": roadmap.code, "day": today, "gates": gates, "milestones": milestones}).data
        )


def _named(keys: Iterable[int]) -> Named:
    return {row["id"]: row for row in Milestone.objects.filter(pk__in=list(keys)).order_by().values(*NAMED)}


def _forecast(made: RoadmapForecast, roadmap: Roadmap) -> dict[str, Any]:
    """Its values, with entries in the place of ids; what has been removed since is left out."""
    phases = {row["id"]: row for row in roadmap.phases.all().values(*NAMED)}
    named = _named({one.milestone for one in made.milestones} | {pk for gate in made.gates for pk in gate.path})
    titles = {pk: row[own_column("title")] for pk, row in named.items()}
    gates = [
        {
            **asdict(gate),
            "phase": phases[gate.phase],
            "text": gate_sentence(
                gate, gate_title=phases[gate.phase][own_column("title")], titles=titles, milestones=made.milestones
            ),
            "path": [named[pk] for pk in gate.path if pk in named],
            "nearly_critical": [named[pk] for pk in gate.nearly_critical if pk in named],
            "drivers": [
                {**asdict(one), "milestone": named[one.milestone]} for one in gate.drivers if one.milestone in named
            ],
        }
        for gate in made.gates
        if gate.phase in phases
    ]
    milestones = [
        {**asdict(one), "milestone": named[one.milestone]} for one in made.milestones if one.milestone in named
    ]
    values = {name: getattr(made, name) for name in ("day", "seed", "trials", "on_record")}
    return {**values, "trust": history_text(made), "gates": gates, "milestones": milestones}


def _gate(phase: dict[str, Any], plan: Plan, times: Mapping[int, Times]) -> dict[str, Any]:
    own = [row.key for row in plan.rows.values() if row.phase == phase["id"]]
    behind = [key for key in plan.network.before(own) if plan.rows[key].completed_on is None]
    last = max((times[key].early_finish for key in own), default=None)
    return {
        "phase": phase,
        "gate_on": plan.gates[phase["id"]],
        "early_finish": None if last is None else plan.days.day(last),
        "path": plan.network.deciding(own, times),
        "nearly_critical": nearly_critical(times, behind),
    }


def _milestone(key: int, plan: Plan, times: Times, named: Named) -> dict[str, Any]:
    days = ("early_start", "early_finish", "late_start", "late_finish")
    waits = plan.network.waits_for[key]
    return {
        "milestone": named[key],
        "is_done": plan.rows[key].completed_on is not None,
        "waits_for": [{"predecessor": link.before, "lag_working_days": link.lag} for link in waits],
        **{name: plan.days.day(getattr(times, name)) for name in days},
        "total_float": times.total_float,
        "free_float": times.free_float,
    }
