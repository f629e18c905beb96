"""Take the sample layer away: every sample entry and person with whatever hangs on them, nothing else.

What people entered and hung on sample entries *as theirs* (a milestone of a sample organisation, say) is never taken
along: then nothing is removed, and the list of it is given.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from roadmap.coded_reasons import coded
from roadmap.editing.entries import remove_entry
from roadmap.errors import RoadmapError
from roadmap.models import (
    Acknowledgement,
    Answer,
    Baseline,
    BaselineEntry,
    Deliverable,
    Dependency,
    DigestSubscription,
    Evidence,
    Indicator,
    Initiative,
    Invitation,
    Leave,
    Milestone,
    Observation,
    Organisation,
    Person,
    Phase,
    Pillar,
    ProgressUpdate,
    ReminderOccurrence,
    ReminderRule,
    Roadmap,
    Snooze,
    Watch,
    Workstream,
)
from roadmap.models.history import Actor
from roadmap.outbox.withdraw import withdraw_reminders_about
from roadmap.vocabulary import Provenance

IS_SAMPLE = Q(provenance=Provenance.SAMPLE)

# What is removed, in an order in which nothing refers to what went before.
LAYER: tuple[tuple[type[models.Model], Q], ...] = (
    (Baseline, Q(approved_by__is_sample=True)),
    (Evidence, IS_SAMPLE),
    (ProgressUpdate, IS_SAMPLE),
    (Dependency, IS_SAMPLE),
    (Deliverable, IS_SAMPLE),
    (Milestone, IS_SAMPLE),
    (Observation, IS_SAMPLE),
    (Indicator, IS_SAMPLE),
    (Initiative, IS_SAMPLE),
    (Workstream, IS_SAMPLE),
    (Pillar, IS_SAMPLE),
    (Phase, IS_SAMPLE),
    (Roadmap, IS_SAMPLE),
    (DigestSubscription, Q(person__is_sample=True)),
    (Person, Q(is_sample=True)),
    (Organisation, IS_SAMPLE),
)

# What hangs on a row and goes with it, whoever wrote it: the parts of a milestone or an indicator, a person's own.
GO_ALONG = frozenset(
    {
        (Deliverable, "milestone"),
        (Dependency, "predecessor"),
        (Dependency, "successor"),
        (ProgressUpdate, "milestone"),
        (Evidence, "milestone"),
        (Evidence, "progress_update"),
        (BaselineEntry, "baseline"),
        (BaselineEntry, "milestone"),
        (Acknowledgement, "milestone"),
        (Acknowledgement, "person"),
        (Answer, "milestone"),
        (Answer, "person"),
        (Answer, "update"),
        (Snooze, "milestone"),
        (Snooze, "person"),
        (ReminderOccurrence, "milestone"),
        (ReminderOccurrence, "recipient"),
        (ReminderOccurrence, "rule"),
        (Observation, "indicator"),
        (DigestSubscription, "roadmap"),
        (ReminderRule, "roadmap"),
        (Baseline, "roadmap"),
        (Invitation, "person"),
        (Leave, "person"),
        (Leave, "deputy"),
        (Watch, "person"),
        (Watch, "milestone"),
        (Watch, "initiative"),
    }
)
OF_THE_PROGRAM = frozenset(
    {"OutboxMessage", "ApiToken", "LogEntry", "TOTPDevice", "StaticDevice"}
)  # logs and keys of the person who goes


@dataclass(frozen=True)
class Holder:
    """An entry that isn't sample and refers to one that is."""

    holder: str
    column: str
    sample: str


class SampleInUse(RoadmapError):
    """Entries that aren't sample refer to the sample layer; nothing was removed."""

    def __init__(self, holders: list[Holder]) -> None:
        super().__init__(_("Entries that are not sample refer to sample ones; change those first."))
        self.holders = holders

    def lines(self) -> list[str]:
        """One line for each such entry."""
        return [f"{one.holder}: {one.column} = {one.sample}" for one in self.holders]


def remove_sample(*, by: Actor, now: datetime) -> Counter[str]:
    """Remove the whole layer in one transaction; how many rows of each kind, by the kind's name in the plural.

    A person's edits of sample entries, and reports on them, are sample too. Raises SampleInUse, nothing removed.
    """
    with transaction.atomic():
        holders = [holder for model, which in LAYER for holder in _holders(model, which)]
        if holders:
            raise SampleInUse(holders)
        removed: Counter[str] = Counter()
        reason = coded("sample-removed")
        for milestone in Milestone.objects.filter(IS_SAMPLE):
            withdraw_reminders_about(milestone)
        for model, which in LAYER:
            for row in _leaves_first(model, which):
                removed[str(model._meta.verbose_name_plural)] += 1
                remove_entry(row, by=by, reason=reason)
    return removed


def _leaves_first(model: type[models.Model], which: Q) -> QuerySet[models.Model]:
    """The rows to remove; of a tree, what lies below first."""
    rows = model._default_manager.filter(which)
    return rows.order_by("-path") if model is Organisation else rows.order_by("pk")


def _holders(model: type[models.Model], which: Q) -> Iterator[Holder]:
    """Rows that stay and refer to rows of ``model`` that go."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or _goes_along(relation):
            continue
        column = relation.remote_field
        refers = Q(**{f"{column.name}__in": model._default_manager.filter(which).values("pk")})
        stays = relation.related_model._default_manager.filter(refers).exclude(_in_layer(relation.related_model))
        for row in stays.select_related(column.name):
            name = f"{row._meta.verbose_name} “{row}”"
            yield Holder(holder=name, column=str(column.verbose_name), sample=str(getattr(row, column.name)))


def _goes_along(relation: models.ManyToOneRel) -> bool:
    related = relation.related_model
    return (
        (related, relation.remote_field.name) in GO_ALONG
        or related.__name__ in OF_THE_PROGRAM
        or related.__name__.startswith("Historical")
        or related._meta.auto_created is not False
    )


def _in_layer(model: type[models.Model]) -> Q:
    """Which rows of ``model`` go anyway: those of the layer, and the parts of what is in it."""
    conditions = [which for layer_model, which in LAYER if layer_model is model]
    if model in (ProgressUpdate, Evidence):
        conditions.append(Q(milestone__provenance=Provenance.SAMPLE))
    return conditions[0] if len(conditions) == 1 else Q(*conditions, _connector=Q.OR) if conditions else Q(pk__in=[])
