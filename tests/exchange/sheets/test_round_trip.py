"""What goes out as a table comes in again: untouched it changes nothing, touched it changes just that, once."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from roadmap.admin.export import milestones_file
from roadmap.errors import BadTable
from roadmap.models import Milestone
from tests import factories as make
from tests.exchange.sheets.plan import NOW, REASON, brought, make_plan, xlsx

pytestmark = pytest.mark.django_db


def exported(kind: str, language: str) -> bytes:
    with translation.override(language):
        answer = milestones_file(Milestone.objects.order_by("pk"), kind=kind, now=NOW, by=make.make_office_person())
    return b"".join(answer)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_untouched_export_changes_nothing_in_whatever_language_it_comes_back(kind: str, language: str) -> None:
    organisation = make.make_organisation()
    make_plan(
        title_zh="=1+1",
        title_en="'=cmd",
        description_en="two\nlines",
        tags=["ports", "海运"],
        weight=Decimal("1.25"),
        budget=Decimal("123456789012.34"),
        currency="CNY",
        owner=make.make_person(organisation=organisation),
        organisation=organisation,
    )
    content = exported(kind, language)
    with translation.override("en"):
        result = brought(content)
    assert (result.rows, result.unchanged, list(result.left_out)) == ([], 1, [])
    assert Milestone.objects.get().version == 1


def test_moved_date_is_applied_once_with_one_history_entry_and_the_reason() -> None:
    one = make_plan()
    content = xlsx(["ID", "version", "due date"], [one.pk, one.version, date(2026, 12, 15)])
    first, second = brought(content), brought(content)
    assert [(row.row, row.pk, [(c.name, c.before, c.after) for c in row.changes]) for row in first.rows] == [
        (2, one.pk, [("due_on", "30 November 2026", "15 December 2026")])
    ]
    assert (second.rows, second.unchanged) == ([], 1)
    one.refresh_from_db()
    assert one.due_on == date(2026, 12, 15)
    assert [(row.history_change_reason, row.door) for row in one.history.filter(version__gt=1)] == [(REASON, "import")]


def test_row_that_others_changed_is_refused_with_both_values_and_nothing_is_written() -> None:
    one, other = make_plan(title_en="Old"), make_plan()
    content = xlsx(
        ["ID", "version", "title (English)"], [one.pk, one.version, "Mine"], [other.pk, other.version, "Fine"]
    )
    one.title_en, one.version = "Theirs", one.version + 1
    one.save()
    with pytest.raises(BadTable) as refused:
        brought(content)
    assert [str(fault) for fault in refused.value.faults] == [
        "sheet “Milestones”, row 2, column C (title (English)): Somebody else has changed this since the export: "
        "the file says Mine, stored is Theirs."
    ]
    assert not Milestone.objects.filter(title_en__in=["Mine", "Fine"]).exists()


def test_row_that_its_writer_left_alone_is_no_conflict() -> None:
    one = make_plan(title_en="Old")
    one.save()
    content = xlsx(["ID", "version", "title (English)"], [one.pk, one.version, "Old"])
    one.title_en, one.version = "Theirs", one.version + 1
    one.save()
    result = brought(content)
    assert (result.rows, result.unchanged, result.outdated) == ([], 1, 1)
