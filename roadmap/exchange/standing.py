"""Where entries of a catalogue stand in the database: not there yet, the loader's own, people's, or deleted by people.

The change history tells: rows written through the command's door by nobody, or by a sample person, are the loader's;
every other row is people's. An entry is known by the identity that it ever had, so that a renamed one isn't doubled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from django.db import models

from roadmap.models import (
    Baseline,
    Deliverable,
    Dependency,
    DigestSubscription,
    Evidence,
    Indicator,
    Initiative,
    Milestone,
    Observation,
    Organisation,
    Person,
    Phase,
    Pillar,
    ProgressUpdate,
    ReminderRule,
    Roadmap,
    Source,
    Workstream,
)
from roadmap.vocabulary import Door

Identity = tuple[Any, ...]

# The model of each section, and the columns that identify its rows: those above it first, then the entry's own.
STORED_AS: Mapping[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "sources": (Source, ("code",)),
    "roadmap": (Roadmap, ("code",)),
    "organisations": (Organisation, ("code",)),
    "people": (Person, ("username",)),
    "phases": (Phase, ("roadmap_id", "code")),
    "pillars": (Pillar, ("roadmap_id", "code")),
    "workstreams": (Workstream, ("roadmap_id", "code")),
    "initiatives": (Initiative, ("roadmap_id", "code")),
    "indicators": (Indicator, ("roadmap_id", "code")),
    "observations": (Observation, ("indicator_id", "period")),
    "milestones": (Milestone, ("code",)),
    "deliverables": (Deliverable, ("milestone_id", "title_zh")),
    "after": (Dependency, ("successor_id", "predecessor_id")),
    "updates": (ProgressUpdate, ("milestone_id", "reported_on")),
    "evidence": (Evidence, ("milestone_id", "title")),
    "baselines": (Baseline, ("roadmap_id", "name")),
    "reminder_rules": (ReminderRule, ("roadmap_id", "code")),
    "subscriptions": (DigestSubscription, ("roadmap_id", "person_id", "frequency", "only_mine")),
}


class Standing(Enum):
    """What the loader may do with an entry."""

    ABSENT = "absent"  # create it
    OURS = "ours"  # bring it up to date
    PEOPLES = "peoples"  # leave it as it is
    DELETED = "deleted"  # leave it away


@dataclass
class _Lives:
    """What the history tells of the rows of one model."""

    last_with_identity: dict[Identity, int] = field(default_factory=dict)
    touched_by_people: set[int] = field(default_factory=set)
    deleted_by_people: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class SectionStanding:
    """The standing of the entries of one section, as it was when first asked: two queries."""

    section: str

    @property
    def model(self) -> type[models.Model]:
        """The model that stores the section."""
        return STORED_AS[self.section][0]

    def of(self, identity: Identity) -> tuple[Standing, models.Model | None]:
        """How the entry stands, and its row where there is one."""
        pk = self._lives.last_with_identity.get(identity)
        if pk is None:
            row = self._row_with_identity.get(identity)
            return (Standing.ABSENT, None) if row is None else (Standing.PEOPLES, row)
        row = self._rows.get(pk)
        if row is not None:
            return (Standing.PEOPLES if pk in self._lives.touched_by_people else Standing.OURS), row
        return (Standing.DELETED if pk in self._lives.deleted_by_people else Standing.ABSENT), None

    def known_codes(self, *, roadmap: int | None) -> set[str]:
        """The last column of every identity that is or was; of a roadmap's own sections, within that roadmap."""
        is_ours = STORED_AS[self.section][1][0] != "roadmap_id"
        identities = (*self._lives.last_with_identity, *self._row_with_identity)
        return {str(identity[-1]) for identity in identities if is_ours or identity[0] == roadmap}

    @cached_property
    def _rows(self) -> dict[int, models.Model]:
        rows = self.model._default_manager.all()
        if self.model is Milestone:
            rows = rows.select_related("initiative")  # to tell its roadmap
        return {row.pk: row for row in rows}

    @cached_property
    def _row_with_identity(self) -> dict[Identity, models.Model]:
        columns = STORED_AS[self.section][1]
        return {tuple(getattr(row, column) for column in columns): row for row in self._rows.values()}

    @cached_property
    def _lives(self) -> _Lives:
        lives = _Lives()
        if not hasattr(self.model, "history"):
            return lives
        columns = STORED_AS[self.section][1]
        told = self.model.history.order_by("history_date", "history_id").values_list(
            "id", "history_type", "door", "history_user_id", "history_user__is_sample", *columns
        )
        for pk, kind, door, user_id, user_is_sample, *identity in told:
            by_loader = door == Door.COMMAND and (user_id is None or user_is_sample)
            lives.last_with_identity[tuple(identity)] = pk
            if not by_loader:
                (lives.deleted_by_people if kind == "-" else lives.touched_by_people).add(pk)
        return lives


class Standings(dict[str, SectionStanding]):
    """The standing of every section, looked up when first asked."""

    def __missing__(self, section: str) -> SectionStanding:
        self[section] = SectionStanding(section)
        return self[section]
