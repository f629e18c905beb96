"""What a reminder says: the same facts in text and HTML, in both languages, in bounds at any size."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import strip_tags

from roadmap.models import Milestone, OutboxMessage, Person, ReminderRule
from roadmap.outbox.answer_links import answer_address
from roadmap.outbox.leaving import Leaving
from roadmap.outbox.render import BatchMemory, Mail, composed, render
from roadmap.reminders.mail import reminder_mail
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import MessageKind, Provenance, Rag
from tests.factories import (
    make_initiative,
    make_milestone,
    make_person,
    make_phase,
    make_pillar,
    make_roadmap,
    make_update,
)

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def strict_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that a template names and nobody gave shows as ``UNRESOLVED``."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "UNRESOLVED(%s)")


def planned(number: int = 1, *, language: str = "zh-hans", **fields: Any) -> OutboxMessage:
    """The message of one owner about so many milestones, due on 31 December 2026 where nothing else is said."""
    roadmap = make_roadmap(title_zh="智慧海关", title_en="Smart Customs")
    owner = make_person(full_name="林岚", language=language)
    initiative = make_initiative(
        make_pillar(roadmap, title_zh="安全", title_en="Safe"), title_zh="智能审图", title_en="Intelligent image review"
    )
    phase = make_phase(roadmap, title_zh="基本框架", title_en="Basic framework")
    ReminderRule.objects.create(roadmap=roadmap, code="first", name_zh="规则", name_en="Rule", offsets=[365])
    for index in range(number):
        make_milestone(
            initiative,
            phase,
            **{
                "title_zh": f"算法验收 {index}",
                "title_en": f"Acceptance {index}",
                "owner": owner,
                "remind_at": NOW,
                "provenance": Provenance.SAMPLE,
                **fields,
            },
        )
    plan_due_reminders(now=NOW)
    return OutboxMessage.objects.get()


def mail_of(message: OutboxMessage) -> Mail:
    with translation.override(message.language):
        mail = reminder_mail(message, BatchMemory(now=NOW))
    assert mail is not None
    return mail


def visible(html: str) -> str:
    return " ".join(strip_tags(re.sub(r"<(style|title).*?</\1>", " ", html, flags=re.S)).split())


@pytest.mark.django_db
def test_reminder_in_chinese_says_what_when_how_far_who_and_where(strict_templates: None) -> None:
    message = planned()
    make_update(
        Milestone.objects.get(), 72, date(2026, 11, 20), narrative_zh="两项指标待复核", forecast_on=date(2027, 1, 15)
    )
    mail = mail_of(message)
    assert mail.subject == "还有38天：“算法验收 0”（到期日2026年12月31日）"
    link = answer_address(Milestone.objects.get(), message.recipient, issued_on=message.created_at.date())
    assert mail.text == (
        "智慧海关 · 里程碑提醒\n"
        "2026年11月23日 星期一\n"
        "\n"
        "林岚，您好：\n"
        "\n"
        "以下1项里程碑即将到期。\n"
        "\n"
        "━━━ 即将到期 ━━━\n"
        "\n"
        "算法验收 0 [示例]\n"
        "  办理事项： 请说明进度滞后的原因，并填报预计完成日期。\n"
        "  到期： 2026年12月31日 星期四（还有38天）\n"
        "  进展： ██████████████░░░░░░ 72% · 计划完成率90%\n"
        "  状态： 预计完成日期为2027年1月15日，晚于到期日\n"
        "  责任人： 林岚\n"
        "  所属： 智能审图 · 安全 · 基本框架（阶段节点2026年12月31日）\n"
        "  最近填报： 2026年11月20日 · 两项指标待复核\n"
        "  点击两次即可答复，无需登录：\n"
        f"    进展正常： {link}?act=track\n"
        f"    已完成： {link}?act=done\n"
        f"    填报预计完成日期： {link}?act=forecast\n"
        f"    阅知： {link}?act=noted\n"
        f"    暂停提醒： {link}?act=snooze\n"
        f"  查看里程碑： http://127.0.0.1:8000/milestones/{Milestone.objects.get().code}/\n"
        "\n"
        "--\n"
        "您是上述里程碑的责任人，故收到此提醒。\n"
        "设置接收内容： http://127.0.0.1:8000/my-mail/\n"
        "到期前的提醒及仅关注事项的提醒可以退订；需您办理的逾期提醒仍会发送。\n"
        f"退订： {Leaving(MessageKind.REMINDER, message.recipient_id).address}\n"
        "http://127.0.0.1:8000\n"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("due_on", [date(2026, 11, 18), date(2026, 11, 23), date(2026, 12, 31)])
def test_text_and_html_say_the_same(strict_templates: None, language: str, due_on: date) -> None:
    message = planned(3, language=language, due_on=due_on)
    mail = mail_of(message)
    assert "UNRESOLVED" not in mail.subject + mail.text + mail.html
    shown = visible(mail.html)
    said = [line.strip(" -") for line in mail.text.splitlines() if line.strip(" -━")]
    for line in said:
        for fact in re.split(r"[:：] |[\[\]()（）]|[█░]+| · |━━━", line):
            if fact.strip():
                assert fact.strip() in shown or fact.strip() in mail.html, fact


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("late", "ahead", "language", "subject"),
    [
        (0, 1, "en", "38 days left: “Acceptance 0”, due on 31 December 2026"),
        (1, 0, "en", "5 days overdue: “Acceptance 0”, due on 18 November 2026"),
        (0, 2, "en", "2 coming up, next “Acceptance 0” on 31 December 2026 (38 days left)"),
        (2, 0, "en", "2 overdue, by up to 5 days: “Acceptance 0”"),
        (1, 2, "en", "5 days overdue: “Acceptance 0”; 2 more coming up"),
        (0, 3, "zh-hans", "3项即将到期，最近一项“算法验收 0”：2026年12月31日（还有38天）"),
        (2, 1, "zh-hans", "逾期2项，最长5天：“算法验收 0”；另有1项即将到期"),
    ],
)
def test_subject_says_the_essential(late: int, ahead: int, language: str, subject: str) -> None:
    message = planned(late + ahead, language=language)
    for milestone in Milestone.objects.order_by("pk")[:late]:
        Milestone.objects.filter(pk=milestone.pk).update(due_on=date(2026, 11, 18))
    assert mail_of(message).subject == subject


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 9, 25, 200])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_reminder_of_any_length_stays_in_bounds(number: int, language: str) -> None:
    message = planned(number, language=language, title_zh="里" * 60, title_en="Milestone " * 12)
    mail = mail_of(message)
    message.subject, message.message_id = mail.subject, "<a@b>"
    raw = composed(mail, row=message, at=NOW)
    assert len(raw) < 90_000
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert bool(re.search(r"(?<![-\d])182(?!\d)", mail.text)) == (number == 200)  # not as a part of an address


@pytest.mark.django_db
def test_titles_cannot_smuggle_markup_or_headers() -> None:
    message = planned(title_zh="<b>粗</b>\r\nBcc: all@example.org", title_en="<script>")
    assert render(message, BatchMemory(now=NOW)) is True
    html = mail_of(message).html
    assert "<b>粗" not in html
    assert "&lt;b&gt;粗" in html
    assert "\n" not in message.subject
    assert b"\r\nBcc:" not in bytes(message.rendered or b"").split(b"\r\n\r\n")[0]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3, 30])
def test_query_count_does_not_grow_with_milestones(number: int) -> None:
    message = planned(number)
    recipient = Person.objects.get(pk=message.recipient_id)
    message.recipient = recipient
    with CaptureQueriesContext(connection) as queries:
        reminder_mail(message, BatchMemory(now=NOW))
    assert len(queries) == 7


@pytest.mark.django_db
def test_to_do_depends_on_the_reader_and_the_standing() -> None:
    message = planned(language="en")
    milestone = Milestone.objects.get()
    assert "nobody has reported on it yet" in mail_of(message).text
    make_update(milestone, 95, date(2026, 11, 20))
    assert "report it done once its acceptance criteria are met" in mail_of(message).text
    make_update(milestone, 40, date(2026, 11, 21), confidence=Rag.RED)
    assert "report what is holding it up" in mail_of(message).text
    Milestone.objects.update(due_on=date(2026, 11, 20))
    assert "report the forecast date and why it is overdue" in mail_of(message).text
    owner = milestone.owner
    Milestone.objects.update(owner=make_person())
    assert "agree with the owner when it will be done" in mail_of(message).text
    Milestone.objects.update(owner=None)
    assert "please name one" in mail_of(message).text
    Milestone.objects.update(owner=owner)


@pytest.mark.django_db
def test_each_milestone_is_told_by_the_day_of_its_own_roadmap(strict_templates: None) -> None:
    """At 08:30 on the 23rd in Shanghai it is the evening of the 22nd in New York."""
    owner = make_person(full_name="林岚", language="en")
    for title, zone in (("Smart Customs", "Asia/Shanghai"), ("Ports", "America/New_York")):
        roadmap = make_roadmap(title_en=title, time_zone=zone)
        initiative = make_initiative(make_pillar(roadmap, title_en="Safe"), title_en="Review")
        rule = {"code": f"rule-{roadmap.pk}", "name_zh": "规则", "name_en": "Rule", "offsets": [30]}
        ReminderRule.objects.create(roadmap=roadmap, **rule)
        day = date(2026, 11, 24)
        make_milestone(initiative, title_en=f"Of {title}", owner=owner, due_on=day, remind_at=BEFORE)
    late = make_milestone(initiative, title_en="Not late there", owner=owner, due_on=date(2026, 11, 22))
    Milestone.objects.filter(pk=late.pk).update(remind_at=BEFORE)
    plan_due_reminders(now=NOW)
    mail = mail_of(OutboxMessage.objects.get())
    heads, rest = mail.text.split("Dear", 1)
    assert heads.splitlines()[:-1] == [
        "Ports · Milestone reminder",
        "Sunday, 22 November 2026",
        "Smart Customs · Milestone reminder",
        "Monday, 23 November 2026",
    ]
    for text in (rest, visible(mail.html)):
        left = [re.search(rf"{name}.*?(\d+ days? left|today|overdue)", text, re.DOTALL) for name in NAMES]
        assert [found and found[1] for found in left] == ["1 day left", "2 days left", "today"]


NAMES = ("Of Smart Customs", "Of Ports", "Not late there")
