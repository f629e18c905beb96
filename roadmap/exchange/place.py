"""Put entries in place, one at a time: create, bring up to date, or leave, whatever their standing allows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import models

from roadmap import clock
from roadmap.coded_reasons import coded
from roadmap.editing.entries import change_entry, create_entry
from roadmap.errors import BadCatalogue, InvalidChange, RoadmapError
from roadmap.exchange.entries import Entry
from roadmap.exchange.problems import all_in_one
from roadmap.exchange.report import Deed, LoadReport
from roadmap.exchange.standing import STORED_AS, Identity, Standing, Standings
from roadmap.exchange.values import Reference
from roadmap.models import Roadmap
from roadmap.models.history import Actor


@dataclass(frozen=True)
class Acts:
    """How rows of a section are created (from all fields) and changed (the row, then what differs)."""

    create: Callable[..., models.Model]
    change: Callable[..., models.Model]


@dataclass
class Placing:
    """One load under way."""

    standings: Standings
    roadmap_code: str
    by: Actor
    now: datetime
    report: LoadReport = field(default_factory=LoadReport)
    rows: dict[Reference, models.Model | None] = field(default_factory=dict)

    @property
    def roadmap(self) -> Roadmap | None:
        """The roadmap of this load; None when people deleted it."""
        row = self.row_of(Reference("roadmap", self.roadmap_code))
        assert row is None or isinstance(row, Roadmap)  # noqa: S101  # tells the type
        return row

    @property
    def today(self) -> date:
        """The roadmap's day; what is told of later ones is left away."""
        zone = self.roadmap.time_zone if self.roadmap else "UTC"
        return clock.day_in(zone, at=self.now)

    def row_of(self, reference: Reference) -> models.Model | None:
        """The row that a code stands for, from this load or from before; None when people deleted it."""
        if reference not in self.rows:
            scoped = STORED_AS[reference.section][1][0] == "roadmap_id"
            above = (self.roadmap.pk,) if scoped and self.roadmap else ()
            self.rows[reference] = self.standings[reference.section].of((*above, reference.code))[1]
        return self.rows[reference]

    def place(
        self,
        entry: Entry,
        *,
        acts: Acts | None = None,
        fields: Mapping[str, Any] | None = None,
        **above: models.Model | None,
    ) -> models.Model | None:
        """Put the entry in place below the rows ``above``; its row, or None when it is left away.

        ``fields`` replaces what the entry says of itself, where the two differ.
        """
        section = entry.shape.section
        model = STORED_AS[section][0]
        wanted = {**self.resolved(entry.values if fields is None else fields), **above}
        if self._lacks_something(model, wanted):
            self.report.note(Deed.DELETED, section, entry.label)
            return None
        standing, row = self.standings[section].of(_identity(section, wanted))
        acts = acts or Acts(
            create=lambda **given: create_entry(model, by=self.by, **given),
            change=lambda instance, **given: change_entry(instance, by=self.by, **given),
        )
        deed, row = self._do(standing, row, wanted, acts, entry)
        self.report.note(deed, section, entry.label)
        if entry.identity == (entry.values.get("code", entry.values.get("username")),):
            self.rows[Reference(section, entry.identity[0])] = row
        return row

    def resolved(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The values with rows in place of codes."""
        return {name: self.row_of(value) if isinstance(value, Reference) else value for name, value in said.items()}

    def _do(
        self, standing: Standing, row: models.Model | None, wanted: dict[str, Any], acts: Acts, entry: Entry
    ) -> tuple[Deed, models.Model | None]:
        """Act as the standing allows; what was done, and the row."""
        if row is None:
            if standing is Standing.DELETED:
                return Deed.DELETED, None
            with self.telling_where(entry):
                return Deed.CREATED, acts.create(**{"reason": self.reason(entry), **wanted})
        if standing is Standing.PEOPLES:
            return Deed.EDITED, row
        different = {name: value for name, value in wanted.items() if not _holds(row, name, value)}
        if not different:
            return Deed.UNCHANGED, row
        with self.telling_where(entry):
            return Deed.UPDATED, acts.change(row, **{"reason": self.reason(entry), **different})

    @staticmethod
    def _lacks_something(model: type[models.Model], wanted: Mapping[str, Any]) -> bool:
        """Something that a row can't be without was deleted by people."""
        return any(
            value is None
            and isinstance(model._meta.get_field(name), models.ForeignKey)
            and not model._meta.get_field(name).null
            for name, value in wanted.items()
        )

    @contextmanager
    def telling_where(self, entry: Entry) -> Iterator[None]:
        """Turn a refusal by an act into BadCatalogue at the entry's line, each wrong field at its own."""
        try:
            yield
        except InvalidChange as error:
            raise all_in_one(
                [
                    BadCatalogue(
                        f"{entry.label}: {message}" if name == "__all__" else f"“{name}”: {message}",
                        file=entry.place.file,
                        line=entry.place_of(name).line,
                    )
                    for name, message in error.fields.items()
                ]
            ) from error
        except RoadmapError as error:
            raise BadCatalogue(error.message, file=entry.place.file, line=entry.place.line) from error

    @staticmethod
    def reason(entry: Entry) -> str:
        """What the history keeps as the reason, whoever loads."""
        return coded("loaded", file=Path(entry.place.file).name)


def _identity(section: str, wanted: Mapping[str, Any]) -> Identity:
    """The columns that identify a row, from the values wanted of it."""
    columns: Sequence[str] = STORED_AS[section][1]
    return tuple(
        wanted[column.removesuffix("_id")].pk if column.endswith("_id") else wanted[column] for column in columns
    )


def _holds(row: models.Model, name: str, value: Any) -> bool:
    """The row has that value already; rows are compared by key, without a query."""
    column = row._meta.get_field(name)
    if isinstance(column, models.ForeignKey):
        return bool(getattr(row, column.attname) == (value.pk if value is not None else None))
    return bool(getattr(row, name) == value)
