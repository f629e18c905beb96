"""What got better and what got worse between two days, pure: figures of both ends and what became of milestones in,
five judgements out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from roadmap.progress.measure import Figures


class Turn(StrEnum):
    """Which way a thing went."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


class Subject(StrEnum):
    """What is judged, in the order in which it is told."""

    PROGRESS = "progress"
    OVERDUE = "overdue"
    DONE = "done"
    DATES = "dates"
    REPORTS = "reports"


@dataclass(frozen=True)
class Judgement:
    """One subject; what ``before`` and ``after`` count depends on it: points of variance, milestones. ``better`` and
    ``worse`` count what went each way in between: became overdue, was completed or reopened, moved to earlier or later;
    ``most`` is the greatest of the days moved later."""

    subject: Subject
    turn: Turn
    before: Decimal
    after: Decimal
    better: int = 0
    worse: int = 0
    most: int = 0


def judged(
    then: Figures, now: Figures, *, newly_overdue: int, completed: int, reopened: int, slips: Sequence[int]
) -> list[Judgement]:
    """Five judgements. Progress is judged against its plan: by the variance, to a tenth of a point as it is shown.

    ``slips`` are the days by which due dates moved, later ones positive; 0 where one did not.
    """
    before, after = (one.schedule_variance.quantize(Decimal("0.1")) for one in (then, now))
    later, earlier = [days for days in slips if days > 0], [days for days in slips if days < 0]
    done = Judgement(
        Subject.DONE,
        _turn(completed - reopened),
        Decimal(then.done),
        Decimal(now.done),
        better=completed,
        worse=reopened,
    )
    dates = Judgement(
        Subject.DATES,
        _turn(-sum(slips)),
        Decimal(0),
        Decimal(sum(slips)),
        better=len(earlier),
        worse=len(later),
        most=max(later, default=0),
    )
    return [
        Judgement(Subject.PROGRESS, _turn(after - before), before, after),
        Judgement(
            Subject.OVERDUE, _turn(then.late - now.late), Decimal(then.late), Decimal(now.late), worse=newly_overdue
        ),
        done,
        dates,
        Judgement(Subject.REPORTS, _turn(then.silent - now.silent), Decimal(then.silent), Decimal(now.silent)),
    ]


def _turn(gain: Decimal | int) -> Turn:
    return Turn.BETTER if gain > 0 else Turn.WORSE if gain < 0 else Turn.SAME
