"""The first few milestones that need somebody on a day: overdue, due soon, silent. The sums say how many there are."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from roadmap.models import Milestone, ProgressUpdate, Roadmap
from roadmap.progress.facts import MilestoneLine, milestone_lines
from roadmap.progress.kept import Rows, question_of, rows_while_unchanged
from roadmap.progress.measure import DUE_SOON_DAYS, SILENT_AFTER_DAYS


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
        Milestone.objects.open_on(as_of)
        .filter(initiative__roadmap=roadmap)
        .select_related("initiative__pillar", "phase", "organisation", "owner")
        .order_by("due_on", "id")
    )
    late = list(rows.filter(due_on__lt=as_of)[:most])
    due_soon = list(rows.filter(due_on__gte=as_of, due_on__lte=as_of + timedelta(days=DUE_SOON_DAYS))[:most])

    def most_silent() -> Rows:
        return [[pk] for pk in _silent(rows, as_of=as_of).values_list("pk", flat=True)[:most]]

    question = question_of(f"silent {most} {SILENT_AFTER_DAYS}", roadmap_id=roadmap.pk, day=as_of)
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


def _silent(rows: QuerySet[Milestone], *, as_of: date) -> QuerySet[Milestone]:
    """Those of which nothing was heard since their start for as long as ``measure`` calls silence."""
    latest = Subquery(
        ProgressUpdate.objects.filter(milestone=OuterRef("pk"), reported_on__lte=as_of)
        .order_by("-reported_on", "-id")
        .values("reported_on")[:1]
    )
    heard = Greatest("planned_start_on", Coalesce(latest, "planned_start_on"))
    bound = as_of - timedelta(days=SILENT_AFTER_DAYS)
    return (
        rows.filter(planned_start_on__lte=bound)
        .annotate(heard_on=heard)
        .filter(heard_on__lte=bound)
        .order_by("heard_on", "due_on", "id")
    )
