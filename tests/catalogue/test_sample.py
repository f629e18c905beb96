"""The sample layer: all of it marked, useful in late 2026, loaded once however often, gone without a trace."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from roadmap.editing.entries import create_entry
from roadmap.editing.milestones import change_milestone, create_milestone
from roadmap.editing.progress import record_progress
from roadmap.exchange.bundled import sample_files
from roadmap.exchange.load import load_catalogue
from roadmap.exchange.remove import Holder, SampleInUse, remove_sample
from roadmap.exchange.report import Deed
from roadmap.models import (
    Baseline,
    BaselineEntry,
    DigestSubscription,
    Evidence,
    Initiative,
    Milestone,
    Organisation,
    OutboxMessage,
    Person,
    Phase,
    ProgressUpdate,
    ReminderOccurrence,
    ReminderRule,
    Roadmap,
)
from roadmap.models.history import Actor
from roadmap.vocabulary import Door
from tests.catalogue.snapshot import everything
from tests.exchange.small import LOADER, NOW
from tests.factories import make_person
from tests.progress.by_rule import roadmap_progress

pytestmark = pytest.mark.django_db

State = dict[str, list[dict[str, Any]]]


def _administrator() -> Actor:
    return Actor(make_person(username="office", is_superuser=True), Door.ADMIN)


@pytest.mark.usefixtures("with_sample")
def test_the_layer_spans_initiatives_phases_workstreams_and_years() -> None:
    sample = Milestone.objects.filter(provenance="sample")
    assert sample.count() == 62
    assert sample.values("initiative").order_by().distinct().count() == 7
    assert sample.values("phase").order_by().distinct().count() == 2
    assert sample.values("workstream").order_by().distinct().count() == 3
    assert {one.due_on.year for one in sample} == {2024, 2025, 2026, 2027, 2028, 2029}
    assert sample.filter(owner=None).count() == sample.filter(organisation=None).count() == 0


@pytest.mark.usefixtures("with_sample")
def test_all_of_it_is_marked_and_nobody_can_sign_in() -> None:
    assert Milestone.objects.exclude(provenance__in=["sample", "derived"]).count() == 0
    for model in (ProgressUpdate, Evidence):
        assert model._default_manager.exclude(provenance="sample").count() == 0
    people = Person.objects.all()
    assert [one for one in people if one.has_usable_password() or not one.is_sample or one.is_staff] == []
    assert [one.email for one in people if not one.email.endswith("@example.org")] == []
    assert [one for one in people if "示例" not in one.full_name and "sample" not in one.full_name] == []
    named = Organisation.objects.filter(provenance="sample").values_list("name_zh", "name_en")
    assert [zh for zh, en in named if "示例" not in zh or "Sample" not in en] == []


@pytest.mark.usefixtures("with_sample")
def test_the_first_gate_is_slightly_behind_plan_in_late_2026() -> None:
    progress = roadmap_progress(Roadmap.objects.get(), as_of=date(2026, 11, 23))
    first, second = (phase.figures for phase in progress.phases)
    assert Decimal("0.87") < first.spi < Decimal("0.95")
    assert (first.done, first.late, first.due_soon) == (23, 4, 9)
    assert (first.confirmed, first.silent >= 2) == (18, True)
    assert 40 < first.verified < 50 < first.earned
    assert (second.done, second.late) == (0, 0)
    assert second.earned < 5


@pytest.mark.usefixtures("with_sample")
def test_the_baseline_is_of_early_2025_and_some_have_slipped_since() -> None:
    baseline = Baseline.objects.get()
    assert (baseline.approved_on, baseline.approved_by.username) == (date(2025, 1, 15), "sample-lin-lan")
    assert BaselineEntry.objects.count() == 76
    slipped = {
        entry.milestone.code: (entry.milestone.due_on - entry.due_on).days
        for entry in BaselineEntry.objects.select_related("milestone")
        if entry.milestone.due_on != entry.due_on
    }
    assert slipped == {
        "sample-igw-equipment": 31,
        "sample-iir-concealment": 62,
        "sample-isc-land-border-c": 30,
        "sample-ami-airport-a": 45,
    }


def test_the_files_tell_of_no_day_after_their_making() -> None:
    told = r"(?:reported_on|completed_on|verified_on|done_on|approved_on): (\d{4}-\d\d-\d\d)"
    days = [day for path in sample_files() for day in re.findall(told, path.read_text(encoding="utf-8"))]
    assert len(days) > 200
    assert max(days) <= "2026-11-20"


@pytest.mark.usefixtures("with_sample")
def test_a_second_load_of_the_layer_changes_nothing() -> None:
    before = everything()
    report = load_catalogue(sample_files(), by=LOADER, now=NOW)
    assert [deed for deed in Deed if report.total(deed)] == [Deed.UNCHANGED]
    assert everything() == before


def test_before_the_layer_and_after_it_the_database_is_the_same(with_sample: State) -> None:
    remove_sample(by=LOADER, now=NOW)
    assert everything() == with_sample
    # and it can come again
    report = load_catalogue(sample_files(), by=LOADER, now=NOW)
    assert [deed for deed in Deed if report.total(deed)] == [Deed.CREATED]


def test_what_people_hang_on_sample_entries_goes_along_with_the_mails_about_them(with_sample: State) -> None:
    office = _administrator()
    milestone = Milestone.objects.get(code="sample-pr-safety")
    change_milestone(milestone, by=office, now=NOW, title_en="Edited", owner=office.person)
    record_progress(milestone, by=office, now=NOW, percent_complete=99)
    sample_person = Person.objects.get(username="sample-sun-jie")
    for recipient in (office.person, sample_person):
        mail = OutboxMessage.objects.create(
            key=f"reminder/{recipient}", kind="reminder", recipient=recipient, address="a@example.org",
            language="en", deliver_after=NOW,
        )  # fmt: skip
        ReminderOccurrence.objects.create(
            rule=ReminderRule.objects.get(code="owners"), milestone=milestone, recipient=recipient,
            occurrence="due=2026-12-30/T-30", message=mail,
        )  # fmt: skip
    remove_sample(by=LOADER, now=NOW)
    left = OutboxMessage.objects.values_list("recipient__username", "state")
    assert list(left) == [("office", "withdrawn")]
    Person.objects.get().delete()  # takes their mail along
    assert everything() == with_sample


@pytest.mark.usefixtures("with_sample")
def test_nothing_is_removed_while_other_entries_refer_to_sample_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    office = _administrator()
    owner = Person.objects.get(username="sample-wu-min")
    entered = create_milestone(
        by=office,
        now=NOW,
        code="ours",
        title_zh="我们的",
        title_en="Ours",
        initiative=Initiative.objects.get(code="porter-robots"),
        phase=Phase.objects.get(code="basic-framework"),
        owner=owner,
        organisation=owner.organisation,
        planned_start_on=date(2026, 1, 1),
        due_on=date(2026, 12, 1),
    )
    record_progress(entered, by=Actor(owner, Door.API), now=NOW, percent_complete=10)
    create_entry(
        Organisation, by=office, code="branch", name_zh="分处", name_en="Branch",
        parent=Organisation.objects.get(code="sample-district-a"),
    )  # fmt: skip
    before = everything()
    with translation.override("en"), pytest.raises(SampleInUse) as caught:
        remove_sample(by=LOADER, now=NOW)
    assert sorted(caught.value.holders, key=str) == [
        Holder("milestone “Ours”", "organisation", "Sample Risk Control Centre"),
        Holder("milestone “Ours”", "owner", "吴敏（示例）"),
        Holder("organisation “Branch”", "belongs to", "Sample Customs District A"),
        Holder("progress report “10% as of 23 November 2026”", "reported by", "吴敏（示例）"),
    ]
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(CommandError) as refused:
        call_command("remove_sample")
    assert str(refused.value).splitlines()[0] == "Entries that are not sample refer to sample ones; change those first."
    assert everything() == before


@pytest.mark.usefixtures("with_sample")
def test_a_subscription_of_ours_filtered_by_a_sample_organisation_holds_the_layer() -> None:
    office = _administrator()
    DigestSubscription.objects.create(
        person=office.person,
        roadmap=Roadmap.objects.get(),
        organisation=Organisation.objects.get(code="sample-district-b"),
        covered_until=NOW,
    )
    with pytest.raises(SampleInUse):
        remove_sample(by=LOADER, now=NOW)
