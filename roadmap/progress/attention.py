"""Whose milestones need somebody on a day: overdue or due soon, a row an owner. The sums say how many there are."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, F, Q, When, Window
from django.db.models.functions import RowNumber

from roadmap.models import Milestone, Roadmap
from roadmap.progress.conditions import due_soon_on, overdue_on
from roadmap.progress.facts import MilestoneLine, milestone_lines


@dataclass(frozen=True)
class ToAct:
    """An owner (else the organisation, where a milestone has none): how many of theirs are overdue and due soon, and
    ``first``, the one of them that was due first, measured."""

    first: MilestoneLine
    late: int
    due_soon: int


def who_must_act(roadmap: Roadmap, *, as_of: date, most: int) -> list[ToAct]:
    """Up to ``most`` of them, who has most overdue first, then who was due first. Four queries."""
    whose: list[F | Case] = [F("owner"), Case(When(owner=None, then=F("organisation")))]
    pressing = (
        Milestone.objects.filter(overdue_on(as_of) | due_soon_on(as_of), initiative__roadmap=roadmap)
        .select_related("initiative__pillar", "phase", "organisation", "owner")
        .annotate(
            place=Window(RowNumber(), partition_by=whose, order_by=["due_on", "id"]),
            late_ones=Window(Count("pk", filter=Q(due_on__lt=as_of)), partition_by=whose),
            all_of_them=Window(Count("pk"), partition_by=whose),
        )
        .filter(place=1)
        .order_by("-late_ones", "due_on", "id")[:most]
    )
    rows = {one.pk: one for one in pressing}
    lines = {line.milestone.pk: line for line in milestone_lines(list(rows.values()), as_of=as_of)}
    return [
        ToAct(first=lines[pk], late=one.late_ones, due_soon=one.all_of_them - one.late_ones) for pk, one in rows.items()
    ]
