"""Each field of a milestone, a deliverable and a report takes and refuses the same values at each door, and stores the
same: the API, the form of the administration, a catalogue file."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import DecimalField, Model
from django.test import Client

from roadmap.errors import BadCatalogue
from roadmap.models import (
    Deliverable,
    Initiative,
    Milestone,
    Organisation,
    Person,
    Phase,
    Pillar,
    ProgressUpdate,
    Roadmap,
    Workstream,
)
from roadmap.texts import LONGEST_TEXT
from roadmap.vocabulary import PersonKind
from tests import factories as make
from tests.api.conftest import caller_for
from tests.exchange.small import NOW, SMALL, load_text

pytestmark = pytest.mark.django_db
BILINGUAL = {"texts": ("description", "acceptance_criteria"), "narrative": ("narrative",)}  # by one name in both
FRAME = {"initiative": "north", "phase": "piers"}
NOBODY = 999_999
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
LONG = "长" * LONGEST_TEXT
DAYS = [("1949-12-31", False), ("1950-01-01", True), ("2099-12-31", True), ("2100-01-01", False), ("2026-02-30", False)]
WEIGHTS = [
    *(("0", True), ("0.01", True), ("12.5", True), ("999999.99", True), ("1000000", False), ("1.005", False)),
    *(("-1", False), ("-0.01", False), ("NaN", False), ("Infinity", False), ("x", False)),
]
TITLES = [  # where the other language has one
    *(("题", True), ("", True), (" ", True), ("<b>&\"'", True), ("a\u0007b", True), (" 题\u202e ", True)),
    *(("\u200b", True), ("\ufeff \u2060", True), ("a\x00b", False), ("é" + "\u200b", True)),
]
LONG_TEXTS = [
    *((LONG, True), (LONG + "长", False), (LONG + "\u200b", True), ("1\r\n2\r3\n4\u20285", True), (" a\u001bb ", True)),
    *(("a\x00b", False), ("\ufeffa\ufffe", True)),
]
MILESTONE: dict[str, list[tuple[Any, bool]]] = {
    "code": [("new-1", True), ("", False), ("two words", False), ("x" * 80, True), ("x" * 81, False), ("中文", False)],
    "title_zh": [*TITLES, ("题" * 200, True), ("题" * 201, False)],
    "title_en": [("t" * 300, True), ("t" * 301, False), ("\u200b", True)],
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
    "texts": LONG_TEXTS,
}
DELIVERABLE = {
    "title_zh": [("题" * 200, True), ("题" * 201, False), ("\u200b", False)],
    "title_en": [("t" * 300, True), ("t" * 301, False), ("a\u0007b", True)],
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
    # of what is open, none before the day of the report
    "forecast_on": [("2026-11-23", True), ("2099-12-31", True), ("2100-01-01", False), ("2026-02-30", False)],
    "narrative": LONG_TEXTS,
}
REFERENCES = ("owner", "organisation", "workstream", "phase", "initiative")


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


def rows_to_name() -> list[tuple[str, Model, bool]]:
    """Of each kind of row that a field could name, one that isn't there among them: whether it may."""
    ours, theirs = Roadmap.objects.get(code="bridge"), make.make_roadmap()
    pillar = make.make_pillar(theirs)
    return [
        ("owner", make.make_person(), True),
        ("owner", make.make_person(is_active=False), False),
        ("owner", make.make_person(kind=PersonKind.SERVICE, email=""), True),
        ("owner", Person(pk=NOBODY, username="nobody"), False),
        ("organisation", make.make_organisation(), True),
        ("organisation", Organisation(pk=NOBODY, code="nobody"), False),
        ("workstream", make.make_workstream(ours), True),
        ("workstream", make.make_workstream(theirs), False),
        ("workstream", Workstream(pk=NOBODY, code="nothing"), False),
        ("phase", make.make_phase(ours), True),
        ("phase", make.make_phase(theirs), False),
        ("phase", Phase(pk=NOBODY, code="nothing"), False),
        ("initiative", make.make_initiative(Pillar.objects.get(code="safe")), True),
        ("initiative", make.make_initiative(pillar), False),
        ("initiative", Initiative(pk=NOBODY, code="nothing"), False),
    ]


def as_pk(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.pk if isinstance(value, Model) else value for name, value in given.items()}


def in_both(given: Mapping[str, Any]) -> dict[str, Any]:
    """The values with a text that has two languages, given once, in both."""
    rest = {name: value for name, value in given.items() if name not in BILINGUAL}
    return {**rest, **{column: given[name] for name in BILINGUAL if name in given for column in columns(name)}}


def columns(name: str) -> list[str]:
    return [f"{one}_{code}" for one in BILINGUAL[name] for code in ("zh", "en")] if name in BILINGUAL else [name]


def pair(value: str) -> str:
    return f"{{zh: {yaml(value)}, en: {yaml(value)}}}"


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
    return json.dumps(value)


def is_loaded(folder: Path, text: str) -> bool:
    try:
        load_text(folder, text)
    except BadCatalogue:
        return False
    return True


def frame() -> dict[str, Any]:
    return {"initiative": Initiative.objects.get(code="north").pk, "phase": Phase.objects.get(code="piers").pk}


def by_api_milestone(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    sent = {**frame(), **as_pk(in_both(as_numbers(Milestone, given)))}
    answer = caller_for(office).post("milestones/", sent)
    assert answer.status_code in {201, 422}, answer.content
    return bool(answer.status_code == 201)


def enter(office: Person) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(office)
    return browser


def rows(name: str, *given: Mapping[str, Any]) -> dict[str, Any]:
    found = {f"{name}-TOTAL_FORMS": len(given), f"{name}-INITIAL_FORMS": 0}
    for number, row in enumerate(given):
        found |= {f"{name}-{number}-{key}": value for key, value in row.items()}
    return found


def by_form_milestone(office: Person, folder: Path, given: Mapping[str, Any], *parts: Mapping[str, Any]) -> bool:
    sent = {**frame(), "provenance": "entered", **as_pk(in_both(given)), "tags": "", **rows("deliverables", *parts)}
    answer = enter(office).post("/admin/roadmap/milestone/add/", sent)
    assert answer.status_code in {200, 302} or "\0" in "".join(map(str, sent.values()))  # NUL isn't even looked at
    return answer.status_code == 302


def code_of(row: Any) -> str:
    return str(getattr(row, "username", None) or getattr(row, "code", row))


def entry_of(given: Mapping[str, Any], *more: str) -> str:
    title = f"{{zh: {yaml(given['title_zh'])}, en: {yaml(given['title_en'])}}}"
    lines = [
        f"  - code: {yaml(given['code'])}",
        f"    title: {title}",
        *(
            f"    {name}: {yaml(given[name])}"
            for name in given
            if name not in {"code", "title_zh", "title_en", *BILINGUAL, *REFERENCES}
        ),
        *(f"    {one}: {pair(given[name])}" for name in BILINGUAL if name in given for one in BILINGUAL[name]),
        *(f"    {name}: {code_of(row)}" for name, row in {**FRAME, **given}.items() if name in REFERENCES),
        *more,
    ]
    return SMALL.replace("milestones:\n", "milestones:\n" + "\n".join(lines) + "\n", 1)


def by_file_milestone(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    return is_loaded(folder, entry_of(given))


def by_api_deliverable(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    part = as_numbers(Deliverable, given)
    answer = caller_for(office).post("milestones/", {**as_numbers(Milestone, NEW), **frame(), "deliverables": [part]})
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
    body = {**in_both(given), "percent_complete": as_number(given["percent_complete"]), "milestone": "north-1"}
    answer = caller_for(office).post("progress-updates/", body)
    assert answer.status_code in {201, 422}, answer.content
    return bool(answer.status_code == 201)


def by_form_report(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    milestone = Milestone.objects.get(code="north-1")
    sent = {"confidence": "green", **in_both(given), "milestone": milestone.pk}
    answer = enter(office).post("/admin/roadmap/progressupdate/add/", sent)
    assert answer.status_code in {200, 302} or "\0" in sent.get("narrative_zh", "")
    return answer.status_code == 302


def by_file_report(office: Person, folder: Path, given: Mapping[str, Any]) -> bool:
    named = {"percent" if name == "percent_complete" else name: value for name, value in given.items()}
    words = ", ".join(
        f"{name}: {pair(value) if name in BILINGUAL else value or yaml('')}" for name, value in named.items()
    )
    lines = ["    updates:", f"      - {{{words}}}"]
    return is_loaded(folder, entry_of(NEW, *lines))


DOORS: dict[type, tuple[Mapping[str, Any], Mapping[str, Any], list[Callable[..., bool]]]] = {
    Milestone: (MILESTONE, NEW, [by_api_milestone, by_form_milestone, by_file_milestone]),
    Deliverable: (DELIVERABLE, PART, [by_api_deliverable, by_form_deliverable, by_file_deliverable]),
    ProgressUpdate: (UPDATE, REPORT, [by_api_report, by_form_report, by_file_report]),
}
# What a door does of its own: the form makes a code up, and a file is written in both languages
OTHERWISE: dict[tuple[Callable[..., bool], str], dict[str, bool]] = {
    (by_form_milestone, "code"): {"": True},
    (by_file_milestone, "title_zh"): {"": False, " ": False},
}
QUICK = {"due_on", "title_en", "budget", "narrative"}  # one of each sort of field
CASES = [
    pytest.param(door, whole, name, values, id=f"{door.__name__}-{name}", marks=marks)
    for fields, whole, doors in DOORS.values()
    for name, values in fields.items()
    for marks in [[] if name in QUICK else [pytest.mark.everything]]
    for door in doors
]


TEXTS = {"title_zh", "title_en", *BILINGUAL}
MODELS = {len(whole): model for model, (_fields, whole, _doors) in DOORS.items()}


def in_store(given: str) -> str:
    """What is stored of the text: without what can't be seen and outer blanks, its lines ended by line feeds."""
    text = given.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return "".join(one for one in text if one not in "\u0007\u001b\u200b\u2060\u202e\ufeff\ufffe").strip()


@pytest.mark.parametrize(("door", "whole", "name", "values"), CASES)
def test_a_value_is_taken_or_refused_alike(
    door: Callable[..., bool],
    whole: Mapping[str, Any],
    name: str,
    values: list[tuple[str, bool]],
    office: Person,
    small: Path,
) -> None:
    found, stored = [], {}
    for value, _taken in values:
        with transaction.atomic():
            found.append((value, door(office, small, {**whole, name: value})))
            stored[value] = list(MODELS[len(whole)].objects.order_by("-pk").values_list(*columns(name))[:1])
            transaction.set_rollback(True)
    otherwise = OTHERWISE.get((door, name), {})
    assert found == [(value, otherwise.get(value, taken)) for value, taken in values]
    if name in TEXTS:
        wanted = {value: in_store(value) for value, taken in values if otherwise.get(value, taken)}
        assert {value: set(stored[value][0]) for value in wanted} == {value: {one} for value, one in wanted.items()}


@pytest.mark.parametrize("door", [by_api_milestone, by_form_milestone, by_file_milestone])
def test_a_reference_is_taken_or_refused_alike(door: Callable[..., bool], office: Person, small: Path) -> None:
    wanted = rows_to_name()
    found = []
    for name, row, _taken in wanted:
        with transaction.atomic():
            found.append((name, row, door(office, small, {**NEW, name: row})))
            transaction.set_rollback(True)
    assert found == wanted
