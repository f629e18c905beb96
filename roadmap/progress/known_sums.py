"""What was known of a whole roadmap at a past instant, in sums, whatever its size.

The sums of a day by what is known now (``rollup``, often kept) are taken, and put right for the milestones of which
something was told since: their parts of now go, those of then (``known``) come. A test compares with all lines.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from roadmap.models import Baseline, Deliverable, Milestone, ProgressUpdate, Roadmap
from roadmap.progress.conditions import overdue_on
from roadmap.progress.differences import PlanDifferences, is_newly_overdue
from roadmap.progress.facts import MilestoneLine, milestone_lines
from roadmap.progress.kept import Rows, question_of, rows_while_unchanged
from roadmap.progress.known import lines_known_at
from roadmap.progress.measure import PLACES, Sums, sums_of_group
from roadmap.progress.replay import rows_at
from roadmap.progress.rollup import summed

Part = tuple[int, int]  # primary keys of a phase and an initiative
PART = ("phase", "initiative")
VERSION = 2  # of what is counted and how: another number asks anew
EXACT = 2 + PLACES
TOTAL = 2 + 4  # where a row has the number of milestones


class NewlyLate(NamedTuple):
    """The first of them by due date, initiative at hand, and how many there are."""

    first: list[Milestone]
    total: int


def sums_known_at(roadmap: Roadmap, *, instant: datetime, day: date) -> dict[Part, Sums]:
    """What adds up over each part on the day as it was known at the instant.

    A bounded number of queries: for the sums, for which milestones were touched since, and for those, whose rows are
    fetched. Outside a transaction it is kept for as long as the plan is unchanged.
    """
    question = question_of(f"known {VERSION} {instant}", roadmap_id=roadmap.pk, day=day)

    def make() -> Rows:
        sums = _sums_known_at(roadmap, instant=instant, day=day)
        return [[*part, *_in_whole_numbers(one)] for part, one in sums.items()]

    rows = rows_while_unchanged(question, make, milestones=lambda rows: sum(int(row[TOTAL] or 0) for row in rows))
    return {(int(row[0] or 0), int(row[1] or 0)): _told([int(value or 0) for value in row[2:]]) for row in rows}


def sums_known_now(roadmap: Roadmap, *, day: date) -> dict[Part, Sums]:
    """What adds up over each part on the day as it is known now. One query; often one more for kept sums."""
    return {(phase or 0, one or 0): each for (phase, one), each in summed(roadmap, by=PART, as_of=day)}


def _sums_known_at(roadmap: Roadmap, *, instant: datetime, day: date) -> dict[Part, Sums]:
    sums = sums_known_now(roadmap, day=day)
    touched = touched_since(roadmap, instant, day=day)
    if not touched:
        return sums
    present = Milestone.objects.filter(initiative__roadmap=roadmap, pk__in=touched).order_by()
    now = milestone_lines(list(present), as_of=day)
    then = lines_known_at(roadmap, instant=instant, today=day, present=now, of=touched)
    for line in now:
        sums[_part(line)] = sums.get(_part(line), Sums()) - _sums(line)
    for line in then.values():
        sums[_part(line)] = sums.get(_part(line), Sums()) + _sums(line)
    return {part: one for part, one in sums.items() if one != Sums()}


def touched_since(roadmap: Roadmap, instant: datetime, *, day: date) -> frozenset[int]:
    """The milestones of which the figures of the ``day`` may be others now than they were known at the instant.

    Five queries; one more where the baseline that was in force came to be known only later, which touches them all.
    """
    mine = Milestone.objects.filter(initiative__roadmap=roadmap).order_by().values("pk")
    reports = ProgressUpdate.every.turned_after(instant).filter(milestone__initiative__roadmap=roadmap)
    items = Deliverable.history.filter(milestone__in=mine, history_date__gt=instant).order_by()
    found = {
        *edited_since(roadmap, instant),
        *reports.order_by().values_list("milestone", flat=True),
        *items.values_list("milestone_id", flat=True),
    }
    if _has_later_baseline(roadmap, instant, day=day):
        found.update(mine.values_list("pk", flat=True))
    return frozenset(found)


def edited_since(roadmap: Roadmap, instant: datetime) -> frozenset[int]:
    """The milestones whose plan or state was edited after the instant. One query."""
    history = Milestone.history.filter(initiative__roadmap=roadmap, history_date__gt=instant)
    return frozenset(history.order_by().values_list("id", flat=True))


def newly_late(found: PlanDifferences, roadmap: Roadmap, *, first: date, last: date, most: int) -> NewlyLate:
    """The milestones known to be late on the last day and not on the first, of which ``found`` tells what differs.

    Four queries.
    """
    different = {one.shown.pk: one for one in found.milestones}
    later = edited_since(roadmap, found.end)  # what they are now says nothing
    edited = [
        one.now
        for one in found.milestones
        if one.now is not None and is_newly_overdue(one.was, one.now, first=first, last=last)
    ]
    for pk, row in rows_at(Milestone, found.end, of=later - different.keys()).items():
        if is_newly_overdue(row, row, first=first, last=last) and pk in later:
            edited.append(row)
    quiet = Milestone.objects.filter(overdue_on(last), due_on__gte=first, initiative__roadmap=roadmap)
    quiet = quiet.exclude(pk__in=later | different.keys())
    rows = [*quiet.select_related("initiative").order_by("due_on", "pk")[:most], *edited]
    rows.sort(key=lambda row: (row.due_on, row.pk))
    return NewlyLate(rows[:most], quiet.count() + len(edited))


def _part(line: MilestoneLine) -> Part:
    return (line.milestone.phase_id, line.milestone.initiative_id)


def _sums(line: MilestoneLine) -> Sums:
    return sums_of_group([(line.milestone.weight, line.figures)])


def _has_later_baseline(roadmap: Roadmap, instant: datetime, *, day: date) -> bool:
    """Whether the baseline that is in force on the day was entered only after the instant."""
    in_force = Baseline.objects.filter(roadmap=roadmap, approved_on__lte=day).order_by("-approved_on", "-id").first()
    later = Baseline.history.filter(roadmap=roadmap, history_type="+", history_date__gt=instant)
    return in_force is not None and later.filter(id=in_force.pk).exists()


def _in_whole_numbers(sums: Sums) -> list[int]:
    """Weights in hundredths, weighted percentages in hundredths of millionths, as they are exact so."""
    scaled = (sums.weight.scaleb(2), sums.planned.scaleb(EXACT), sums.earned.scaleb(EXACT), sums.verified.scaleb(EXACT))
    return [
        *map(int, scaled),
        sums.total,
        sums.done,
        sums.late,
        sums.due_soon,
        sums.silent,
        sums.confirmed,
        sums.verification_overdue,
    ]


def _told(row: Sequence[int]) -> Sums:
    weight, planned, earned, verified, total, done, late, due_soon, silent, confirmed, unverified = row
    exact = [Decimal(value).scaleb(-EXACT) for value in (planned, earned, verified)]
    return Sums(
        Decimal(weight).scaleb(-2),
        exact[0],
        exact[1],
        total,
        done,
        late,
        due_soon,
        silent,
        exact[2],
        confirmed,
        unverified,
    )
