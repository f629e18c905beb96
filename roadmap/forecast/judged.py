"""How forecasts came true, so that people learn how far to trust them. Pure: what was said and what came, figures out.

The Brier score (Brier, 1950) is the mean square of chance minus outcome: 0 is perfect, a coin says 0.25.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Said:
    """What one forecast said of one milestone, and when it was done. ``owner_on`` is its owner's word at the time."""

    made_on: date
    due_on: date
    p50: date
    p80: date
    chance: float
    done_on: date
    owner_on: date | None = None


@dataclass(frozen=True)
class Judgement:
    """Over ``number`` forecasts; shares are parts of 1, misses are days on average, None where there is nothing.

    ``by_p50`` and ``by_p80`` should be about 0.5 and 0.8. The due date's and the owner's misses are of those forecasts
    only that there were such words for.
    """

    number: int
    milestones: int
    by_p50: float | None
    by_p80: float | None
    brier: float | None
    missed_by: float | None
    due_date_missed_by: float | None
    owners_missed_by: float | None


def judge(said: Iterable[Said], *, milestones: int) -> Judgement:
    """How they came true. A due date that was over when the forecast was made says the day on which it was made."""
    rows = list(said)
    owners = [one for one in rows if one.owner_on is not None]
    return Judgement(
        number=len(rows),
        milestones=milestones,
        by_p50=_mean([one.done_on <= one.p50 for one in rows]),
        by_p80=_mean([one.done_on <= one.p80 for one in rows]),
        brier=_mean([(one.chance - (one.done_on <= one.due_on)) ** 2 for one in rows]),
        missed_by=_mean([abs((one.done_on - one.p50).days) for one in rows]),
        due_date_missed_by=_mean([abs((one.done_on - max(one.due_on, one.made_on)).days) for one in rows]),
        owners_missed_by=_mean([abs((one.done_on - one.owner_on).days) for one in owners if one.owner_on]),
    )


def _mean(values: Iterable[float]) -> float | None:
    found = [float(value) for value in values]
    return sum(found) / len(found) if found else None
