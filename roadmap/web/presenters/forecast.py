"""The page of the forecast: a verdict on each gate, its drawing, what decides it, and how past forecasts came true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from roadmap.forecast.figures import Driver, GateForecast, RoadmapForecast
from roadmap.forecast.words import basis_text, chance_text, gate_sentence
from roadmap.models import Phase
from roadmap.web.charts.dots import Dots, dots
from roadmap.web.presenters.values import Day, day_of

WIDE, NARROW = 620, 343
Names = Mapping[int, tuple[str, str]]  # code and title of milestones


@dataclass(frozen=True)
class DriverRow:
    """A milestone that decides a gate, in words."""

    code: str
    title: str
    due: Day
    expected: Day
    sure: Day
    chance: str
    basis: str
    criticality: str
    share: str
    gain: str


@dataclass(frozen=True)
class GateForecastView:
    """A gate; ``path`` has code and title of each milestone on the critical path, first to last."""

    key: int
    title: str
    sentence: str
    day: Day
    chance: str
    p50: Day
    p80: Day
    p95: Day
    share: str
    open_milestones: int
    wide: Dots | None
    narrow: Dots | None
    in_time: int
    drivers: list[DriverRow]
    path: list[tuple[str, str]]


def gate_views(made: RoadmapForecast, *, phases: Sequence[Phase], names: Names) -> list[GateForecastView]:
    """Of each gate that is still there, in their order."""
    titles = {phase.pk: phase.title for phase in phases}
    return [_gate(gate, titles[gate.phase], made, names) for gate in made.gates if gate.phase in titles]


def _gate(gate: GateForecast, title: str, made: RoadmapForecast, names: Names) -> GateForecastView:
    spans = {"P50": gate.span.p50, "P80": gate.span.p80, "P95": gate.span.p95}
    drawn: list[Dots | None] = [
        dots(gate.dots, gate=gate.gate_on, gate_label=_("Gate"), marks=spans, width=width)
        if gate.dots and gate.open_milestones
        else None
        for width in (WIDE, NARROW)
    ]
    return GateForecastView(
        key=gate.phase,
        title=title,
        sentence=gate_sentence(
            gate,
            gate_title=title,
            titles={pk: name for pk, (_code, name) in names.items()},
            milestones=made.milestones,
        ),
        day=day_of(gate.gate_on),
        chance=chance_text(gate.chance),
        p50=day_of(gate.span.p50),
        p80=day_of(gate.span.p80),
        p95=day_of(gate.span.p95),
        share=_("%(middle)s (8 of 10 trials: %(low)s to %(high)s)")
        % {name: f"{value:.0f}%" for name, value in _shares(gate).items()},
        open_milestones=gate.open_milestones,
        wide=drawn[0],
        narrow=drawn[1],
        in_time=sum(day <= gate.gate_on for day in gate.dots),
        drivers=[_driver(one, made, names) for one in gate.drivers if one.milestone in names],
        path=[names[pk] for pk in gate.path if pk in names],
    )


def _shares(gate: GateForecast) -> dict[str, float]:
    return {"middle": gate.share_done, "low": gate.share_done_low, "high": gate.share_done_high}


def _driver(driver: Driver, made: RoadmapForecast, names: Names) -> DriverRow:
    own = next(one for one in made.milestones if one.milestone == driver.milestone)
    code, title = names[driver.milestone]
    return DriverRow(
        code=code,
        title=title,
        due=day_of(own.due_on),
        expected=day_of(own.span.p50),
        sure=day_of(own.span.p80),
        chance=chance_text(own.chance),
        basis=basis_text(own.basis),
        criticality=f"{driver.criticality * 100:.0f}%",
        share=f"{driver.share_of_variance * 100:.0f}%",
        gain=f"{max(driver.days_to_win, 0):.1f}",
    )
