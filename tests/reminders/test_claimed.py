"""Reminders that are claimed together: fetched for all at once, and each asked right before whether it is true."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Milestone, Organisation, OutboxMessage, ReminderOccurrence, ReminderRule
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.render import BatchMemory, prepare_all, render
from roadmap.outbox.truth import may_go
from roadmap.reminders import claimed
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import Audience
from tests.factories import (
    make_initiative,
    make_milestone,
    make_organisation,
    make_person,
    make_pillar,
    make_roadmap,
    make_update,
)
from tests.reminders.conftest import T30
from tests.servers.smtp import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
FEW, MANY = 6, 18
FIXED = 60  # for a run, and for each fifty that are claimed together


def plan(number: int) -> list[OutboxMessage]:
    """So many milestones, each told to an owner and a lead of its own; what is planned of them."""
    roadmap = make_roadmap()
    initiative = make_initiative(make_pillar(roadmap))
    audiences = [Audience.OWNER, Audience.LEAD]
    ReminderRule.objects.create(roadmap=roadmap, code="r", name_zh="规则", name_en="Rule", audiences=audiences)
    for index in range(number):
        unit = make_organisation(lead=make_person(username=f"lead-{index}"))
        owner = make_person(username=f"owner-{index}")
        make_milestone(initiative, owner=owner, organisation=unit, due_on=date(2026, 12, 31), remind_at=T30)
    plan_due_reminders(now=T30)
    return list(OutboxMessage.objects.select_related("recipient__organisation").order_by("pk"))


@pytest.mark.parametrize("number", [FEW, MANY])
def test_preparing_costs_the_same_however_many_are_claimed_together(number: int) -> None:
    rows, memory = plan(number), BatchMemory(now=T30)
    with CaptureQueriesContext(connection) as asked:
        prepare_all(rows, memory)
    assert len(asked) == 6


def test_each_mail_is_asked_about_in_one_query_and_made_without_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claimed, "PEOPLE_AGE_SECONDS", 3600)
    rows, memory = plan(FEW), BatchMemory(now=T30)
    prepare_all(rows, memory)
    render(rows[0], memory)  # to know which addresses take no mail
    may_go(rows[1], memory)  # whom rules mean is fetched at the first doubt
    with CaptureQueriesContext(connection) as asked:
        assert [may_go(row, memory) and render(row, memory) for row in rows] == [True] * len(rows)
    assert len(asked) == len(rows)


@pytest.mark.parametrize("number", [FEW, MANY])
def test_sending_costs_two_queries_a_mail_at_most(
    number: int, smtp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claimed, "PEOPLE_AGE_SECONDS", 3600)
    rows = plan(number)
    with CaptureQueriesContext(connection) as asked:
        assert deliver_pending(clock=lambda: T30) == len(rows) == 2 * number
    assert len(asked) <= 2 * len(rows) + FIXED


@pytest.fixture
def prepared() -> tuple[list[OutboxMessage], BatchMemory]:
    """Two mails about one milestone, to its owner and its lead: claimed, and what they need is fetched."""
    rows, memory = plan(1), BatchMemory(now=T30)
    prepare_all(rows, memory)
    assert [row.recipient.username for row in rows] == ["owner-0", "lead-0"]
    return rows, memory


Prepared = tuple[list[OutboxMessage], BatchMemory]


def test_what_becomes_untrue_after_it_was_fetched_does_not_go(prepared: Prepared) -> None:
    rows, memory = prepared
    Milestone.objects.update(due_on=date(2027, 3, 31))  # by a hand in the database, which withdraws nothing
    assert [may_go(row, memory) for row in rows] == [False, False]
    assert not ReminderOccurrence.objects.filter(message__isnull=False).exists()


def test_new_owner_is_told_in_the_place_of_the_one_for_whom_it_was_fetched(prepared: Prepared) -> None:
    rows, memory = prepared
    Milestone.objects.update(owner=make_person(username="next"))
    assert [may_go(row, memory) for row in rows] == [False, True]


def test_lead_of_a_while_ago_is_asked_for_anew(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, memory = prepared
    monkeypatch.setattr(claimed, "PEOPLE_AGE_SECONDS", 0)
    Organisation.objects.update(lead=make_person(username="next"))
    assert [may_go(row, memory) for row in rows] == [True, False]


def test_words_are_of_the_report_that_came_after_they_were_fetched(prepared: Prepared) -> None:
    (row, _other), memory = prepared
    make_update(Milestone.objects.get(), 35, date(2026, 11, 30), narrative_zh="刚刚填报")
    assert may_go(row, memory)
    assert render(row, memory)
    assert row.rendered is not None
    other = OutboxMessage.objects.select_related("recipient").get(pk=row.pk)
    assert render(other, BatchMemory(now=T30))  # as it is made alone
    assert row.rendered == other.rendered


def test_mails_fetched_together_read_as_those_made_alone() -> None:
    rows, memory = plan(FEW), BatchMemory(now=T30)
    prepare_all(rows, memory)
    together = [bytes(row.rendered or b"") for row in rows if may_go(row, memory) and render(row, memory)]
    alone = list(OutboxMessage.objects.select_related("recipient").order_by("pk"))
    assert together == [bytes(row.rendered or b"") for row in alone if render(row, BatchMemory(now=T30))]
    assert len(together) == 2 * FEW
