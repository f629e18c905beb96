"""The acts on one or many milestones: asked for on a page, foretold, done to all or to none."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roadmap import clock
from roadmap.editing.milestones import complete_milestone
from roadmap.models import Dependency, Milestone, OutboxMessage, Person, Revision
from roadmap.models.history import Actor
from roadmap.vocabulary import Door, MessageState, MilestoneStatus
from tests import factories as make
from tests.admin.rows import make_message, make_occurrence, make_rule

pytestmark = pytest.mark.django_db

LIST = "admin:roadmap_milestone_changelist"


def page_of(code: str, *milestones: Milestone) -> str:
    ids = ",".join(str(milestone.pk) for milestone in milestones)
    return f"{reverse('admin:roadmap_milestone_act', args=[code])}?ids={ids}"


@pytest.fixture
def two(db: None) -> list[Milestone]:
    first = make.make_milestone(due_on=date(2026, 11, 30))
    return [first, make.make_milestone(first.initiative, first.phase, due_on=date(2026, 12, 30))]


def state(milestone: Milestone) -> Milestone:
    milestone.refresh_from_db()
    return milestone


@pytest.mark.parametrize("code", ["complete", "reschedule", "reassign", "cancel", "reopen"])
def test_the_list_leads_to_the_page_of_the_act(code: str, two: list[Milestone], browser: Client):
    chosen = [milestone.pk for milestone in two]
    response = browser.post(reverse(LIST), {"action": f"{code}_chosen", "_selected_action": chosen})
    assert response.status_code == 302
    address, ids = response.url.split("?ids=")
    assert address == reverse("admin:roadmap_milestone_act", args=[code])
    assert {int(pk) for pk in ids.split(",")} == set(chosen)


@pytest.mark.parametrize("code", ["complete", "reschedule", "reassign", "cancel"])
def test_the_page_of_a_milestone_leads_there_too(code: str, two: list[Milestone], browser: Client):
    response = browser.get(reverse(f"admin:roadmap_milestone_{code}", args=[two[0].pk]))
    assert (response.status_code, response.url) == (302, f"{page_of(code, two[0])}&back=change")


def test_completing_takes_today_when_no_day_is_given(two: list[Milestone], browser: Client, office: Person):
    response = browser.post(page_of("complete", *two), {"completed_on": "", "reason": "All delivered."})
    assert (response.status_code, response.url) == (302, reverse(LIST))
    assert [(state(one).status, one.completed_on) for one in two] == [(MilestoneStatus.DONE, date(2026, 11, 23))] * 2
    newest = two[0].history.first()
    assert (newest.history_user, newest.door, newest.history_change_reason) == (office, Door.ADMIN, "All delivered.")


def test_one_refusal_leaves_all_as_they_were(two: list[Milestone], browser: Client):
    Milestone.objects.filter(pk=two[1].pk).update(status="done", completed_on=date(2026, 11, 1))
    response = browser.post(page_of("complete", *two), {"completed_on": ""})
    assert [row.refusal for row in response.context["rows"]] == ["", "Only an open milestone can be completed."]
    assert state(two[0]).status == MilestoneStatus.PLANNED


@pytest.mark.parametrize(
    ("how", "days", "to", "dates"),
    [
        ("days", "14", "", [date(2026, 12, 14), date(2027, 1, 13)]),
        ("days", "-5", "", [date(2026, 11, 25), date(2026, 12, 25)]),
        ("working", "5", "", [date(2026, 12, 7), date(2027, 1, 7)]),
        ("date", "", "2027-02-01", [date(2027, 2, 1), date(2027, 2, 1)]),
    ],
)
def test_rescheduling_moves_every_due_date(
    how: str, days: str, to: str, dates: list[date], two: list[Milestone], browser: Client
):
    sent = {"how": how, "days": days, "due_on": to, "reason": "Procurement took longer."}
    assert browser.post(page_of("reschedule", *two), sent).status_code == 302
    assert [state(one).due_on for one in two] == dates
    assert [one.planned_start_on for one in two] == [date(2026, 1, 1)] * 2


def test_the_start_moves_along_when_asked(two: list[Milestone], browser: Client):
    sent = {"how": "days", "days": "7", "with_start": "on", "reason": "A week later."}
    browser.post(page_of("reschedule", two[0]), sent)
    assert (state(two[0]).planned_start_on, two[0].due_on) == (date(2026, 1, 8), date(2026, 12, 7))


def test_what_would_move_is_foretold_and_not_done(two: list[Milestone], browser: Client):
    late = make.make_milestone(two[0].initiative, two[0].phase, planned_start_on=date(2026, 12, 1), title_en="Next")
    Dependency.objects.create(predecessor=two[0], successor=late)
    waiting = make_occurrence(milestone=two[0])
    make_rule(two[0].initiative.roadmap, name_en="Early", offsets=[60, 7])
    sent = {"how": "days", "days": "40", "reason": "Later.", "_preview": ""}
    response = browser.post(page_of("reschedule", two[0]), sent)
    row = response.context["rows"][0]
    assert row.changes == ["due date: 2026-11-30 → 2027-01-09"]
    assert row.heed == [
        "after the gate of its phase (2026-12-31)",
        "not a working day",
        "“Next” waits for it and starts on 2026-12-01, but may start on 2027-01-11 at the earliest: 28 working "
        "days later",
        f"by the plan all of “{late.phase}” is done on 2027-02-16 at the earliest, not on 2026-12-31: 28 working days "
        "later",
    ]
    assert row.mail == [
        f"withdrawn: the unsent reminder “{waiting.rule.name}” to {waiting.recipient}",
        "next: the reminder “Early” on 2026-11-24",
    ]
    assert state(two[0]).due_on == date(2026, 11, 30)
    del sent["_preview"]
    browser.post(page_of("reschedule", two[0]), sent)
    assert list(OutboxMessage.objects.values_list("state", flat=True)) == [MessageState.WITHDRAWN]


def test_a_preview_refuses_what_the_act_would_and_leaves_nothing(two: list[Milestone], browser: Client):
    two[0].planned_start_on = two[0].due_on
    two[0].save()
    make_occurrence(milestone=two[1])
    kept = [Milestone, Milestone.history.model, OutboxMessage, Revision]
    before = [list(model.objects.order_by("pk").values()) for model in kept]
    sent = {"how": "days", "days": "-7", "reason": "Sooner."}
    page = page_of("reschedule", *two)
    tried = browser.post(page, {**sent, "_preview": ""}).context["rows"]
    assert [list(model.objects.order_by("pk").values()) for model in kept] == before
    done = browser.post(page, sent).context["rows"]
    assert [row.refusal for row in tried] == [row.refusal for row in done] != ["", ""]
    assert [bool(row.changes) for row in tried] == [not row.refusal for row in tried]


def test_what_was_told_already_is_not_earned_again(two: list[Milestone], browser: Client):
    rule = make_rule(two[0].initiative.roadmap, name_en="Early", offsets=[60], repeat_every_days=None)
    told = make_message(state=MessageState.SENT, sent_at=datetime(2026, 11, 2, tzinfo=UTC))
    make_occurrence(milestone=two[0], rule=rule, message=told, occurrence="due=2026-12-07/T-60")
    sent = {"how": "days", "days": "7", "reason": "Later.", "_preview": ""}
    row = browser.post(page_of("reschedule", two[0]), sent).context["rows"][0]
    assert row.mail == ["no reminders from then on"]


@pytest.mark.parametrize(
    ("code", "sent", "changes", "after"),
    [
        ("weigh", {"how": "set", "number": "2.5"}, ["weight: 1 → 2.5"], {"weight": Decimal("2.5")}),
        ("weigh", {"how": "times", "number": "3"}, ["weight: 1 → 3"], {"weight": Decimal(3)}),
        ("tag", {"add": "new, b", "remove": "OLD"}, ["tags: old → new, b"], {"tags": ["new", "b"]}),
    ],
)
def test_weights_and_tags_are_set_for_many(
    code: str, sent: dict[str, str], changes: list[str], after: dict[str, Any], two: list[Milestone], browser: Client
):
    Milestone.objects.update(tags=["old"])
    rows = browser.post(page_of(code, *two), {**sent, "_preview": ""}).context["rows"]
    assert [row.changes for row in rows] == [changes] * 2
    assert browser.post(page_of(code, *two), sent).status_code == 302
    assert [{name: getattr(state(one), name) for name in after} for one in two] == [after] * 2


def test_what_others_changed_is_shown_before_an_act_is_done(two: list[Milestone], browser: Client, filled: Any):
    two[0].save()  # the history knows what the page shows
    sent = filled(browser.get(page_of("cancel", *two))) | {"reason": "Merged."}
    two[0].due_on, two[0].version = date(2027, 3, 1), 2
    two[0].save()
    response = browser.post(page_of("cancel", *two), sent)
    told = {row.milestone.pk: row.meanwhile for row in response.context["rows"]}
    assert (told[two[1].pk], [text.partition(":")[0] for text in told[two[0].pk]]) == ([], ["due date"])
    assert [state(one).status for one in two] == [MilestoneStatus.PLANNED] * 2


@pytest.mark.parametrize(
    ("code", "sent", "wrong"),
    [
        ("reschedule", {"how": "days", "reason": "x"}, {"days": ["Say by how many days."]}),
        ("reschedule", {"how": "date", "reason": "x"}, {"due_on": ["Choose the new due date."]}),
        ("reschedule", {"how": "days", "days": "1"}, {"reason": ["This field is required."]}),
        ("cancel", {}, {"reason": ["This field is required."]}),
        ("reassign", {}, {"__all__": ["Choose what is to change."]}),
    ],
)
def test_what_is_missing_is_named(
    code: str, sent: dict[str, str], wrong: dict[str, list[str]], two: list[Milestone], browser: Client
):
    response = browser.post(page_of(code, *two), sent)
    assert response.context["form"].errors == wrong


def test_reassigning_leaves_what_is_left_empty(two: list[Milestone], browser: Client):
    unit, person = make.make_organisation(), make.make_person()
    Milestone.objects.filter(pk=two[0].pk).update(organisation=unit)
    browser.post(page_of("reassign", *two), {"owner": str(person.pk), "reason": "New in charge."})
    assert [(state(one).owner, one.organisation) for one in two] == [(person, unit), (person, None)]
    browser.post(page_of("reassign", two[0]), {"without_owner": "on"})
    assert (state(two[0]).owner, two[0].organisation) == (None, unit)


def test_cancelled_is_taken_back_into_work(two: list[Milestone], browser: Client):
    browser.post(page_of("cancel", two[0]), {"reason": "Merged."})
    assert state(two[0]).status == MilestoneStatus.CANCELLED
    browser.post(page_of("reopen", two[0]), {"reason": "Needed after all."})
    assert state(two[0]).status == MilestoneStatus.ACTIVE


def test_a_stale_act_is_refused_once_and_then_done_knowingly(two: list[Milestone], browser: Client, filled: Any):
    sent = filled(browser.get(page_of("cancel", two[0]))) | {"reason": "Merged."}
    Milestone.objects.filter(pk=two[0].pk).update(version=2, title_en="Changed")
    response = browser.post(page_of("cancel", two[0]), sent)
    assert [row.refusal for row in response.context["rows"]] == [
        "Somebody else has changed this milestone. Check its present state and try again."
    ]
    assert state(two[0]).status == MilestoneStatus.PLANNED
    assert browser.post(page_of("cancel", two[0]), filled(response)).status_code == 302
    assert state(two[0]).status == MilestoneStatus.CANCELLED


def test_nobody_acts_on_what_is_not_theirs(two: list[Milestone], lead: Person, enter: Any):
    browser = enter(lead)
    response = browser.post(page_of("cancel", *two), {"reason": "Mine."})
    assert [row.refusal for row in response.context["rows"]] == [
        "You may edit milestones of your own organisation only, as its lead."
    ] * 2
    assert [state(one).status for one in two] == [MilestoneStatus.PLANNED] * 2


@pytest.mark.parametrize(
    "address", ["act/complete/", "act/complete/?ids=999999", f"act/complete/?ids={'9' * 30}", "act/explode/?ids=1"]
)
def test_what_is_not_there_is_not_found(address: str, browser: Client):
    assert browser.get(f"{reverse(LIST)}{address}").status_code == 404


def test_completing_tells_what_is_open_before_anything_is_pressed(two: list[Milestone], browser: Client):
    make.make_deliverable(two[0])
    make.make_evidence(two[1])
    rows = browser.get(page_of("complete", *two)).context["rows"]
    missing = "No evidence is attached yet; without any, nobody can verify that it is done."
    assert [row.heed for row in rows] == [["1 deliverable is still open.", missing], []]


def test_verify_is_offered_to_whom_the_act_would_not_refuse(
    two: list[Milestone], browser: Client, office: Person, enter: Any
):
    """Not to whoever completed it, and to nobody without evidence, by the button and by the page of the act alike."""
    done = complete_milestone(two[0], by=Actor(office, Door.ADMIN), now=clock.now())
    other = enter(make.make_office_person(language="en"))
    page = reverse("admin:roadmap_milestone_change", args=[done.pk])
    button = reverse("admin:roadmap_milestone_verify", args=[done.pk])

    def offered() -> list[tuple[bool, bool]]:
        forms = [client.get(page_of("verify", done)) for client in (browser, other)]
        pages = [client.get(page).content.decode() for client in (browser, other)]
        return [(button in told, not form.context["rows"][0].refusal) for told, form in zip(pages, forms, strict=True)]

    assert offered() == [(False, False), (False, False)]
    assert "No evidence is attached yet" in other.get(page).content.decode()
    make.make_evidence(done)
    assert offered() == [(False, False), (True, True)]
