"""The first few milestones that need somebody on a day: overdue, due soon, silent. The sums say how many there are."""

from dataclasses import dataclass
from datetime import date

from roadmap.models import Milestone, Roadmap
from roadmap.progress.conditions import due_soon_on, overdue_on, silent_ones
from roadmap.progress.facts import MilestoneLine, milestone_lines
from roadmap.progress.kept import Rows, question_of, rows_while_unchanged
from roadmap.states import SILENT_AFTER_DAYS

VERSION = 2  # of what counts as silent: another number asks anew


@dataclass(frozen=True)
class Attention:
    """The longest overdue first; the next due first; the longest silent first."""

    late: list[MilestoneLine]
    due_soon: list[MilestoneLine]
    silent: list[MilestoneLine]


def needing_attention(roadmap: Roadmap, *, as_of: date, most: int, milestones: int) -> Attention:
    """Up to ``most`` milestones of each kind, measured, with all that lists show of them. Seven queries.

    Which are silent is kept while the plan is unchanged, as all reports are asked for it; ``milestones`` is about how
    many there are.
    """
    rows = (
        Milestone.objects.filter(initiative__roadmap=roadmap)
        .select_related("initiative__pillar", "phase", "organisation", "owner")
        .order_by("due_on", "id")
    )
    late = list(rows.filter(overdue_on(as_of))[:most])
    due_soon = list(rows.filter(due_soon_on(as_of))[:most])

    def most_silent() -> Rows:
        longest = silent_ones(rows, as_of=as_of).order_by("silent_since", "due_on", "id")
        return [[pk] for pk in longest.values_list("pk", flat=True)[:most]]

    question = question_of(f"silent {VERSION} {most} {SILENT_AFTER_DAYS}", roadmap_id=roadmap.pk, day=as_of)
    ids = [
        pk
        for (pk,) in rows_while_unchanged(question, most_silent, milestones=lambda _rows: milestones)
        if pk is not None
    ]
    at_hand = rows.in_bulk(ids)
    silent = [at_hand[pk] for pk in ids if pk in at_hand]
    different = {one.pk: one for one in (*late, *due_soon, *silent)}
    found = {line.milestone.pk: line for line in milestone_lines(list(different.values()), as_of=as_of)}
    return Attention(*([found[one.pk] for one in members] for members in (late, due_soon, silent)))
