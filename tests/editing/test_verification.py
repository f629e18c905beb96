"""Confirming that a milestone is done: who may, who may not, and what takes it back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.editing.deliverables import add_deliverable, remove_deliverable
from roadmap.editing.evidence import remove_evidence
from roadmap.editing.milestones import complete_milestone, reopen_milestone
from roadmap.editing.progress import record_progress
from roadmap.editing.verification import verify_completion
from roadmap.errors import InvalidChange, NotAllowed, StaleEdit
from roadmap.models import Deliverable, Evidence, Milestone, Roadmap
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, Role
from tests.factories import make_evidence, make_milestone, make_office_person, make_organisation, make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def make_done(**fields: object) -> Milestone:
    milestone = make_milestone(organisation=make_organisation(code="unit"), **fields)
    make_evidence(milestone)
    return complete_milestone(milestone, by=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("role", "is_inside", "may"),
    [
        (Role.VERIFIER, True, True),
        (Role.LEAD, True, True),
        (Role.OFFICE, False, True),
        (Role.VERIFIER, False, False),
        (Role.LEAD, False, False),
        (Role.CONTRIBUTOR, True, False),
        (Role.AUDITOR, True, False),
        (Role.OBSERVER, True, False),
    ],
)
def test_confirming_is_for_verifiers_and_leads_of_the_branch_and_the_office(
    role: Role, is_inside: bool, may: bool
) -> None:
    done = make_done()
    person = make_person(role=role, organisation=done.organisation if is_inside else make_organisation())
    if may:
        confirmed = verify_completion(done, by=Actor(person, Door.ADMIN), now=NOW, reason="Seen on site")
        row = confirmed.history.latest()
        assert (confirmed.verified_at, confirmed.verified_by, confirmed.version) == (NOW, person, done.version + 1)
        assert (row.history_user, row.history_change_reason, row.verified_at) == (person, "Seen on site", NOW)
    else:
        with pytest.raises(NotAllowed):
            verify_completion(done, by=Actor(person, Door.ADMIN), now=NOW)


@pytest.mark.parametrize("part", ["owner", "reporter", "completer"])
def test_whoever_reported_it_as_done_cannot_confirm_it(part: str) -> None:
    office = make_office_person()
    milestone = make_milestone(owner=office if part == "owner" else None)
    make_evidence(milestone)
    by = Actor(office, Door.ADMIN)
    record_progress(milestone, by=by if part == "reporter" else SYSTEM, now=NOW, percent_complete=100)
    done = complete_milestone(milestone, by=by if part == "completer" else SYSTEM, now=NOW)
    with pytest.raises(NotAllowed):
        verify_completion(done, by=by, now=NOW)
    assert verify_completion(done, by=Actor(make_office_person(), Door.ADMIN), now=NOW).verified_at == NOW


def test_only_what_is_done_and_unconfirmed_is_confirmed() -> None:
    with pytest.raises(InvalidChange):
        verify_completion(make_milestone(), by=SYSTEM, now=NOW)
    confirmed = verify_completion(make_done(), by=SYSTEM, now=NOW)
    with pytest.raises(InvalidChange):
        verify_completion(confirmed, by=SYSTEM, now=NOW)
    with pytest.raises(StaleEdit):
        verify_completion(make_milestone(), by=SYSTEM, now=NOW, expected_version=7)


def test_reopening_takes_the_confirmation_back() -> None:
    confirmed = verify_completion(make_done(), by=Actor(make_office_person(), Door.ADMIN), now=NOW)
    reopened = reopen_milestone(confirmed, by=SYSTEM, now=NOW, reason="Not so")
    assert (reopened.verified_at, reopened.verified_on, reopened.verified_by) == (None, None, None)


def test_nothing_is_confirmed_without_evidence() -> None:
    done = complete_milestone(make_milestone(), by=SYSTEM, now=NOW)
    with pytest.raises(InvalidChange) as refused:
        verify_completion(done, by=SYSTEM, now=NOW)
    make_evidence(done)
    assert (list(refused.value.fields), verify_completion(done, by=SYSTEM, now=NOW).verified_at) == (["evidence"], NOW)


def test_the_day_of_a_confirmation_is_that_of_the_roadmap() -> None:
    done = make_done()
    Roadmap.objects.update(time_zone="America/New_York")
    confirmed = verify_completion(Milestone.objects.get(pk=done.pk), by=SYSTEM, now=NOW)
    assert confirmed.verified_on == date(2026, 11, 22)  # there it is still evening


def test_a_confirmation_told_later_has_its_own_day_between_completion_and_today() -> None:
    done = make_done(planned_start_on=date(2026, 1, 1))
    Milestone.objects.update(completed_on=date(2026, 10, 1))
    for day in (date(2026, 9, 30), date(2026, 11, 24)):
        with pytest.raises(InvalidChange) as refused:
            verify_completion(done, by=SYSTEM, now=NOW, verified_on=day)
        assert list(refused.value.fields) == ["verified_on"]
    confirmed = verify_completion(done, by=SYSTEM, now=NOW, verified_on=date(2026, 10, 8))
    assert (confirmed.verified_on, confirmed.verified_at) == (date(2026, 10, 8), NOW)


def test_what_was_verified_isnt_taken_from_under_the_verifier(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    done = make_done()
    item = add_deliverable(done, by=SYSTEM, now=NOW, title_zh="项", title_en="Item")
    author = make_person(role=Role.CONTRIBUTOR, organisation=done.organisation)
    by = Actor(author, Door.ADMIN)
    verify_completion(done, by=Actor(make_office_person(), Door.ADMIN), now=NOW)
    shown = Evidence.objects.get()
    for remove, what in ((remove_evidence, shown), (remove_deliverable, item)):
        with pytest.raises(InvalidChange) as refused:
            remove(what, by=by, now=NOW)
        assert list(refused.value.fields) == ["__all__"]
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)
    later = make_evidence(done)
    remove_evidence(later, by=by, now=NOW)
    reopen_milestone(Milestone.objects.get(), by=SYSTEM, now=NOW, reason="Not quite.")
    remove_evidence(shown, by=by, now=NOW)
    remove_deliverable(item, by=by, now=NOW)
    assert (Evidence.objects.count(), Deliverable.objects.count()) == (0, 0)


def test_the_page_of_the_evidence_says_why_it_stays(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    done = make_done()
    verify_completion(done, by=Actor(make_office_person(), Door.ADMIN), now=NOW)
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(make_office_person())
    page = reverse("admin:roadmap_evidence_delete", args=[Evidence.objects.get().pk])
    answer = browser.post(page, {"post": "yes"}, follow=True)
    assert "This milestone is verified; reopen it first." in [str(one) for one in answer.context["messages"]]
    assert Evidence.objects.count() == 1
