"""Previews of every mail: the same as would be sent, for those who may see it, and nothing of it stays."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.digests.planner import plan_due_digests
from roadmap.digests.subscriptions import subscribe
from roadmap.models import DigestSubscription, Milestone, OutboxMessage, Person, ReminderOccurrence, ReminderRule
from roadmap.models.history import SYSTEM
from roadmap.outbox.render import BatchMemory, render
from roadmap.outbox.showing import shown, without_powers
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import Frequency, MessageState
from tests import factories as make
from tests.admin.rows import make_message, make_rule

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PARTS = ["mail_preview", "mail_preview_html", "mail_preview_file"]


@pytest.fixture
def owner(db: None) -> Person:
    """Somebody with a milestone due in 38 days and one that is overdue; nothing has been told to them yet."""
    roadmap = make.make_roadmap(code="smart", title_zh="智慧海关", title_en="Smart Customs")
    person = make.make_person(full_name="林岚", is_staff=True)
    initiative = make.make_initiative(make.make_pillar(roadmap))
    for number, day in enumerate((date(2026, 12, 31), date(2026, 11, 2))):
        make.make_milestone(
            initiative,
            owner=person,
            due_on=day,
            title_zh=f"里程碑甲{number}",
            title_en=f"Gate {number}",
            remind_at=NOON,
        )
    make_rule(roadmap, name_zh="到期前", name_en="Before", offsets=[90, 30], repeat_every_days=None)
    make_rule(roadmap, name_zh="逾期后", name_en="After", offsets=[], repeat_every_days=7)
    return person


def asked(person: Person, kind: str, **given: str) -> dict[str, str]:
    return {"person": str(person.pk), "kind": kind, "language": "en", "day": "2026-11-23", **given}


def stored() -> list[Any]:
    """All that a preview touches on its way."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Person, Milestone, ReminderRule, ReminderOccurrence, OutboxMessage, DigestSubscription)
    ]


def kinds(owner: Person) -> dict[str, str]:
    """The kinds of preview by what their subject has to be."""
    before, after = ReminderRule.objects.order_by("pk")
    roadmap = before.roadmap_id
    return {
        "reminder": "21 days overdue: “Gate 1”; 1 more coming up",
        f"reminder-{before.pk}": "21 days overdue: “Gate 1”; 1 more coming up",
        f"reminder-{after.pk}": "21 days overdue: “Gate 1”",
        f"digest-daily-{roadmap}": "Daily digest · Smart Customs: actual 0%",
        f"digest-weekly-{roadmap}": "Weekly digest · Smart Customs: actual 0%",
        f"digest-monthly-{roadmap}": "Monthly digest · Smart Customs: actual 0%",
    }


def test_every_kind_is_shown_and_nothing_of_it_stays(browser: Client, owner: Person) -> None:
    before = stored()
    for kind, subject in kinds(owner).items():
        page = browser.get(reverse("admin:mail_preview"), asked(owner, kind))
        assert page.context["mail"].subject.startswith(subject), (kind, page.context["mail"].subject)
        assert 0 < page.context["size"] < 90_000
    assert stored() == before
    assert OutboxMessage.objects.count() == 0


def test_preview_says_what_is_then_sent(browser: Client, owner: Person) -> None:
    Person.objects.filter(pk=owner.pk).update(language="en")
    foretold = browser.get(reverse("admin:mail_preview"), asked(owner, "reminder")).context["mail"]
    Milestone.objects.update(remind_at=datetime(2026, 1, 1, tzinfo=UTC))
    plan_due_reminders(now=NOON)
    row = OutboxMessage.objects.get()
    render(row, BatchMemory(now=NOON))
    told = shown(without_powers(bytes(row.rendered or b"")))
    assert (foretold.subject, foretold.text) == (told.subject, told.text)


def test_preview_speaks_the_chosen_language_on_the_chosen_day(browser: Client, owner: Person) -> None:
    rule = ReminderRule.objects.order_by("pk")[0]
    page = browser.get(
        reverse("admin:mail_preview"), asked(owner, f"reminder-{rule.pk}", language="zh-hans", day="2026-12-30")
    )
    assert page.context["mail"].subject == "逾期58天：“里程碑甲1”；另有1项即将到期"


def test_own_subscription_gives_its_filters_to_the_preview(browser: Client, owner: Person) -> None:
    roadmap = ReminderRule.objects.all()[0].roadmap
    subscribe(owner, roadmap, by=SYSTEM, now=NOON, frequency=Frequency.WEEKLY, only_mine=True)
    before = stored()
    page = browser.get(reverse("admin:mail_preview"), asked(owner, f"digest-weekly-{roadmap.pk}"))
    assert "Limited to: only my milestones" in page.context["mail"].text
    assert stored() == before


def test_nothing_to_tell_is_said(browser: Client, owner: Person) -> None:
    page = browser.get(reverse("admin:mail_preview"), asked(owner, "reminder", day="2026-08-01"))
    assert "There is nothing to report: no mail would be sent." in page.content.decode()
    assert (
        browser.get(reverse("admin:mail_preview_html"), asked(owner, "reminder", day="2026-08-01")).status_code == 404
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": "0"},
        {"kind": "digest-hourly-1"},
        {"language": "xx"},
        {"day": "2046-01-01"},
        {"day": "soon"},
        {"kind": ""},
    ],
)
def test_what_cannot_be_shown_is_named(wrong: dict[str, str], browser: Client, owner: Person) -> None:
    page = browser.get(reverse("admin:mail_preview"), asked(owner, "reminder") | wrong)
    assert (page.status_code, list(page.context["form"].errors)) == (200, list(wrong))
    for part in PARTS[1:]:
        assert browser.get(reverse(f"admin:{part}"), asked(owner, "reminder") | wrong).status_code == 404


def test_file_is_a_whole_mail_without_its_readers_powers(browser: Client, owner: Person) -> None:
    response = browser.get(reverse("admin:mail_preview_file"), asked(owner, "reminder"))
    mail = message_from_bytes(response.content, policy=policy.default)
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        "message/rfc822",
        'attachment; filename="preview.eml"',
    )
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["List-Unsubscribe"] == "<http://127.0.0.1:8000/unsubscribe/not-in-previews/>"


def test_html_may_do_nothing_but_look(browser: Client, owner: Person) -> None:
    response = browser.get(reverse("admin:mail_preview_html"), asked(owner, "reminder"))
    assert response["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_others_see_their_own_mail_only(owner: Person, enter: Callable[[Person], Client]) -> None:
    mine, theirs = enter(owner), enter(make.make_person(is_staff=True))
    assert mine.get(reverse("admin:mail_preview"), asked(owner, "reminder")).context["mail"] is not None
    page = theirs.get(reverse("admin:mail_preview"), asked(owner, "reminder"))
    assert (list(page.context["form"].errors), page.context["mail"]) == (["person"], None)
    for part in PARTS[1:]:
        assert theirs.get(reverse(f"admin:{part}"), asked(owner, "reminder")).status_code == 404
    assert Client().get(reverse("admin:mail_preview")).status_code == 302


@pytest.fixture
def issue(owner: Person) -> OutboxMessage:
    """A digest that waits to be sent."""
    subscribe(owner, ReminderRule.objects.all()[0].roadmap, by=SYSTEM, now=NOON, first_issue_now=True)
    plan_due_digests(now=NOON)
    return OutboxMessage.objects.get()


def test_mail_that_waits_is_shown_as_it_would_be_now(browser: Client, issue: OutboxMessage) -> None:
    page = browser.get(reverse("admin:mail", args=[issue.pk]))
    assert "It isn't written yet; this is what it would say now." in page.content.decode()
    issue.refresh_from_db()
    assert (issue.state, issue.rendered, issue.subject) == (MessageState.PENDING, None, "")


def test_mail_that_was_sent_is_shown_as_it_was(browser: Client, issue: OutboxMessage) -> None:
    render(issue, BatchMemory(now=NOON))
    issue.state, issue.sent_at = MessageState.SENT, NOON
    issue.save()
    page = browser.get(reverse("admin:mail", args=[issue.pk]))
    assert page.context["size"] == len(bytes(issue.rendered or b""))
    file = browser.get(reverse("admin:mail_file", args=[issue.pk]))
    assert message_from_bytes(file.content, policy=policy.default)["Message-ID"] == issue.message_id
    assert "智慧海关" in browser.get(reverse("admin:mail_html", args=[issue.pk])).content.decode()


def test_withdrawn_mail_has_nothing_to_show(browser: Client) -> None:
    row = make_message(state=MessageState.WITHDRAWN)
    assert browser.get(reverse("admin:mail", args=[row.pk])).context["mail"] is None
    assert browser.get(reverse("admin:mail_file", args=[row.pk])).status_code == 404
    assert browser.get(reverse("admin:mail", args=[row.pk + 1])).status_code == 404


def test_mail_of_others_is_the_offices_to_see(issue: OutboxMessage, enter: Callable[[Person], Client]) -> None:
    stranger = enter(make.make_person(is_staff=True))
    for page in ("mail", "mail_html", "mail_file"):
        assert stranger.get(reverse(f"admin:{page}", args=[issue.pk])).status_code == 403
        assert enter(issue.recipient).get(reverse(f"admin:{page}", args=[issue.pk])).status_code == 200


def test_text_of_a_sent_mail_that_is_no_longer_kept_is_not_made_up_anew(browser: Client) -> None:
    row = make_message(state=MessageState.SENT, sent_at=datetime(2026, 11, 23, tzinfo=UTC), rendered=None)
    page = browser.get(reverse("admin:mail", args=[row.pk])).content.decode()
    assert "Its text is no longer kept." in page


def test_the_page_of_a_rule_leads_to_its_mail_in_the_language_of_who_gets_it(browser: Client, owner: Person) -> None:
    """The reader's pages are English; the owner reads Chinese mail."""
    rule = ReminderRule.objects.order_by("pk")[1]
    assert "/preview" in browser.get(reverse("admin:roadmap_reminderrule_change", args=[rule.pk])).content.decode()
    page = browser.get(reverse("admin:roadmap_reminderrule_preview", args=[rule.pk]), follow=True)
    assert page.context["mail"].subject.startswith("逾期21天：“里程碑甲1”")
    assert page.context["form"].cleaned_data["person"] == owner
