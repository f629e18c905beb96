"""A wrong report is withdrawn: it stays to be read, by whom, when and why, and counts nowhere any more."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from roadmap.chain.rows import rows_unlike_their_history
from roadmap.digests.changes import changes_between
from roadmap.editing.evidence import attach_evidence
from roadmap.editing.milestones import complete_milestone
from roadmap.editing.progress import record_progress, withdraw_progress
from roadmap.editing.verification import verify_completion, who_may_confirm
from roadmap.editing.webhooks import create_webhook
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Milestone, Person, ProgressUpdate, WebhookDelivery
from roadmap.models.history import SYSTEM, Actor
from roadmap.progress.conditions import silent_on
from roadmap.progress.differences import differences_between
from roadmap.progress.facts import milestone_lines
from roadmap.progress.known import lines_known_at
from roadmap.progress.known_sums import sums_known_at
from roadmap.progress.latest import latest_changes
from roadmap.progress.page import measured_rows
from roadmap.progress.plan_then import milestone_records_at, milestones_then
from roadmap.progress.rollup import roll_up
from roadmap.progress.series import progress_series
from roadmap.reminders.milestone_facts import last_answers, reports_on
from roadmap.vocabulary import Door, HookEvent, Language, Role
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY, FIRST, WRONG = date(2026, 11, 23), date(2026, 9, 1), date(2026, 11, 1)
HOUR = timedelta(hours=1)


@pytest.fixture
def milestone(time_machine: Any) -> Milestone:
    """Under way, reported on in September."""
    time_machine.move_to(NOW - 3 * HOUR, tick=False)
    milestone = make.make_milestone(organisation=make.make_organisation())
    record_progress(milestone, by=acting(make.make_office_person()), now=NOW, percent_complete=30, reported_on=FIRST)
    return Milestone.objects.get()


def acting(person: Person, door: Door = Door.API) -> Actor:
    return Actor(person, door)


def of(milestone: Milestone, role: Role, **fields: Any) -> Person:
    return make.make_person(role=role, organisation=milestone.organisation, **fields)


def all_that_is_read(milestone: Milestone) -> dict[str, Any]:
    """What every reader of reports makes of the milestone's."""
    roadmap = milestone.initiative.roadmap
    (line,) = milestone_lines([milestone], as_of=TODAY)
    (row,) = measured_rows([(milestone.pk, TODAY)])
    changes = changes_between(roadmap, start=NOW - timedelta(days=100), end=NOW + timedelta(days=100))
    latest = latest_changes(roadmap, as_of=TODAY, most=9)
    return {
        "figures": line.figures,
        "report": line.latest_update and line.latest_update.pk,
        "row": (row.row.latest_id, row.row.latest_percent_complete, row.figures),
        "sums": roll_up(roadmap, by=("phase",), as_of=TODAY),
        "curve": progress_series(roadmap, days=[FIRST, WRONG, TODAY], today=TODAY),
        "silent": list(Milestone.objects.filter(silent_on(TODAY))),
        "digest": changes.reported,
        "latest": [one.report for one in latest if getattr(one, "report", None)],
        "answered": last_answers([milestone.pk]),
        "reminded": reports_on([milestone]).facts_of(milestone),
    }


def test_a_withdrawn_report_counts_for_no_reader(milestone, time_machine):
    before = all_that_is_read(milestone)
    time_machine.move_to(NOW, tick=False)
    wrong = record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=100, reported_on=WRONG)
    between = all_that_is_read(milestone)
    assert {name for name in before if before[name] == between[name]} == set()
    withdraw_progress(wrong, by=acting(of(milestone, Role.LEAD)), now=NOW, reason="Of another milestone.")
    assert all_that_is_read(milestone) == before


def test_what_was_known_before_the_withdrawal_stays_so(milestone, time_machine):
    roadmap = milestone.initiative.roadmap
    time_machine.move_to(NOW - 2 * HOUR, tick=False)
    wrong = record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=90, reported_on=WRONG)
    time_machine.move_to(NOW, tick=False)
    withdraw_progress(wrong, by=acting(of(milestone, Role.LEAD)), now=NOW, reason="A slip.")
    told = []
    for instant in (NOW - 2.5 * HOUR, NOW - HOUR, NOW):
        present = milestone_lines([milestone], as_of=TODAY)
        line = lines_known_at(roadmap, instant=instant, today=TODAY, present=present)[milestone.pk]
        (then,) = milestones_then(milestone_records_at(roadmap, instant=instant), instant=instant)
        (sums,) = sums_known_at(roadmap, instant=instant, day=TODAY).values()
        told.append((line.figures.earned_percent, then.reported_percent, sums.earned / sums.weight))
    assert told == [(30, 30, 30), (90, 90, 90), (30, 30, 30)]


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (2.5, 1, [(30, 90)]),  # it came
        (1, 0, [(90, 30)]),  # it went
        (2.5, 0, []),  # it came and went
    ],
)
def test_a_withdrawal_is_a_difference_between_two_days(milestone, time_machine, start, end, told):
    time_machine.move_to(NOW - 2 * HOUR, tick=False)
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=90, reported_on=WRONG)
    time_machine.move_to(NOW, tick=False)
    wrong = ProgressUpdate.objects.get(percent_complete=90)
    withdraw_progress(wrong, by=acting(of(milestone, Role.LEAD)), now=NOW, reason="A slip.")
    found = differences_between(milestone.initiative.roadmap, start=NOW - start * HOUR, end=NOW - end * HOUR)
    assert [(one.percent_was, one.percent_now) for one in found.milestones] == told


@pytest.mark.parametrize(
    ("role", "is_author", "may"),
    [
        (Role.OFFICE, False, True),
        (Role.LEAD, False, True),
        (Role.CONTRIBUTOR, True, True),
        (Role.CONTRIBUTOR, False, False),
        (Role.OBSERVER, True, False),  # reported once, and may not any more
        (Role.VERIFIER, False, False),
        (Role.AUDITOR, False, False),
    ],
)
def test_its_author_and_whoever_may_edit_withdraw_a_report(milestone, role, is_author, may):
    person = of(milestone, role)
    author = person if is_author else of(milestone, Role.CONTRIBUTOR)
    wrong = make.make_update(milestone, 90, WRONG, reported_by=author)
    if may:
        assert withdraw_progress(wrong, by=acting(person), now=NOW, reason="A slip.").withdrawn_by == person
    else:
        with pytest.raises(NotAllowed):
            withdraw_progress(wrong, by=acting(person), now=NOW, reason="A slip.")
        assert ProgressUpdate.objects.filter(pk=wrong.pk).exists()


def test_a_withdrawal_has_its_reason_is_made_once_and_not_behind_a_verifiers_back(milestone, time_machine):
    lead = acting(of(milestone, Role.LEAD))
    wrong = make.make_update(milestone, 90, WRONG, reported_by=of(milestone, Role.CONTRIBUTOR))
    with pytest.raises(InvalidChange) as caught:
        withdraw_progress(wrong, by=lead, now=NOW, reason=" ")
    assert list(caught.value.fields) == ["reason"]
    withdraw_progress(wrong, by=lead, now=NOW, reason="A slip.")
    with pytest.raises(InvalidChange):
        withdraw_progress(wrong, by=lead, now=NOW, reason="Again.")
    assert ProgressUpdate.every.get(pk=wrong.pk).withdrawn_reason == "A slip."
    complete_milestone(milestone, by=lead, now=NOW)
    attach_evidence(milestone, by=lead, now=NOW, kind="note", title="t", note="n")
    verify_completion(milestone, by=acting(of(milestone, Role.VERIFIER)), now=NOW)
    with pytest.raises(InvalidChange):
        withdraw_progress(ProgressUpdate.objects.get(), by=lead, now=NOW, reason="A slip.")
    time_machine.move_to(NOW + HOUR, tick=False)
    later = record_progress(milestone, by=lead, now=NOW + HOUR, percent_complete=50, narrative_en="A slip.")
    assert withdraw_progress(later, by=lead, now=NOW + HOUR, reason="Of another milestone.").withdrawn_at


def test_who_withdraws_their_report_doesnt_thereby_become_its_verifier(milestone):
    lead, other = of(milestone, Role.LEAD), of(milestone, Role.LEAD)
    wrong = record_progress(milestone, by=acting(lead), now=NOW, percent_complete=100, reported_on=TODAY)
    complete_milestone(milestone, by=acting(other), now=NOW)
    assert lead not in who_may_confirm(milestone)
    withdraw_progress(wrong, by=acting(lead), now=NOW, reason="It wasn't me.")
    assert lead not in who_may_confirm(milestone)


def test_a_withdrawn_report_sent_again_under_its_reference_stays_withdrawn(milestone):
    program = acting(of(milestone, Role.LEAD))
    sent = {"by": program, "now": NOW, "percent_complete": 80, "external_ref": "week 47"}
    wrong = record_progress(milestone, **sent)
    withdraw_progress(wrong, by=program, now=NOW, reason="A slip.")
    assert (record_progress(milestone, **sent).pk, ProgressUpdate.objects.count()) == (wrong.pk, 1)


def test_the_history_tells_of_it_and_matches_the_rows(milestone):
    lead = of(milestone, Role.LEAD)
    wrong = record_progress(milestone, by=acting(lead, Door.MAIL), now=NOW, percent_complete=80)
    withdraw_progress(wrong, by=acting(lead, Door.ADMIN), now=NOW, reason="A slip.")
    told = ProgressUpdate.history.filter(id=wrong.pk).order_by("history_id")
    assert list(told.values_list("history_type", "door", "history_user", "history_change_reason")) == [
        ("+", "mail", lead.pk, ""),
        ("~", "admin", lead.pk, "A slip."),
    ]
    assert [one for one in rows_unlike_their_history(now=NOW) if one.kind == "progressupdate"] == []


def test_webhooks_are_told(milestone):
    lead = of(milestone, Role.LEAD)
    create_webhook(lead, by=SYSTEM, url="https://example.org/", events=[HookEvent.PROGRESS_WITHDRAWN])
    wrong = record_progress(milestone, by=acting(lead), now=NOW, percent_complete=80)
    withdraw_progress(wrong, by=acting(lead), now=NOW, reason="A slip.")
    told = WebhookDelivery.objects.get()
    assert (told.event, '"reason":"A slip."' in told.body) == ("progress.withdrawn", True)


def test_pages_show_it_struck_through_with_who_and_why(milestone, client: Client):
    lead = of(milestone, Role.LEAD, full_name="Li Na")
    wrong = record_progress(milestone, by=acting(lead), now=NOW, percent_complete=87, narrative_en="Nearly there.")
    withdraw_progress(wrong, by=acting(lead), now=NOW, reason="Of another milestone.")
    words = "Withdrawn by Li Na on 23 November 2026: Of another milestone."
    for address in (f"/milestones/{milestone.code}/", f"/initiatives/{milestone.initiative.code}/"):
        with override("en"):
            page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
        assert (words in page, "<s>87%</s>" in page, "Nearly there." in page) == (True, True, True), address


def test_the_administration_withdraws_by_a_button(milestone):
    lead = of(milestone, Role.LEAD, full_name="Li Na", is_staff=True, language=Language.ENGLISH)
    wrong = record_progress(milestone, by=acting(lead), now=NOW, percent_complete=87)
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(lead)
    own = f"/admin/roadmap/progressupdate/{wrong.pk}"
    address = f"{own}/withdraw/"
    assert address in browser.get(f"{own}/change/").content.decode()
    asked = f"Withdraw this report? {milestone.title_en}: 87% as of 23 November 2026"
    assert asked in browser.get(address).content.decode()
    assert 'class="rm-refusal"' in browser.post(address, {"reason": ""}, follow=True).content.decode()
    assert ProgressUpdate.objects.filter(pk=wrong.pk).exists()
    page = browser.post(address, {"reason": "A slip."}, follow=True).content.decode()
    told = ("The report is withdrawn and no longer counts.", "<s>87%</s>", address)
    assert [words in page for words in told] == [True, True, False]
    for listed in (
        "/admin/roadmap/progressupdate/?withdrawn_at__isempty=0",
        f"/admin/roadmap/milestone/{milestone.pk}/change/",
        f"{own}/history/",
    ):
        assert "A slip." in browser.get(listed).content.decode(), listed
    assert "87%" not in browser.get("/admin/roadmap/progressupdate/?withdrawn_at__isempty=1").content.decode()
