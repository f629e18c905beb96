"""Whole answers to reminders: recorded once, in one piece, as the person's."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from roadmap.editing.answering import (
    answer_done,
    answer_forecast,
    answer_noted,
    answer_on_track,
    answer_snooze,
    can_be_taken_back,
    take_back_answer,
)
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Acknowledgement, Answer, Evidence, Milestone, ProgressUpdate, Snooze
from roadmap.models.history import Actor
from roadmap.reminders.milestone_facts import reports_on
from roadmap.vocabulary import AnswerKind, Door, MilestoneStatus, Rag
from tests import factories as make

pytestmark = pytest.mark.on_postgresql

NOW = datetime(2026, 12, 1, 1, tzinfo=UTC)
TODAY = date(2026, 12, 1)
DUE = date(2026, 12, 31)


@pytest.fixture
def milestone(db: None) -> Milestone:
    return make.make_milestone(due_on=DUE, owner=make.make_person(username="owner"))


@pytest.fixture
def owner(milestone: Milestone) -> Actor:
    return Actor(person=milestone.owner, door=Door.MAIL)


@pytest.fixture
def office(db: None) -> Actor:
    return Actor(person=make.make_office_person(language="en"), door=Door.MAIL)


def test_taking_note_acknowledges_and_reports_nothing(milestone: Milestone, owner: Actor) -> None:
    answer = answer_noted(milestone, by=owner, now=NOW, form_key="a")
    assert (answer.kind, answer.person, answer.due_on, answer.at, answer.door, answer.update) == (
        AnswerKind.NOTED,
        milestone.owner,
        DUE,
        NOW,
        Door.MAIL,
        None,
    )
    assert list(Acknowledgement.objects.values_list("person", "at")) == [(milestone.owner_id, NOW)]
    assert ProgressUpdate.objects.count() == 0


def test_on_track_with_a_note_reports_that_progress_is_where_it_was(milestone: Milestone, owner: Actor) -> None:
    make.make_update(milestone, 40, date(2026, 11, 1))
    update = answer_on_track(milestone, by=owner, now=NOW, form_key="a", note="正常").update
    assert update is not None
    assert (update.percent_complete, update.reported_on, update.confidence, update.narrative_zh, update.door) == (
        Decimal(40),
        TODAY,
        Rag.GREEN,
        "正常",
        Door.MAIL,
    )
    assert update.reported_by == milestone.owner


def test_on_track_alone_reports_it_with_progress_as_it_was_and_ends_silence(milestone: Milestone, owner: Actor) -> None:
    make.make_update(milestone, 40, date(2026, 9, 1))
    update = answer_on_track(milestone, by=owner, now=NOW, form_key="a").update
    assert update is not None
    assert (update.percent_complete, update.reported_on, update.confidence, update.narrative_zh) == (
        Decimal(40),
        TODAY,
        Rag.GREEN,
        "",
    )
    assert reports_on([milestone]).facts_of(milestone).quiet_since == TODAY
    assert Acknowledgement.objects.count() == 1


def test_being_on_it_while_overdue_acknowledges_and_reports_nothing(milestone: Milestone, owner: Actor) -> None:
    Milestone.objects.update(due_on=date(2026, 11, 1))
    answer = answer_on_track(milestone, by=owner, now=NOW, form_key="a")
    assert (answer.kind, answer.update, ProgressUpdate.objects.count()) == (AnswerKind.TRACK, None, 0)


def test_what_is_overdue_is_not_reported_as_green(milestone: Milestone, owner: Actor) -> None:
    Milestone.objects.update(due_on=date(2026, 11, 1))
    update = answer_on_track(milestone, by=owner, now=NOW, form_key="a", percent=Decimal(80)).update
    assert update is not None
    assert (update.percent_complete, update.confidence) == (Decimal(80), Rag.AMBER)


def test_done_by_the_owner_reports_all_of_it_and_leaves_completing_to_a_lead(
    milestone: Milestone, owner: Actor
) -> None:
    answer = answer_done(
        milestone,
        by=owner,
        now=NOW,
        form_key="a",
        completed_on=date(2026, 11, 28),
        note="已验收",
        evidence_url="https://example.org/report",
    )
    assert answer.update is not None
    assert (answer.update.percent_complete, answer.update.forecast_on, answer.update.reported_on) == (
        Decimal(100),
        date(2026, 11, 28),
        TODAY,
    )
    evidence = Evidence.objects.get()
    assert (evidence.url, evidence.progress_update, evidence.added_by) == (
        "https://example.org/report",
        answer.update,
        milestone.owner,
    )
    assert (answer.completed_on, Milestone.objects.get().status) == (None, MilestoneStatus.ACTIVE)


def test_done_by_the_office_completes_the_milestone(milestone: Milestone, office: Actor) -> None:
    answer = answer_done(milestone, by=office, now=NOW, form_key="a", completed_on=date(2026, 11, 28), note="Accepted")
    stored = Milestone.objects.get()
    assert (stored.status, stored.completed_on, answer.completed_on) == (
        MilestoneStatus.DONE,
        date(2026, 11, 28),
        date(2026, 11, 28),
    )
    record = stored.history.first()
    assert (record.history_user, record.door, record.history_change_reason) == (office.person, Door.MAIL, "Accepted")
    assert ProgressUpdate.objects.get().narrative_en == "Accepted"


@pytest.mark.parametrize(
    ("forecast_on", "confidence"), [(date(2026, 12, 20), Rag.GREEN), (DUE, Rag.GREEN), (date(2027, 2, 1), Rag.AMBER)]
)
def test_forecast_is_reported_with_its_reason_and_moves_no_due_date(
    milestone: Milestone, owner: Actor, forecast_on: date, confidence: str
) -> None:
    update = answer_forecast(milestone, by=owner, now=NOW, form_key="a", forecast_on=forecast_on, why="等待接口").update
    assert update is not None
    assert (update.forecast_on, update.confidence, update.narrative_zh) == (forecast_on, confidence, "等待接口")
    assert Milestone.objects.get().due_on == DUE
    assert Acknowledgement.objects.count() == 1


def test_snooze_says_nothing_about_the_milestone(milestone: Milestone, owner: Actor) -> None:
    answer = answer_snooze(milestone, by=owner, now=NOW, form_key="a", until=date(2026, 12, 4))
    assert (answer.until, Snooze.objects.get().until) == (date(2026, 12, 4), date(2026, 12, 4))
    assert (Acknowledgement.objects.count(), ProgressUpdate.objects.count()) == (0, 0)


def test_same_form_sent_again_records_nothing_more_and_says_what_it_did(milestone: Milestone, owner: Actor) -> None:
    first = answer_on_track(milestone, by=owner, now=NOW, form_key="a", percent=Decimal(10))
    again = answer_on_track(milestone, by=owner, now=NOW, form_key="a", percent=Decimal(10))
    assert again == first
    assert (Answer.objects.count(), ProgressUpdate.objects.count()) == (1, 1)
    answer_on_track(milestone, by=owner, now=NOW, form_key="b", percent=Decimal(10))
    assert ProgressUpdate.objects.count() == 2


def test_form_of_somebody_else_is_refused(milestone: Milestone, owner: Actor, office: Actor) -> None:
    answer_on_track(milestone, by=owner, now=NOW, form_key="a")
    with pytest.raises(NotAllowed):
        answer_on_track(milestone, by=office, now=NOW, form_key="a")


def test_refused_answer_leaves_nothing_behind(milestone: Milestone, owner: Actor) -> None:
    with pytest.raises(InvalidChange) as refusal:
        answer_done(milestone, by=owner, now=NOW, form_key="a", completed_on=TODAY, evidence_url="no address")
    assert "url" in refusal.value.fields
    counts = [model._default_manager.count() for model in (Answer, ProgressUpdate, Evidence, Acknowledgement)]
    assert counts == [0, 0, 0, 0]


def test_wrong_days_and_missing_reasons_are_named(milestone: Milestone, owner: Actor) -> None:
    with pytest.raises(InvalidChange) as done:
        answer_done(milestone, by=owner, now=NOW, form_key="a", completed_on=date(2026, 12, 2))
    with pytest.raises(InvalidChange) as forecast:
        answer_forecast(milestone, by=owner, now=NOW, form_key="a", forecast_on=date(2026, 11, 30), why=" ")
    assert [list(done.value.fields), list(forecast.value.fields)] == [["completed_on"], ["forecast_on", "why"]]


def test_who_may_only_acknowledge_can_not_report(milestone: Milestone) -> None:
    unit = make.make_organisation(lead=make.make_person(role="observer"))
    Milestone.objects.update(organisation=unit)
    lead = Actor(person=unit.lead, door=Door.MAIL)
    with pytest.raises(NotAllowed):
        answer_on_track(milestone, by=lead, now=NOW, form_key="a")
    answer_noted(milestone, by=lead, now=NOW, form_key="a")
    assert Acknowledgement.objects.get().person == unit.lead


def test_acknowledgements_and_snoozes_can_be_taken_back_once(milestone: Milestone, owner: Actor) -> None:
    seen = answer_noted(milestone, by=owner, now=NOW, form_key="a")
    take_back_answer(seen, by=owner, now=NOW)
    slept = answer_snooze(milestone, by=owner, now=NOW, form_key="b", until=date(2026, 12, 4))
    for _ in range(2):
        assert take_back_answer(slept, by=owner, now=NOW).taken_back_at == NOW
    assert (Acknowledgement.objects.count(), Snooze.objects.count()) == (0, 0)


def test_reports_superseded_answers_and_those_of_others_can_not_be_taken_back(
    milestone: Milestone, owner: Actor, office: Actor
) -> None:
    seen = answer_noted(milestone, by=owner, now=NOW, form_key="a")
    report = answer_on_track(milestone, by=owner, now=NOW, form_key="b", percent=Decimal(5))
    assert [can_be_taken_back(seen), can_be_taken_back(report)] == [True, False]
    for answer in (seen, report):
        with pytest.raises(InvalidChange):
            take_back_answer(answer, by=owner, now=NOW)
    with pytest.raises(NotAllowed):
        take_back_answer(seen, by=office, now=NOW)
    assert Acknowledgement.objects.count() == 1
