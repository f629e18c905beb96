"""No field of an entity is forgotten: each column is in the register, and is found wherever its line promises it."""

import csv
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst

from roadmap.api.serializers import frame
from roadmap.api.serializers.acts import MilestoneChange, NewMilestone
from roadmap.api.serializers.indicators import IndicatorEntry
from roadmap.editing.duplicates import duplicate_milestone
from roadmap.exchange.shapes import SECTIONS, THE_ROADMAP
from roadmap.fields import (
    DELIVERABLE,
    INDICATOR,
    INITIATIVE,
    MILESTONE,
    ORGANISATION,
    PHASE,
    PILLAR,
    REGISTERS,
    ROADMAP,
    WORKSTREAM,
    At,
    Field,
    at,
)
from roadmap.models import Milestone, Person
from roadmap.models.history import Actor, told_fields
from roadmap.vocabulary import Door
from tests import factories as make
from tests.admin.rows import make_source

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def test_every_column_is_in_the_register_once():
    for fields in REGISTERS:
        columns = [column.name for column in fields[0].model._meta.concrete_fields]
        assert sorted(one.name for one in fields if not one.path) == sorted(columns)


def test_what_people_write_is_editable_and_has_its_line_of_the_form():
    for fields in REGISTERS:
        for one in fields:
            assert not one.at & (At.FORM | At.BODY | At.COPY) or one.column.editable, one.name
            if fields is not DELIVERABLE:  # a row of a table
                assert (one.line is not None) == bool(one.at & (At.FORM | At.LOOK)), one.name


def test_two_days_are_compared_by_nothing_that_the_history_leaves_out():
    for fields in REGISTERS:
        told = {column.name for column in told_fields(fields[0].model)}
        assert {one.name for one in fields if one.differs} <= told


FRAME = [
    (ROADMAP, frame.RoadmapEntry, THE_ROADMAP),
    (PHASE, frame.PhaseEntry, SECTIONS["phases"]),
    (PILLAR, frame.PillarEntry, SECTIONS["pillars"]),
    (WORKSTREAM, frame.WorkstreamEntry, SECTIONS["workstreams"]),
    (INITIATIVE, frame.InitiativeEntry, SECTIONS["initiatives"]),
    (INDICATOR, IndicatorEntry, SECTIONS["indicators"]),
    (ORGANISATION, frame.OrganisationEntry, SECTIONS["organisations"]),
]


@pytest.mark.parametrize(("fields", "entry", "shape"), FRAME, ids=lambda one: getattr(one, "__name__", ""))
def test_entries_of_the_frame_are_where_the_register_promises_them(fields, entry, shape):
    assert set(entry().fields) == {one.name for one in at(At.API, fields)}
    stored = {one.name.removesuffix("_zh").removesuffix("_en") for one in at(At.FILE, fields)}
    assert set(shape.keys) - {"days_mark"} == stored
    lines = [line for _title, options in site.get_model_admin(fields[0].model).fieldsets for line in options["fields"]]
    assert {name for line in lines for name in line} == {one.name for one in at(At.FORM, fields)}


@pytest.fixture
def office() -> Person:
    return make.make_office_person(language="en")


@pytest.fixture
def whole(db: None, time_machine: Any) -> Milestone:
    """A milestone of which everything is given that can be, each value like no other; but for the day on which it was
    cancelled."""
    time_machine.move_to(NOW, tick=False)
    initiative = make.make_initiative(make.make_pillar(make.make_roadmap()))
    return make.make_milestone(initiative, **values_of(initiative.roadmap))


def values_of(roadmap: Any) -> dict[str, Any]:
    texts = {
        one.name: f"Words of {one.name}" for one in MILESTONE if one.at & At.TEXT and one.name.endswith(("_zh", "_en"))
    }
    return {
        **texts,
        "code": "like-no-other",
        "phase": make.make_phase(roadmap),
        "workstream": make.make_workstream(roadmap),
        "organisation": make.make_organisation(),
        "owner": make.make_person(full_name="Who Owns"),
        "planned_start_on": date(2026, 2, 3),
        "due_on": date(2026, 10, 5),
        "weight": Decimal("7.25"),
        "budget": Decimal("1234567.5"),
        "currency": "HKD",
        "tags": ["seaport"],
        "status": "done",
        "completed_on": date(2026, 10, 4),
        "verified_at": NOW,
        "verified_on": date(2026, 11, 22),
        "verified_by": make.make_person(full_name="Who Verified"),
        "verify_by": date(2026, 10, 20),
        "entered_on": date(2026, 1, 2),
        "remind_at": NOW,
        "provenance": "sourced",
        "source": make_source(),
    }


def test_the_whole_milestone_lacks_nothing(whole: Milestone):
    assert [one.name for one in MILESTONE if one.value(whole) in (None, "", [])] == ["cancelled_on"]


def test_entries_hold_what_is_promised(whole: Milestone, client: Client):
    listed = client.get("/api/v1/milestones/").json()["results"][0]
    alone = client.get(f"/api/v1/milestones/{whole.pk}/").json()
    for entry in (listed, alone):
        assert [one.name for one in at(At.API) if entry[one.name] in (None, "", [])] == ["cancelled_on"]


def test_bodies_take_what_is_promised_and_nothing_else():
    promised = {one.name for one in at(At.BODY)}
    assert set(NewMilestone().fields) == promised | {"reason", "deliverables"}
    assert set(MilestoneChange().fields) == promised | {"reason", "status"}


def test_files_of_a_catalogue_have_the_keys_that_are_promised():
    stored = {one.name.removesuffix("_zh").removesuffix("_en") for one in at(At.FILE)}
    assert set(SECTIONS["milestones"].keys) == stored


def test_form_holds_what_is_promised(whole: Milestone, office: Person, client: Client):
    client.force_login(office)
    shown = client.get(reverse("admin:roadmap_milestone_change", args=[whole.pk])).context["adminform"]
    assert {one.name for one in at(At.FORM)} == set(shown.form.fields) & {one.name for one in MILESTONE}
    assert set(shown.readonly_fields) == {one.name for one in at(At.LOOK)}
    rows = [row for _title, options in shown.fieldsets for row in options["fields"]]
    lines = {name for row in rows for name in ([row] if isinstance(row, str) else row)}
    assert lines == {one.name for one in at(At.FORM) + at(At.LOOK)} | {"reason"}


def test_tables_have_the_columns_that_are_promised(whole: Milestone, office: Person, client: Client):
    client.force_login(office)
    answer = client.get(reverse("admin:roadmap_milestone_export_all_csv"))
    (row,) = csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig")))
    assert [one.name for one in at(At.TABLE) if not row[str(one.column.verbose_name)]] == []


def test_page_shows_what_is_promised(whole: Milestone, client: Client):
    chinese, english = (
        client.get(reverse("web:milestone", args=[whole.code]), headers={"Accept-Language": language}).content.decode()
        for language in ("zh-Hans", "en")
    )
    for one in at(At.FACTS) + at(At.TEXT):
        shown = chinese if one.name.endswith("_zh") else english
        assert shown_as(one, whole) in shown, one.name
    for one in at(At.FACTS):
        assert f"<dt>{capfirst(str(one.column.verbose_name))}</dt>" in english


def shown_as(field: Field, row: Milestone) -> str:
    value = field.value(row)
    with translation.override("en"):
        match value:
            case date():
                return date_format(value)
            case Decimal():
                return f"{value:,f}"
            case Person():
                return value.public_name
        return str(getattr(row, f"get_{field.name}_display")() if field.column.choices else value)


def test_a_copy_takes_over_what_is_promised(whole: Milestone, office: Person):
    new: Mapping[str, Any] = {"code": "copy", "title_zh": "副本", "title_en": "Copy"}
    dates = {"planned_start_on": date(2027, 1, 1), "due_on": date(2027, 6, 30)}
    made = duplicate_milestone(whole, by=Actor(office, Door.ADMIN), now=NOW, **new, **dates)
    for one in MILESTONE:
        if one.line and one.name not in (*new, *dates):
            assert one.value(made) == one.value(whole if At.COPY in one.at else Milestone()), one.name


SHAPES = [
    THE_ROADMAP,
    *SECTIONS.values(),
    *SECTIONS["milestones"].parts.values(),
    *SECTIONS["indicators"].parts.values(),
]


@pytest.mark.parametrize("name", ["catalogue.md", "catalogue.zh-hans.md"])
def test_docs_of_the_catalogue_name_every_key(name: str):
    docs = Path(__file__).resolve().parents[2] / "docs" / name
    rows = [line.split("|")[1:3] for line in docs.read_text().splitlines() if line.startswith("|")]
    for shape in SHAPES:
        (told,) = (keys for sections, keys in rows if f"`{shape.section}`" in sections)
        assert {*shape.keys, *shape.parts} - set(re.findall(r"[a-z_]+", told)) == set(), shape.section
