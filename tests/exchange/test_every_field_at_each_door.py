"""Each field of a milestone, a deliverable and a report takes and refuses the same values at each door: the API, the
form of the administration, a catalogue file."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import DecimalField, Model
from django.test import Client

from roadmap.errors import BadCatalogue
from roadmap.models import Deliverable, Initiative, Milestone, Person, Phase, ProgressUpdate
from tests import factories as make
from tests.api.conftest import caller_for
from tests.exchange.small import NOW, SMALL, load_text

pytestmark = pytest.mark.django_db
NEW: Mapping[str, Any] = {
    "code": "new",
    "title_zh": "新",
    "title_en": "New",
    "planned_start_on": "2026-01-01",
    "due_on": "2026-12-31",
    "weight": "1",
    "budget": "5",
}
PART: Mapping[str, Any] = {"title_zh": "件", "title_en": "Part", "weight": "1"}
REPORT: Mapping[str, Any] = {"percent_complete": "40", "reported_on": "2026-11-01"}
LONG = "长" * 20_001
DAYS = [("1949-12-31", False), ("1950-01-01", True), ("2099-12-31", True), ("2100-01-01", False), ("2026-02-30", False)]
WEIGHTS = [
    *(("0", True), ("0.01", True), ("12.5", True), ("999999.99", True), ("1000000", False), ("1.005", False)),
    *(("-1", False), ("-0.01", False), ("NaN", False), ("Infinity", False), ("x", False)),
]
TITLES = [("题", True), ("", False), (" ", False), ("<b>&\"'", True), ("a\u0007b", True)]
MILESTONE = {
    "code": [("new-1", True), ("", False), ("two words", False), ("x" * 80, True), ("x" * 81, False), ("中文", False)],
    "title_zh": [*TITLES, ("题" * 200, True), ("题" * 201, False)],
    "title_en": [*TITLES, ("t" * 300, True), ("t" * 301, False)],
    "planned_start_on": [("2026-12-31", True), ("2027-01-01", False), ("1949-12-31", False), ("1950-01-01", True)],
    "due_on": [
        ("2026-01-01", True),
        ("2025-12-31", False),
        ("2099-12-31", True),
        ("2100-01-01", False),
        ("soon", False),
    ],
    "weight": WEIGHTS,
    "budget": [*WEIGHTS[:4], ("999999999999.99", True), ("1000000000000", False), *WEIGHTS[5:]],
    "currency": [("CNY", True), ("HKD", True), ("hkd", False), ("HK", False), ("XYZ", False), ("HKDS", False)],
}
DELIVERABLE = {
    "title_zh": [*TITLES, ("题" * 200, True), ("题" * 201, False)],
    "title_en": [*TITLES, ("t" * 300, True), ("t" * 301, False)],
    "weight": WEIGHTS,
    "done_on": [("2026-11-23", True), ("2026-11-01", True), ("1949-12-31", False), ("2026-02-30", False)],
}
UPDATE = {
    "percent_complete": [
        *(("0", True), ("100", True), ("33.33", True), ("33.333", False), ("-1", False), ("100.01", False)),
        *(("NaN", False), ("x", False), ("", False)),
    ],
    "reported_on": [("2026-11-23", True), ("1950-01-01", True), ("1949-12-31", False), ("2026-02-30", False)],
    "confidence": [("amber", True), ("blue", False), ("", False)],
    "forecast_on": DAYS,
}


@pytest.fixture(autouse=True)
def _at_a_fixed_time(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office() -> Person:
    return make.make_office_person(language="en")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The small catalogue, loaded."""
    load_text(tmp_path, SMALL)
    return tmp_path


def as_number(value: str) -> Any:
    """What a program sends for it: a number where JSON has one."""
    try:
        return json.loads(value) if value[-1:].isdigit() else value
    except ValueError:
        return value


def as_numbers(model: type[Model], given: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {one.name for one in model._meta.concrete_fields if isinstance(one, DecimalField)}
    return {name: as_number(value) if name in numbers else value for name, value in given.items()}


def yaml(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def is_loaded(folder: Path, text: str) -> bool:
    try:
        load_text(folder, text)
    except BadCatalogue:
        return False
    return True


def by_api_milestone(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    frame = {"initiative": Initiative.objects.get().pk, "phase": Phase.objects.get().pk}
    answer = caller_for(office).post("milestones/", {**as_numbers(Milestone, given), **frame})
    assert answer.status_code in {201, 422}, answer.content
    return bool(answer.status_code == 201)


def enter(office: Person) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def rows(name: str, *given: Mapping[str, Any]) -> dict[str, Any]:
    found = {f"{name}-TOTAL_FORMS": len(given), f"{name}-INITIAL_FORMS": 0}
    for number, row in enumerate(given):
        found |= {f"{name}-{number}-{key}": value for key, value in row.items()}
    return found


def by_form_milestone(office: Person, folder: Path, given: Mapping[str, Any], *parts: Mapping[str, Any]) -> bool:
    frame = {"initiative": Initiative.objects.get().pk, "phase": Phase.objects.get().pk, "provenance": "entered"}
    sent = {**given, **frame, "tags": "", **rows("deliverables", *parts)}
    answer = enter(office).post("/admin/roadmap/milestone/add/", sent)
    assert answer.status_code in {200, 302}
    return answer.status_code == 302


def entry_of(given: Mapping[str, Any], *more: str) -> str:
    title = f"{{zh: {yaml(given['title_zh'])}, en: {yaml(given['title_en'])}}}"
    lines = [
        f"  - code: {yaml(given['code'])}",
        f"    title: {title}",
        "    initiative: north",
        "    phase: piers",
        *(f"    {name}: {yaml(given[name])}" for name in given if name not in {"code", "title_zh", "title_en"}),
        *more,
    ]
    return SMALL.replace("milestones:\n", "milestones:\n" + "\n".join(lines) + "\n", 1)


def by_file_milestone(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    return is_loaded(folder, entry_of(given))


def by_api_deliverable(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    part = as_numbers(Deliverable, given)
    frame = {"initiative": Initiative.objects.get().pk, "phase": Phase.objects.get().pk}
    answer = caller_for(office).post("milestones/", {**as_numbers(Milestone, NEW), **frame, "deliverables": [part]})
    assert answer.status_code in {201, 422}, answer.content
    return bool(answer.status_code == 201)


def by_form_deliverable(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    return by_form_milestone(office, folder, NEW, {"position": 0, **given})


def by_file_deliverable(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    title = f"{{zh: {yaml(given['title_zh'])}, en: {yaml(given['title_en'])}}}"
    done = f", done_on: {given['done_on']}" if "done_on" in given else ""
    lines = ["    deliverables:", f"      - {{title: {title}, weight: {given['weight']}{done}}}"]
    return is_loaded(folder, entry_of(NEW, *lines))


def by_api_report(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    body = {**given, "percent_complete": as_number(given["percent_complete"]), "milestone": "north-1"}
    answer = caller_for(office).post("progress-updates/", body)
    assert answer.status_code in {201, 422}, answer.content
    return bool(answer.status_code == 201)


def by_form_report(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    milestone = Milestone.objects.get(code="north-1")
    sent = {"confidence": "green", **given, "milestone": milestone.pk}
    answer = enter(office).post("/admin/roadmap/progressupdate/add/", sent)
    assert answer.status_code in {200, 302}
    return answer.status_code == 302


def by_file_report(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    named = {"percent" if name == "percent_complete" else name: value for name, value in given.items()}
    words = ", ".join(f"{name}: {value or yaml('')}" for name, value in named.items())
    lines = ["    updates:", f"      - {{{words}}}"]
    return is_loaded(folder, entry_of(NEW, *lines))


DOORS: dict[type, tuple[Mapping[str, Any], Mapping[str, Any], list[Callable[..., bool]]]] = {
    Milestone: (MILESTONE, NEW, [by_api_milestone, by_form_milestone, by_file_milestone]),
    Deliverable: (DELIVERABLE, PART, [by_api_deliverable, by_form_deliverable, by_file_deliverable]),
    ProgressUpdate: (UPDATE, REPORT, [by_api_report, by_form_report, by_file_report]),
}
CASES = [
    pytest.param(door, whole, name, values, id=f"{door.__name__}-{name}")
    for fields, whole, doors in DOORS.values()
    for name, values in fields.items()
    for door in doors
]


@pytest.mark.parametrize(("door", "whole", "name", "values"), CASES)
def test_a_value_is_taken_or_refused_alike(
    door: Callable[..., bool],
    whole: Mapping[str, Any],
    name: str,
    values: list[tuple[str, bool]],
    office: Person,
    small: Path,
) -> None:
    found = []
    for value, _taken in values:
        with transaction.atomic():
            found.append((value, door(office, small, {**whole, name: value})))
            transaction.set_rollback(True)
    assert found == values
