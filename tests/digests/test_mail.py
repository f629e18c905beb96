"""What a digest says: gates, standing, what happened in its window; the same in both forms and languages."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import strip_tags
from pytest_django import Settings

from roadmap.digests.mail import digest_mail, prepare_digests
from roadmap.digests.planner import plan_due_digests
from roadmap.digests.subscriptions import subscribe, unsubscribe
from roadmap.editing.milestones import complete_milestone, reschedule_milestone
from roadmap.models import DigestSubscription, Milestone, OutboxMessage, Person, ProgressUpdate, Roadmap
from roadmap.models.history import SYSTEM, note_change
from roadmap.outbox.render import BatchMemory, Mail, composed
from roadmap.outbox.unknown import settle_unknown
from roadmap.vocabulary import Frequency, MessageState, Provenance
from tests.digests.conftest import MONDAY
from tests.factories import make_initiative, make_milestone, make_person, make_phase, make_pillar, make_update
from tests.numbers import NUMBERS

DAY = timedelta(days=1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def strict_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that a template names and nobody gave shows as ``UNRESOLVED``."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "UNRESOLVED(%s)")


def made_long_ago(milestone: Milestone) -> Milestone:
    """The milestone with its history from the time before any window."""
    milestone.history.update(history_date=LONG_AGO)
    return milestone


def plan(roadmap: Roadmap, now: datetime = MONDAY) -> None:
    """Late, due soon, silent, done, moved, reported: one milestone each, all of one owner."""
    owner = make_person(full_name="高峰")
    initiative = make_initiative(make_pillar(roadmap, title_zh="安全", title_en="Safe"))
    phase = make_phase(roadmap, code="basic-framework", title_zh="基本框架", title_en="Basic framework")

    def make(zh: str, en: str, **fields: Any) -> Milestone:
        return made_long_ago(make_milestone(initiative, phase, title_zh=zh, title_en=en, owner=owner, **fields))

    make("逾期项", "Late one", due_on=date(2026, 11, 1), provenance=Provenance.SAMPLE)
    make("临近项", "Near one", due_on=date(2026, 12, 10), planned_start_on=date(2026, 11, 20))
    done = make("完成项", "Done one", due_on=date(2026, 12, 31), provenance=Provenance.DERIVED)
    moved = make("调整项", "Moved one", due_on=date(2027, 1, 31), planned_start_on=date(2026, 11, 20))
    reported = make("填报项", "Reported one", due_on=date(2027, 1, 31))
    complete_milestone(done, by=SYSTEM, now=now - DAY)
    reschedule_milestone(moved, by=SYSTEM, now=now - DAY, due_on=date(2027, 3, 2), reason="设备到货延后")
    for milestone in (done, moved):
        milestone.history.filter(history_date__gt=LONG_AGO).update(history_date=now - DAY)
    make_update(reported, 30, date(2026, 11, 1))
    ProgressUpdate.objects.update(recorded_at=now - 20 * DAY)
    latest = make_update(reported, 90, date(2026, 11, 22), narrative_zh="指标复核完成", reported_by=owner)
    ProgressUpdate.objects.filter(pk=latest.pk).update(recorded_at=now - DAY)


def issue_for(reader: Person, roadmap: Roadmap, **fields: Any) -> OutboxMessage:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, **fields)
    plan_due_digests(now=MONDAY)
    return OutboxMessage.objects.get(recipient=reader)


def mail_of(message: OutboxMessage) -> Mail:
    with translation.override(message.language):
        mail = digest_mail(message, BatchMemory(now=MONDAY))
    assert mail is not None
    return mail


def test_digest_in_chinese_says_everything(roadmap: Roadmap, reader: Person) -> None:
    plan(roadmap)
    mail = mail_of(issue_for(reader, roadmap))
    assert mail.subject == "周报·智慧海关：完成率38%，计划59%，逾期1项（2026年第48周）"
    sections = re.split(r"━━━ (.+?) ━━━", mail.text)
    said = {
        heading: re.findall(r"^- (.+)$", body, flags=re.M)
        for heading, body in zip(sections[1::2], sections[2::2], strict=True)
    }
    assert said == {
        "阶段节点": [],
        "已逾期（1）": ["逾期项 [示例]"],
        "30天内到期（1）": ["临近项"],
        "新增风险（1）": ["临近项"],
        "日期调整（1）": ["调整项"],
        "已完成（1）": ["完成项 [推导]"],
        "恢复正常（1）": ["填报项"],
        "进展填报（1）": ["填报项"],
        "30天及以上未填报（1）": ["逾期项 [示例]"],
    }
    for words in (
        "实际完成率38%，计划完成率",
        "里程碑共5项：已完成1项，已逾期1项，30天内到期1项，长期未填报1项。",
        "数据截至2026年11月23日",
        "基本框架：2026年12月31日（还有38天）",
        "由2027年1月31日推迟30天：设备到货延后 · 2027年放假安排尚未公布",
        "2026年11月16日以来：完成1项 · 新增风险1项 · 恢复正常1项 · 日期调整1项 · 填报进展1项",
        "由绿灯（正常）转为黄灯（有风险） · 落后计划19个百分点",
        "近12周 ▁▁▁▁▁▁▁▁▁▂▂▂▇ 0% → 38%",
        "附件为日历文件，含最近3项里程碑的到期日。",
        "2026年11月22日完成",
        "30% → 90% · 高峰 · 指标复核完成",
        "本期统计区间：2026年11月16日 08:30至2026年11月23日 08:30。",
        "您已订阅本简报，发送时间：每星期一 08:30（Asia/Shanghai）。",
        "标有“示例”的条目为试用而虚构，并计入上述数据。",
    ):
        assert words in mail.text


@pytest.mark.parametrize(("language", "more"), [("zh-hans", "……另有5项"), ("en", "… and 5 more")])
def test_what_a_mail_leaves_out_is_a_link_to_it(roadmap: Roadmap, language: str, more: str) -> None:
    plan(roadmap)
    late = Milestone.objects.filter(title_zh="逾期项").get()
    for _number in range(14):
        make_milestone(late.initiative, late.phase, due_on=late.due_on, organisation=late.organisation)
    mail = mail_of(issue_for(make_person(language=language), roadmap))
    listed = f"http://127.0.0.1:8000/milestones/?roadmap={roadmap.code}&state=late"
    assert re.search(f"^{re.escape(more)} ?[:：] ?{re.escape(listed)}$", mail.text, re.M)
    assert re.search(f'<a [^>]*href="{re.escape(listed.replace("&", "&amp;"))}"[^>]*>{re.escape(more)}</a>', mail.html)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("frequency", list(Frequency))
def test_text_and_html_say_the_same(roadmap: Roadmap, language: str, frequency: Frequency) -> None:
    plan(roadmap)
    reader = make_person(language=language)
    fields = {"month_day": 23} if frequency == Frequency.MONTHLY else {}
    mail = mail_of(issue_for(reader, roadmap, frequency=frequency, **fields))
    assert "UNRESOLVED" not in mail.subject + mail.text + mail.html
    shown = " ".join(strip_tags(re.sub(r"<(style|title).*?</\1>", " ", mail.html, flags=re.S)).split())
    counted = "Milestones:" if language == "en" else "里程碑共"
    lines = [line.strip(" -") for line in mail.text.splitlines() if line.strip(" -━") and counted not in line]
    for line in lines:
        for fact in re.split(r": |[：\[\]()（）]|[█░]+| · |━━━", line):
            if fact.strip():
                assert fact.strip() in shown or fact.strip() in mail.html, fact


def test_one_milestone_is_told_in_the_singular(roadmap: Roadmap) -> None:
    initiative, phase = make_initiative(make_pillar(roadmap)), make_phase(roadmap, title_en="Basic framework")
    made_long_ago(make_milestone(initiative, phase, due_on=date(2026, 12, 10)))
    mail = mail_of(issue_for(make_person(language="en"), roadmap, frequency=Frequency.DAILY))
    assert "0 of 1 milestone done · " in mail.text
    assert "0 of 1 milestone done · " in " ".join(mail.html.split())
    assert "Attached: a calendar file with the next due date." in mail.text


def test_daily_digest_counts_what_was_reported_in_yesterdays_office_hours(roadmap: Roadmap, reader: Person) -> None:
    milestone = made_long_ago(make_milestone(make_initiative(make_pillar(roadmap))))
    make_update(milestone, 20, date(2026, 11, 1))
    ProgressUpdate.objects.update(recorded_at=MONDAY - 20 * DAY)
    yesterday = make_update(milestone, 50, date(2026, 11, 22))
    ProgressUpdate.objects.filter(pk=yesterday.pk).update(recorded_at=MONDAY - timedelta(hours=17))
    mail = mail_of(issue_for(reader, roadmap, frequency=Frequency.DAILY))
    assert "20% → 50%" in mail.text
    assert "自2026年11月22日以来变化+30.0个百分点" in " ".join(mail.text.split())


def test_digest_counts_only_what_the_filters_let_through(roadmap: Roadmap, reader: Person) -> None:
    plan(roadmap)
    mine = made_long_ago(make_milestone(make_initiative(make_pillar(roadmap)), owner=reader, due_on=date(2026, 12, 1)))
    make_update(mine, 50, date(2026, 11, 22))
    mail = mail_of(issue_for(reader, roadmap, only_mine=True))
    assert "范围：仅本人负责的里程碑" in mail.text
    assert "里程碑共1项" in mail.text
    assert mine.title_zh in mail.text
    assert "逾期项" not in mail.text


def test_digest_with_nothing_to_say_is_not_sent_unless_wanted(roadmap: Roadmap, reader: Person) -> None:
    quiet = issue_for(reader, roadmap)
    assert digest_mail(quiet, BatchMemory(now=MONDAY)) is None
    other = make_person()
    empty = mail_of(issue_for(other, roadmap, skip_when_empty=False))
    assert "本期没有" in empty.text
    assert "阶段节点" not in empty.text + empty.html


def test_digest_of_an_ended_subscription_is_not_sent(roadmap: Roadmap, reader: Person) -> None:
    plan(roadmap)
    message = issue_for(reader, roadmap)
    unsubscribe(reader.digest_subscriptions.get(), by=SYSTEM, now=MONDAY)
    assert digest_mail(message, BatchMemory(now=MONDAY)) is None


def test_what_was_filled_in_about_long_ago_is_no_news(roadmap: Roadmap, reader: Person) -> None:
    milestone = made_long_ago(
        make_milestone(
            make_initiative(make_pillar(roadmap)), due_on=date(2024, 6, 1), planned_start_on=date(2024, 1, 1)
        )
    )
    make_update(milestone, 100, date(2024, 5, 1))
    done = complete_milestone(milestone, by=SYSTEM, now=MONDAY - DAY, completed_on=date(2024, 5, 20))
    done.history.filter(history_date__gt=LONG_AGO).update(history_date=MONDAY - DAY)
    ProgressUpdate.objects.update(recorded_at=MONDAY - DAY)
    assert digest_mail(issue_for(reader, roadmap), BatchMemory(now=MONDAY)) is None


def test_moved_there_and_back_within_the_window_is_no_move(roadmap: Roadmap, reader: Person) -> None:
    milestone = made_long_ago(
        make_milestone(
            make_initiative(make_pillar(roadmap)), due_on=date(2027, 6, 1), planned_start_on=date(2026, 11, 20)
        )
    )
    for number, due_on in enumerate((date(2027, 7, 1), date(2027, 6, 1))):
        milestone.due_on = due_on
        note_change(milestone, by=SYSTEM, at=MONDAY - DAY + number * timedelta(hours=1))
        milestone.save()
    assert digest_mail(issue_for(reader, roadmap), BatchMemory(now=MONDAY)) is None


@pytest.mark.parametrize("number", [1, 3, pytest.param(200, marks=pytest.mark.everything)])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_digest_of_any_length_stays_in_bounds(roadmap: Roadmap, number: int, language: str) -> None:
    initiative, phase = make_initiative(make_pillar(roadmap)), make_phase(roadmap)
    reader = make_person(language=language)
    for index in range(number):
        due_on = date(2026, 11, 1) if index % 2 else date(2026, 12, 1)
        milestone = make_milestone(
            initiative, phase, title_zh="里" * 60, title_en="Milestone " * 12, due_on=due_on, owner=reader
        )
        make_update(milestone, 40, date(2026, 11, 22), narrative_zh="述" * 300, narrative_en="word " * 100)
    ProgressUpdate.objects.update(recorded_at=MONDAY - DAY)
    message = issue_for(reader, roadmap)
    mail = mail_of(message)
    message.subject, message.message_id = mail.subject, "<a@b>"
    raw = composed(mail, row=message, at=MONDAY)
    assert len(raw) < 90_000
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize("number", NUMBERS)
def test_query_count_does_not_grow_with_readers(roadmap: Roadmap, number: int) -> None:
    """Whatever each of them reads: everything, one pillar, only their own."""
    plan(roadmap)
    pillar = roadmap.pillars.get()
    people = Person.objects.bulk_create(
        [Person(username=f"reader-{each}", email=f"reader-{each}@example.org") for each in range(number)]
    )
    Milestone.objects.filter(title_en="Late one").update(owner=people[0])
    DigestSubscription.objects.bulk_create(
        [
            DigestSubscription(
                person=person,
                roadmap=roadmap,
                covered_until=MONDAY - 7 * DAY,
                next_issue_at=MONDAY,
                pillar=pillar if each % 3 == 1 else None,
                only_mine=each % 3 == 2,
                skip_when_empty=False,
            )
            for each, person in enumerate(people)
        ]
    )
    plan_due_digests(now=MONDAY)
    rows = list(OutboxMessage.objects.select_related("recipient"))
    memory = BatchMemory(now=MONDAY)
    with CaptureQueriesContext(connection) as queries:
        prepare_digests(rows, memory)
        mails = [digest_mail(row, memory) for row in rows]
    assert len({mail.text for mail in mails if mail}) == number
    assert len(queries) == 30


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The issue of Monday, 23 November 2026 may not have reached you. This one covers its time as well."),
        ("zh-hans", "2026年11月23日 星期一的一期可能未送达，本期一并涵盖该期内容。"),
    ],
)
def test_issue_after_one_of_unknown_outcome_covers_its_time_and_says_so(
    roadmap: Roadmap, settings: Settings, language: str, told: str
) -> None:
    settings.MAIL_JOURNAL = ""  # else it is found out
    plan(roadmap)
    reader = make_person(language=language)
    lost = issue_for(reader, roadmap)
    OutboxMessage.objects.filter(pk=lost.pk).update(
        state=MessageState.UNSURE, committing_at=MONDAY, deliver_after=MONDAY, rendered=b"made"
    )
    assert settle_unknown(now=MONDAY) == 1
    plan_due_digests(now=MONDAY + 7 * DAY)
    following = OutboxMessage.objects.get(recipient=reader, state=MessageState.PENDING)
    assert following.facts["from"] == lost.facts["from"]
    mail = mail_of(following)
    shown = " ".join(strip_tags(mail.html).split())
    assert (told in " ".join(mail.text.split()), told in shown) == (True, True)
    OutboxMessage.objects.filter(pk=following.pk).update(state=MessageState.SENT, sent_at=MONDAY + 7 * DAY)
    plan_due_digests(now=MONDAY + 14 * DAY)
    assert "given_up_until" not in OutboxMessage.objects.get(recipient=reader, state=MessageState.PENDING).facts
