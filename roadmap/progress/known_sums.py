"""What was known of a whole roadmap at a past instant, in sums, whatever its size.

The sums of a day by what is known now (``rollup``, often kept) are taken, and put right for the milestones of which
something was told since: their parts of now go, those of then (``known``) come. A test compares with all lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from roadmap.models import Baseline, Deliverable, Initiative, Milestone, ProgressUpdate, Roadmap
from roadmap.progress.facts import MilestoneLine, milestone_lines
from roadmap.progress.known import lines_known_at
from roadmap.progress.measure import Sums, sums_of_group
from roadmap.progress.replay import rows_at
from roadmap.progress.rollup import summed

Part = tuple[int, int]  # primary keys of a phase and an initiative


@dataclass(frozen=True)
class Touched:
    """Of which milestones something was told after an instant: of which their plan or state, of which anything."""

    plans: frozenset[int] = frozenset()
    all: frozenset[int] = frozenset()


def touched_since(roadmap: Roadmap, instant: datetime, *, day: date) -> Touched:
    """The milestones of which the figures of the ``day`` may be others now than they were known at the instant.

    Five queries; one more where the baseline that was in force came to be known only later, which touches them all.
    """
    history = Milestone.history.filter(initiative__roadmap=roadmap, history_date__gt=instant)
    plans = frozenset(history.order_by().values_list("id", flat=True))
    mine = Milestone.objects.filter(initiative__roadmap=roadmap).order_by().values("pk")
    reports = ProgressUpdate.objects.filter(milestone__initiative__roadmap=roadmap, recorded_at__gt=instant)
    items = Deliverable.history.filter(milestone__in=mine, history_date__gt=instant)
    told = {*reports.order_by().values_list("milestone", flat=True), *items.values_list("milestone_id", flat=True)}
    if _has_later_baseline(roadmap, instant, day=day):
        told.update(mine.values_list("pk", flat=True))
    return Touched(plans=plans, all=plans | told)


def sums_known_at(roadmap: Roadmap, *, instant: datetime, day: date, touched: Touched) -> dict[Part, Sums]:
    """What adds up over each part on the day as it was known at the instant. Eleven queries at most, for the sums and
    for the touched milestones, of which rows are fetched."""
    sums: dict[Part, Sums] = {(phase or 0, one or 0): each for (phase, one), each in _summed(roadmap, day)}
    if not touched.all:
        return sums
    present = Milestone.objects.filter(initiative__roadmap=roadmap, pk__in=touched.all).order_by()
    now = milestone_lines(list(present), as_of=day)
    then = lines_known_at(roadmap, instant=instant, today=day, present=now, of=touched.all)
    for line in now:
        sums[_part(line)] = sums.get(_part(line), Sums()) - _sums(line)
    for line in then.values():
        sums[_part(line)] = sums.get(_part(line), Sums()) + _sums(line)
    return {part: one for part, one in sums.items() if one != Sums()}


@dataclass(frozen=True)
class Ends:
    """Two days and the instants at which they ended."""

    first: date
    last: date
    start: datetime
    end: datetime


def newly_late(
    roadmap: Roadmap, ends: Ends, *, touched: Touched, initiatives: Mapping[int, Initiative], most: int
) -> tuple[list[Milestone], int]:
    """The milestones known to be late on the last day and not on the first, by due date: the first ``most`` and how
    many there are. Initiatives are at hand. Two queries, and two more for milestones edited since the first day."""
    quiet = Milestone.objects.open_on(ends.last).filter(due_on__gte=ends.first, due_on__lt=ends.last)
    quiet = quiet.filter(initiative__roadmap=roadmap).exclude(pk__in=touched.plans)
    rows = list(quiet.order_by("due_on", "pk")[:most])
    edited: Sequence[Milestone] = []
    if touched.plans:
        before, after = (rows_at(Milestone, at, of=touched.plans) for at in (ends.start, ends.end))
        edited = [
            row
            for pk, row in after.items()
            if row.initiative_id in initiatives
            and _is_late(row, ends.last)
            and not (pk in before and _is_late(before[pk], ends.first))
        ]
    total = quiet.count() + len(edited)
    found = sorted([*rows, *edited], key=lambda row: (row.due_on, row.pk))[:most]
    for row in found:
        row.initiative = initiatives[row.initiative_id]
    return found, total


def _is_late(row: Milestone, day: date) -> bool:
    ended = any(end is not None and end <= day for end in (row.completed_on, row.cancelled_on))
    return not ended and row.due_on < day


def _summed(roadmap: Roadmap, day: date) -> Iterable[tuple[tuple[int | None, ...], Sums]]:
    return summed(roadmap, by=("phase", "initiative"), as_of=day)


def _part(line: MilestoneLine) -> Part:
    return (line.milestone.phase_id, line.milestone.initiative_id)


def _sums(line: MilestoneLine) -> Sums:
    return sums_of_group([(line.milestone.weight, line.figures)])


def _has_later_baseline(roadmap: Roadmap, instant: datetime, *, day: date) -> bool:
    """Whether the baseline that is in force on the day was entered only after the instant."""
    in_force = Baseline.objects.filter(roadmap=roadmap, approved_on__lte=day).order_by("-approved_on", "-id").first()
    later = Baseline.history.filter(roadmap=roadmap, history_type="+", history_date__gt=instant)
    return in_force is not None and later.filter(id=in_force.pk).exists()
