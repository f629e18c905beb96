"""A small plan, and files about it, as people's programs write them."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook

from roadmap.exchange.sheets.bring import Brought, bring_in, foretell
from roadmap.exchange.sheets.kinds import MILESTONES
from roadmap.models import Milestone, Person
from roadmap.models.history import Actor
from roadmap.vocabulary import Door
from tests import factories as make

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
REASON = "agreed at the November meeting"


def make_plan(**fields: Any) -> Milestone:
    """A milestone of the only roadmap."""
    roadmap = make.make_roadmap()
    initiative = make.make_initiative(make.make_pillar(roadmap))
    phase = make.make_phase(roadmap)
    given = {"planned_start_on": date(2026, 1, 5), "due_on": date(2026, 11, 30)}
    return make.make_milestone(initiative, phase=phase, **{**given, **fields})


def xlsx(*rows: Sequence[Any], sheet: str = "Milestones") -> bytes:
    """A workbook of one sheet with these rows."""
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def csv_file(*rows: Sequence[Any], encoding: str = "utf-8") -> bytes:
    """The rows as CSV."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def actor(person: Person | None = None) -> Actor:
    return Actor(person, Door.IMPORT)


def brought(content: bytes, *, by: Person | None = None, reason: str = REASON) -> Brought:
    return bring_in(content, MILESTONES, by=actor(by), now=NOW, reason=reason)


def foretold(content: bytes, *, by: Person | None = None) -> Brought:
    return foretell(content, MILESTONES, by=actor(by), now=NOW)
