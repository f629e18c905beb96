"""What a forecast says, of which values; read back from where it was kept. Needs none of what works it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin

One = TypeVar("One")


class Basis(Enum):
    """What an outlook starts from."""

    OWNER = "owner"
    PACE = "pace"
    PLAN = "plan"


@dataclass(frozen=True)
class Span:
    """By which day something is done in 50, 80 and 95 of 100 trials."""

    p50: date
    p80: date
    p95: date


@dataclass(frozen=True)
class Driver:
    """A milestone that decides a gate: in what part of the trials, how much of the spread goes with it, and how many
    working days the gate would come sooner, on average, were it done by its due date. Parts of 1."""

    milestone: int
    criticality: float
    share_of_variance: float
    days_to_win: float


@dataclass(frozen=True)
class MilestoneForecast:
    """An open milestone. ``chance`` is that of its due date, a part of 1. By the plan it can be begun and done at the
    earliest, and has to be at the latest for all gates behind it; floats are working days."""

    milestone: int
    basis: str
    due_on: date
    span: Span
    chance: float
    early_start: date
    early_finish: date
    late_start: date
    late_finish: date
    total_float: int
    free_float: int


@dataclass(frozen=True)
class GateForecast:
    """A gate. ``chance``: that all of its phase is done by its day; ``share_done``: how much of it, by weight in
    percent, in the middle trial and the bounds that 8 of 10 trials lie between. ``path`` is the critical path by the
    plan, first to last; ``nearly_critical`` those within two weeks of it. ``dots`` are the
    days by which it is complete in 2.5, 7.5 … 97.5 of 100 trials."""

    phase: int
    gate_on: date
    open_milestones: int
    chance: float
    span: Span
    share_done: float
    share_done_low: float
    share_done_high: float
    path: Sequence[int]
    nearly_critical: Sequence[int]
    drivers: Sequence[Driver]
    dots: Sequence[date] = ()


@dataclass(frozen=True)
class RoadmapForecast:
    """Made for ``day`` with ``seed``. ``on_record`` is how many milestones' promises came true, by basis."""

    day: date
    seed: int
    trials: int
    on_record: Mapping[str, int]
    gates: Sequence[GateForecast]
    milestones: Sequence[MilestoneForecast]


def read(kind: type[One], values: Mapping[str, Any]) -> One:
    """One of these classes from its values as JSON, days as ISO dates."""
    return kind(**{one.name: _value(one.type, values[one.name]) for one in fields(kind) if one.name in values})  # type: ignore[arg-type]


def _value(kind: Any, value: Any) -> Any:
    if kind is date:
        return date.fromisoformat(value)
    if is_dataclass(kind):
        return read(kind, value)  # type: ignore[arg-type]
    if get_origin(kind) is Sequence:
        return [_value(get_args(kind)[0], each) for each in value]
    return value
