"""Loading again: nothing doubled, the loader's own brought up to date, people's edits and deletions kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from roadmap.coded_reasons import coded
from roadmap.editing.entries import change_entry, remove_entry
from roadmap.editing.milestones import change_milestone
from roadmap.editing.progress import record_progress
from roadmap.errors import BadCatalogue
from roadmap.exchange.report import Deed, LoadReport
from roadmap.models import (
    Indicator,
    Initiative,
    Milestone,
    Observation,
    Organisation,
    Person,
    Pillar,
    ReminderRule,
    Roadmap,
)
from roadmap.models.history import Actor
from roadmap.vocabulary import Door
from tests.exchange.small import NOW, SMALL, load_text
from tests.factories import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

WHOLE = {
    "sources": 1,
    "roadmap": 1,
    "organisations": 1,
    "phases": 1,
    "pillars": 1,
    "initiatives": 1,
    "indicators": 1,
    "observations": 1,
    "milestones": 2,
    "deliverables": 1,
    "after": 1,
    "reminder_rules": 1,
}


def _done(report: LoadReport) -> dict[Deed, dict[str, int]]:
    return {deed: dict(counts) for deed, counts in report.counts.items() if counts}


def _without(**fewer: int) -> dict[str, int]:
    counts = {name: count - fewer.get(name, 0) for name, count in WHOLE.items()}
    return {name: count for name, count in counts.items() if count}


def _someone() -> Actor:
    return Actor(make_person(is_superuser=True), Door.ADMIN)


def test_a_second_load_changes_nothing(tmp_path: Path) -> None:
    assert _done(load_text(tmp_path, SMALL)) == {Deed.CREATED: WHOLE}
    histories = (Milestone.history.count(), Pillar.history.count(), ReminderRule.history.count())
    assert _done(load_text(tmp_path, SMALL)) == {Deed.UNCHANGED: WHOLE}
    assert (Milestone.history.count(), Pillar.history.count(), ReminderRule.history.count()) == histories


def test_an_entry_that_only_the_loader_touched_is_brought_up_to_date(tmp_path: Path) -> None:
    load_text(tmp_path, SMALL)
    newer = SMALL.replace("value: 12.5", "value: 13").replace("en: Pier 1 north", "en: First pier")
    report = load_text(tmp_path, newer)
    assert _done(report) == {
        Deed.UPDATED: {"observations": 1, "milestones": 1},
        Deed.UNCHANGED: _without(observations=1, milestones=1),
    }
    assert Observation.objects.get().value == 13
    assert Milestone.objects.get(code="north-1").title_en == "First pier"
    # a second change is still the loader's own to bring
    load_text(tmp_path, SMALL)
    assert Observation.objects.get().value == 12.5


def test_what_people_edited_stays_as_it_is(tmp_path: Path) -> None:
    load_text(tmp_path, SMALL)
    someone = _someone()
    change_entry(Pillar.objects.get(), by=someone, title_en="Sound")
    change_milestone(Milestone.objects.get(code="north-1"), by=someone, now=NOW, title_en="Our pier")
    record_progress(Milestone.objects.get(code="north-2"), by=someone, now=NOW, percent_complete=10)
    newer = SMALL.replace("en: Safe", "en: Safer").replace("en: Pier ", "en: Post ")
    with translation.override("en"):
        report = load_text(tmp_path, newer)
        lines = report.lines()
    assert lines == [
        "Left unchanged because people edited them: pillars 1, milestones 2.",
        "  pillars: safe",
        "  milestones: north-1",
        "  milestones: north-2",
        "8 entries were up to date.",
    ]
    assert Pillar.objects.get().title_en == "Sound"
    assert [one.title_en for one in Milestone.objects.order_by("code")] == ["Our pier", "Pier 2 north"]


def test_what_people_gave_another_code_is_not_doubled(tmp_path: Path) -> None:
    load_text(tmp_path, SMALL)
    change_entry(Organisation.objects.get(), by=_someone(), code="public-works")
    report = load_text(tmp_path, SMALL)
    assert report.left == [(Deed.EDITED, "organisations", "works")]
    assert [one.code for one in Organisation.objects.all()] == ["public-works"]


def test_what_people_deleted_stays_deleted_with_all_that_stands_in_it(tmp_path: Path) -> None:
    load_text(tmp_path, SMALL)
    someone = _someone()
    remove_entry(Indicator.objects.get(), by=someone)
    for milestone in Milestone.objects.all():
        remove_entry(milestone, by=someone)
    remove_entry(Initiative.objects.get(), by=someone)
    report = load_text(tmp_path, SMALL)
    assert report.left == [
        (Deed.DELETED, "initiatives", "north"),
        (Deed.DELETED, "indicators", "length"),
        (Deed.DELETED, "observations", "2024"),
        (Deed.DELETED, "milestones", "north-1"),
        (Deed.DELETED, "milestones", "north-2"),
    ]
    assert not Milestone.objects.exists()
    assert not Indicator.objects.exists()


def test_what_people_entered_under_the_same_code_is_theirs(tmp_path: Path) -> None:
    Organisation.objects.create(code="works", name_zh="处", name_en="Office", path="works/")
    report = load_text(tmp_path, SMALL)
    assert report.left == [(Deed.EDITED, "organisations", "works")]
    assert Organisation.objects.get().name_en == "Office"
    assert Milestone.objects.get(code="north-1").organisation == Organisation.objects.get()


def test_what_is_told_of_days_to_come_is_left_away(tmp_path: Path) -> None:
    told = (
        "    updates:\n      - {reported_on: 2025-01-10, percent: 50}\n      - {reported_on: 2026-01-10, percent: 90}\n"
    )
    text = SMALL.replace("    deliverables:", f"    completed_on: 2026-02-01\n{told}    deliverables:")
    report = load_text(tmp_path, text, now=datetime(2025, 6, 1, tzinfo=UTC))
    assert (report.counts[Deed.CREATED]["updates"], report.counts[Deed.AHEAD]["updates"]) == (1, 1)
    milestone = Milestone.objects.get(code="north-1")
    assert (milestone.status, milestone.progress_updates.count()) == ("active", 1)
    # once the days have come, the rest follows
    report = load_text(tmp_path, text)
    assert (report.counts[Deed.CREATED]["updates"], report.counts[Deed.UNCHANGED]["updates"]) == (1, 1)
    milestone = Milestone.objects.get(code="north-1")
    assert (milestone.status, str(milestone.completed_on)) == ("done", "2026-02-01")


def test_every_entry_has_its_mark_and_its_history_names_the_file(tmp_path: Path) -> None:
    with translation.override("en"):
        load_text(tmp_path, SMALL)
    marks = [(one.provenance, one.source_id is not None) for one in (Roadmap.objects.get(), Observation.objects.get())]
    assert marks == [("derived", False), ("sourced", True)]
    told = Milestone.history.values_list("history_user", "door", "history_change_reason").order_by().distinct()
    assert list(told) == [(None, "command", coded("loaded", file="plan.yaml"))]


def test_a_milestone_of_another_roadmap_is_not_taken_over(tmp_path: Path) -> None:
    load_text(tmp_path, SMALL)
    with translation.override("en"), pytest.raises(BadCatalogue) as caught:
        load_text(tmp_path, SMALL.replace("code: bridge", "code: tunnel"))
    assert str(caught.value) == "plan.yaml:28: “north-1” is the code of a milestone of another roadmap already."
    assert [one.code for one in Roadmap.objects.all()] == ["bridge"]


def test_people_of_a_file_cannot_sign_in_until_somebody_lets_them(tmp_path: Path) -> None:
    people = "people:\n  - {username: li, full_name: 李, email: li@example.org, role: lead, mark: entered}\n"
    load_text(tmp_path, SMALL + people)
    person = Person.objects.get()
    assert (person.username, person.role, person.is_sample, person.has_usable_password()) == (
        "li",
        "lead",
        False,
        False,
    )


def test_an_address_that_another_account_has_is_refused_at_its_line(tmp_path: Path) -> None:
    make_person(email="li@example.org")
    people = "people:\n  - {username: li, full_name: 李, mark: entered,\n     email: LI@example.org}\n"
    with translation.override("en"), pytest.raises(BadCatalogue) as caught:
        load_text(tmp_path, SMALL + people)
    assert (caught.value.file, caught.value.line) == ("plan.yaml", 49)
    assert not Roadmap.objects.exists()
