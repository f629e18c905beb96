"""The words for each kind of reminder: what is the matter, why the reader is told, what to do; text and HTML alike."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import strip_tags

from roadmap.models import Milestone, OutboxMessage, Person, ReminderOccurrence, ReminderRule
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.reminders.mail import reminder_mail
from roadmap.vocabulary import Audience, MessageKind, MessageState, Role, RuleKind
from tests.factories import (
    make_initiative,
    make_milestone,
    make_organisation,
    make_person,
    make_pillar,
    make_roadmap,
    make_update,
)
from tests.numbers import NUMBERS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
WAITS = {RuleKind.SILENCE: 30, RuleKind.UNVERIFIED: 5}


def told(
    kind: RuleKind, occurrence: str, *, language: str, audience: Audience = Audience.OWNER, is_provisional: bool = False
) -> tuple[Milestone, OutboxMessage]:
    """The mail in which one occurrence is told to the owner, or else to the lead, of a milestone due on 2026-12-31."""
    owner, lead = make_person(full_name="林岚", language=language), make_person(full_name="周航", language=language)
    milestone = make_milestone(
        make_initiative(make_pillar(make_roadmap())),
        code="gate",
        title_zh="算法验收",
        title_en="Acceptance",
        owner=owner,
        organisation=make_organisation(lead=lead),
    )
    rule = ReminderRule.objects.create(
        roadmap=milestone.initiative.roadmap, code="r", name_zh="规则", name_en="Rule", kind=kind,
        after_days=WAITS.get(kind), escalate_after_days=3,
    )  # fmt: skip
    return milestone, one_more(milestone, rule, occurrence, audience, is_provisional=is_provisional)


def one_more(
    milestone: Milestone, rule: ReminderRule, occurrence: str, audience: Audience, *, is_provisional: bool
) -> OutboxMessage:
    reader = milestone.owner if audience == Audience.OWNER else milestone.organisation.lead
    row, _made = OutboxMessage.objects.get_or_create(
        key="reminder/one",
        defaults={
            "kind": MessageKind.REMINDER,
            "recipient": reader,
            "address": reader.email,
            "language": reader.language,
            "deliver_after": NOW,
        },
    )
    ReminderOccurrence.objects.create(
        rule=rule, milestone=milestone, recipient=reader, occurrence=occurrence, audience=audience, message=row,
        is_provisional=is_provisional,
    )  # fmt: skip
    return row


def mail_of(row: OutboxMessage) -> Mail:
    with translation.override(row.language):
        mail = reminder_mail(row, BatchMemory(now=NOW))
    assert mail is not None
    html = unescape(mail.html)
    shown = " ".join(strip_tags(re.sub(r"<(style|title).*?</\1>", " ", html, flags=re.S)).split())
    for line in mail.text.splitlines():
        for fact in re.split(r"[:：] |[\[\]()（）]|[█░]+| · |━━━", line.strip(" -")):
            assert fact.strip() in shown or fact.strip() in html, fact
    return mail


def test_silence_says_for_how_long_and_what_to_do() -> None:
    milestone, row = told(RuleKind.SILENCE, "silent=2026-10-01/1", language="en")
    make_update(milestone, 90, date(2026, 10, 1))
    mail = mail_of(row)
    assert mail.subject == "No report for 53 days: “Acceptance”"
    assert "1 milestone has no recent report." in mail.text
    assert (
        "━━━ No recent report ━━━\n\nAcceptance\n"
        "  To do: Please report its progress; the last report is too old to rely on.\n"
        "  No report for 53 days.\n  Due: Thursday, 31 December"
    ) in mail.text


def test_silence_after_a_report_of_100_percent_asks_for_its_completion() -> None:
    milestone, row = told(RuleKind.SILENCE, "silent=2026-10-01/1", language="en")
    make_update(milestone, 100, date(2026, 10, 1))
    assert "To do: Please report it done, or say what is still missing." in mail_of(row).text


def test_silence_in_chinese() -> None:
    _milestone, row = told(RuleKind.SILENCE, "silent=2026-10-01/1", language="zh-hans")
    mail = mail_of(row)
    assert mail.subject == "已53天未填报进展：“算法验收”"
    assert "以下1项里程碑长期未填报。" in mail.text


@pytest.mark.parametrize(
    ("language", "subject", "sentence", "to_do"),
    [
        (
            "en",
            "Evidence missing: “Acceptance”",
            "No evidence is attached yet.",
            "Please report its progress, and attach the evidence once it is done.",
        ),
        ("zh-hans", "缺少佐证材料：“算法验收”", "尚未附佐证材料。", "请填报进展；完成后，请附上佐证材料。"),
    ],
)
def test_missing_evidence_is_asked_for_before_the_due_date(
    language: str, subject: str, sentence: str, to_do: str
) -> None:
    _milestone, row = told(RuleKind.EVIDENCE, "due=2026-12-31/evidence-T-5", language=language)
    mail = mail_of(row)
    assert (mail.subject, sentence in mail.text, to_do in mail.text) == (subject, True, True)


def test_missing_evidence_of_a_done_milestone_names_its_day_and_not_its_days_left() -> None:
    _milestone, row = told(RuleKind.EVIDENCE, "done=2026-11-20/evidence-1", language="en")
    Milestone.objects.update(status="done", completed_on=date(2026, 11, 20))
    mail = mail_of(row)
    assert "Reported done on 20 November 2026, without any evidence." in mail.text
    assert "Due: Thursday, 31 December 2026 (done 41 days early)" in mail.text


def test_unconfirmed_completion_asks_the_lead_to_confirm() -> None:
    _milestone, row = told(RuleKind.UNVERIFIED, "done=2026-11-16/unverified-1", language="en", audience=Audience.LEAD)
    Milestone.objects.update(status="done", completed_on=date(2026, 11, 16))
    mail = mail_of(row)
    assert mail.subject == "Not verified yet: “Acceptance”"
    assert "Completed on 16 November 2026; nobody has verified it yet." in mail.text
    assert "Please look at its evidence and verify it, or reopen it and give the reason." in mail.text
    assert "You get this because you are the lead of the organisation responsible for this milestone." in mail.text


@pytest.mark.parametrize(("role", "is_offered"), [(Role.OFFICE, True), (Role.CONTRIBUTOR, False)])
def test_who_may_verify_has_a_button_for_it_in_the_mail(role: Role, is_offered: bool) -> None:
    milestone, row = told(RuleKind.UNVERIFIED, "done=2026-11-16/unverified-1", language="en", audience=Audience.OFFICE)
    Milestone.objects.update(status="done", completed_on=date(2026, 11, 16), owner=None)
    Person.objects.filter(pk=row.recipient_id).update(role=role)
    row.recipient.refresh_from_db()
    mail = mail_of(row)
    address = f"http://127.0.0.1:8000/admin/roadmap/milestone/act/verify/?ids={milestone.pk}"
    assert (f"Verify: {address}\n" in mail.text, f'href="{address}"' in mail.html) == (is_offered, is_offered)


def passed_up(step: int, language: str) -> OutboxMessage:
    """The mail in which a reminder of 16 November comes to the lead on Monday the 23rd, or to the office by then."""
    milestone, row = told(
        RuleKind.DUE, f"due=2026-12-31/unanswered-T-45-{step}", language=language, audience=Audience.LEAD
    )
    rule = ReminderRule.objects.get()
    before = [(milestone.owner, "T-45", 16), (make_person(full_name="周航"), "unanswered-T-45-1", 19)]
    for person, name, day in before[:step]:
        sent = OutboxMessage.objects.create(
            key=f"reminder/{name}", kind=MessageKind.REMINDER, recipient=person, address=person.email,
            language=language, deliver_after=NOW, state=MessageState.SENT, sent_at=NOW.replace(day=day),
        )  # fmt: skip
        ReminderOccurrence.objects.create(
            rule=rule, milestone=milestone, recipient=person, occurrence=f"due=2026-12-31/{name}", message=sent
        )
    return row


@pytest.mark.parametrize(
    ("step", "language", "subject", "sentence"),
    [
        (
            1,
            "en",
            "No answer for 5 working days: “Acceptance”",
            "Escalated to you: nobody has answered for 5 working days. Reminded so far: 林岚 on 16 November 2026.",
        ),
        (
            2,
            "en",
            "No answer for 5 working days: “Acceptance”",
            "Reminded so far: 林岚 on 16 November 2026, 周航 on 19 November 2026.",
        ),
        (
            1,
            "zh-hans",
            "已5个工作日未答复：“算法验收”",
            "已5个工作日无人答复，现提请您督办。此前已提醒：林岚（2026年11月16日）。",
        ),
        (
            2,
            "zh-hans",
            "已5个工作日未答复：“算法验收”",
            "此前已提醒：林岚（2026年11月16日）、周航（2026年11月19日）。",
        ),
    ],
)
def test_what_was_passed_up_says_whom_it_was_told_to_and_since_when(
    step: int, language: str, subject: str, sentence: str
) -> None:
    mail = mail_of(passed_up(step, language))
    assert (mail.subject, sentence in mail.text) == (subject, True)


def test_what_was_passed_up_speaks_for_itself_where_the_earlier_mails_are_gone() -> None:
    row = passed_up(1, "en")
    ReminderOccurrence.objects.exclude(message=row).delete()
    mail = mail_of(row)
    assert "Escalated to you: nobody has answered for 3 working days.\n" in mail.text


@pytest.mark.parametrize("number", NUMBERS)
def test_query_count_does_not_grow_with_what_was_passed_up(number: int) -> None:
    row = passed_up(1, "en")
    rule, first = ReminderRule.objects.get(), Milestone.objects.get()
    for _each in range(number - 1):
        other = make_milestone(first.initiative, first.phase, owner=first.owner, organisation=first.organisation)
        one_more(other, rule, "due=2026-12-31/unanswered-T-45-1", Audience.LEAD, is_provisional=False)
    row = OutboxMessage.objects.select_related("recipient").get(pk=row.pk)
    with CaptureQueriesContext(connection) as queries:
        reminder_mail(row, BatchMemory(now=NOW))
    assert len(queries) == 9


@pytest.mark.parametrize(
    ("audience", "to_do", "why"),
    [
        (
            Audience.WATCHERS,
            "For information: you watch this milestone. To get no more reminders of it, stop watching it on its page.",
            "You get this because you watch this milestone.",
        ),
        (
            Audience.CONTRIBUTORS,
            "Please report what you know of its progress, or ask its owner to.",
            "You get this because you are a contributor in the organisation responsible for this milestone.",
        ),
        (
            Audience.LEAD,
            "Please make sure that it stays on track and that progress is reported.",
            "You get this because you are the lead of the organisation responsible for this milestone.",
        ),
        (
            Audience.OFFICE,
            "Please make sure that it stays on track and that progress is reported.",
            "You get this because you are in the programme office.",
        ),
    ],
)
def test_everybody_reads_what_they_are_to_it_and_what_to_do(audience: Audience, to_do: str, why: str) -> None:
    _milestone, row = told(RuleKind.DUE, "due=2026-12-31/T-38", language="en", audience=audience)
    mail = mail_of(row)
    lines = [line.strip().removeprefix("To do: ") for line in mail.text.splitlines()]
    assert (lines[lines.index("Acceptance") + 1], why in mail.text) == (to_do, True)


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "For information: 38 days left: “Acceptance”, due on 31 December 2026"),
        ("zh-hans", "供参阅：还有38天：“算法验收”（到期日2026年12月31日）"),
    ],
)
def test_a_mail_that_asks_nothing_says_so_and_offers_no_answer(language: str, subject: str) -> None:
    _milestone, row = told(RuleKind.DUE, "due=2026-12-31/T-38", language=language, audience=Audience.WATCHERS)
    mail = mail_of(row)
    assert (mail.subject, "?act=" in mail.text + mail.html) == (subject, False)
    assert not re.search("To do|办理事项", mail.text + mail.html)


def test_whoever_is_several_things_to_several_milestones_reads_how_many_of_each() -> None:
    milestone, row = told(RuleKind.DUE, "due=2026-12-31/T-38", language="en")
    rule = ReminderRule.objects.get()
    for audience in (Audience.WATCHERS, Audience.WATCHERS):
        other = make_milestone(milestone.initiative, milestone.phase)
        ReminderOccurrence.objects.create(
            rule=rule, milestone=other, recipient=row.recipient, occurrence="due=2026-12-31/T-38", audience=audience,
            message=row,
        )  # fmt: skip
    assert "You get this because of these milestones: 1 that you own; 2 that you watch." in mail_of(row).text


def test_a_long_topic_leaves_room_for_those_below_it() -> None:
    milestone, row = told(RuleKind.DUE, "due=2026-12-31/T-38", language="en")
    given = {"name_zh": "规则", "name_en": "Rule", "kind": RuleKind.SILENCE, "after_days": 30}
    quiet = ReminderRule.objects.create(roadmap=milestone.initiative.roadmap, code="quiet", **given)
    for number in range(40):
        other = make_milestone(milestone.initiative, milestone.phase, owner=milestone.owner)
        Milestone.objects.filter(pk=other.pk).update(due_on=date(2026, 11, 1) if number < 30 else date(2026, 12, 31))
        one_more(
            other,
            ReminderRule.objects.get(code="r") if number < 35 else quiet,
            "due=2026-11-01/overdue-1" if number < 35 else "silent=2026-10-01/1",
            Audience.OWNER,
            is_provisional=False,
        )
    parts = re.split(r"━━━ (.+?) ━━━", mail_of(row).text)
    listed = {
        heading: len(re.findall(r"^- ", body, flags=re.M))
        for heading, body in zip(parts[1::2], parts[2::2], strict=True)
    }
    assert listed == {"Overdue": 8, "No recent report": 2, "Coming up": 2}


def test_every_line_of_a_long_reminder_has_its_answer() -> None:
    milestone, row = told(RuleKind.SILENCE, "silent=2026-10-01/1", language="en")
    rule = ReminderRule.objects.get()
    for _each in range(9):
        other = make_milestone(milestone.initiative, milestone.phase, owner=milestone.owner)
        one_more(other, rule, "silent=2026-10-01/1", Audience.OWNER, is_provisional=False)
    text = mail_of(row).text
    assert (text.count("Answer in two clicks"), text.count("  Answer without signing in: http")) == (6, 4)


def test_days_counted_over_an_unpublished_year_are_said_to_be_provisional() -> None:
    said = "dates may change by some days"
    _milestone, row = told(RuleKind.DUE, "due=2026-12-31/T-38", language="en", is_provisional=True)
    assert said in mail_of(row).text
    ReminderOccurrence.objects.update(is_provisional=False)
    assert said not in mail_of(row).text


def test_one_milestone_with_several_news_stands_once_under_the_most_pressing() -> None:
    milestone, row = told(RuleKind.DUE, "due=2026-12-31/T-38", language="en")
    given = {"name_zh": "规则", "name_en": "Rule", "kind": RuleKind.SILENCE, "after_days": 30}
    quiet = ReminderRule.objects.create(roadmap=milestone.initiative.roadmap, code="quiet", **given)
    one_more(milestone, quiet, "silent=2026-10-01/1", Audience.OWNER, is_provisional=False)
    mail = mail_of(row)
    assert mail.subject == "No report for 53 days: “Acceptance”"
    assert mail.text.count("/milestones/gate/\n") == 1
