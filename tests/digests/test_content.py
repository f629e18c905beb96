"""What is new since a reader's last digest, measured from what was known then; new figures; due dates to take along."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from icalendar import Calendar

from roadmap.digests.mail import digest_mail
from roadmap.digests.planner import plan_due_digests
from roadmap.digests.subscriptions import subscribe
from roadmap.editing.milestones import cancel_milestone, complete_milestone, reschedule_milestone
from roadmap.models import Indicator, Milestone, Observation, OutboxMessage, Person, ProgressUpdate, Roadmap, Source
from roadmap.models.history import SYSTEM
from roadmap.outbox.render import BatchMemory, Mail, composed
from roadmap.vocabulary import Language, Provenance, Rag
from tests.digests.conftest import MONDAY
from tests.digests.test_mail import LONG_AGO, issue_for, made_long_ago, mail_of
from tests.factories import make_initiative, make_milestone, make_person, make_phase, make_pillar, make_update
from tests.forecast.rows import make_kept_forecast

DAY = timedelta(days=1)
YESTERDAY = MONDAY - DAY


@pytest.fixture(autouse=True)
def frame(roadmap: Roadmap) -> None:
    make_initiative(make_pillar(roadmap, title_zh="安全"))
    make_phase(roadmap)


def milestone(roadmap: Roadmap, title: str, due_on: date = date(2027, 6, 1), **fields: Any) -> Milestone:
    """Entered long ago, begun three days ago."""
    initiative, phase = roadmap.initiatives.first(), roadmap.phases.first()
    start = min(date(2026, 11, 20), due_on)
    made = make_milestone(initiative, phase, title_zh=title, due_on=due_on, planned_start_on=start, **fields)
    return made_long_ago(made)


def report(of: Milestone, percent: int, on: date, *, recorded_at: datetime = YESTERDAY, **fields: Any) -> None:
    made = make_update(of, percent, on, **fields)
    ProgressUpdate.objects.filter(pk=made.pk).update(recorded_at=recorded_at)


def acted_yesterday(*milestones: Milestone) -> None:
    for one in milestones:
        one.history.filter(history_date__gt=LONG_AGO).update(history_date=YESTERDAY)


def sections_of(mail: Mail) -> dict[str, list[str]]:
    parts = re.split(r"━━━ (.+?) ━━━", mail.text)
    return {
        heading: re.findall(r"^- (.+)$", body, flags=re.M)
        for heading, body in zip(parts[1::2], parts[2::2], strict=True)
        if heading != "阶段节点"
    }


def test_what_became_so_since_the_last_digest_is_told_apart(roadmap: Roadmap, reader: Person) -> None:
    milestone(roadmap, "早已逾期", date(2026, 11, 10))
    milestone(roadmap, "本周逾期", date(2026, 11, 19))
    worse, better = milestone(roadmap, "转差"), milestone(roadmap, "转好")
    report(worse, 1, date(2026, 11, 22), confidence=Rag.RED)
    report(better, 1, date(2026, 11, 1), recorded_at=MONDAY - 20 * DAY, confidence=Rag.RED)
    report(better, 2, date(2026, 11, 22))
    added, cancelled = milestone(roadmap, "新设"), milestone(roadmap, "撤销")
    added.history.update(history_date=YESTERDAY)
    cancel_milestone(cancelled, by=SYSTEM, now=YESTERDAY, reason="并入")
    acted_yesterday(cancelled)
    mail = mail_of(issue_for(reader, roadmap))
    assert sections_of(mail) == {
        "已逾期（2）": ["本周逾期 [新增]", "早已逾期"],
        "新增风险（1）": ["转差"],
        "恢复正常（1）": ["转好"],
        "新增里程碑（1）": ["新设"],
        "已取消（1）": ["撤销"],
        "进展填报（2）": ["转差", "转好"],
    }
    assert (
        "2026年11月16日以来：新增逾期1项 · 新增风险1项 · 恢复正常1项 · 新增里程碑1项 · 取消1项 · 填报进展2项"
    ) in mail.text
    assert "由绿灯（正常）转为红灯（滞后） · 2026年11月22日填报为红灯（滞后）" in mail.text


def test_what_was_overdue_before_it_was_entered_is_not_newly_overdue(roadmap: Roadmap, reader: Person) -> None:
    milestone(roadmap, "早已逾期", date(2026, 11, 10))
    entered = milestone(roadmap, "补录", date(2026, 11, 10))
    entered.history.update(history_date=YESTERDAY)
    mail = mail_of(issue_for(reader, roadmap))
    assert sections_of(mail) == {"已逾期（2）": ["早已逾期", "补录"], "新增里程碑（1）": ["补录"]}
    assert "新增逾期" not in mail.text


def test_what_came_and_was_given_up_in_between_is_told_once(roadmap: Roadmap, reader: Person) -> None:
    milestone(roadmap, "一直在")
    gone = milestone(roadmap, "来去")
    gone.history.update(history_date=YESTERDAY - DAY)
    cancel_milestone(gone, by=SYSTEM, now=YESTERDAY, reason="并入")
    gone.history.filter(history_date__gt=YESTERDAY).update(history_date=YESTERDAY)
    assert sections_of(mail_of(issue_for(reader, roadmap))) == {"已取消（1）": ["来去"]}


def test_gain_counts_what_was_taken_in_since_whatever_day_it_speaks_of(roadmap: Roadmap, reader: Person) -> None:
    one = milestone(roadmap, "补报", date(2026, 12, 31))
    report(one, 20, date(2026, 11, 1), recorded_at=MONDAY - 20 * DAY)
    report(one, 70, date(2026, 11, 10))  # of the week before, handed in yesterday
    mail = mail_of(issue_for(reader, roadmap))
    assert "自2026年11月16日以来变化+50.0个百分点" in mail.text
    assert "20% → 70%" in mail.text


def test_milestone_told_in_the_last_digest_counts_with_its_weight_and_state_of_then(
    roadmap: Roadmap, reader: Person
) -> None:
    kept, done = milestone(roadmap, "不变"), milestone(roadmap, "完成")
    complete_milestone(done, by=SYSTEM, now=YESTERDAY, completed_on=date(2026, 11, 2))  # told of an earlier day
    added = milestone(roadmap, "新设", weight=2)
    acted_yesterday(done)
    added.history.update(history_date=YESTERDAY)
    mail = mail_of(issue_for(reader, roadmap))
    assert "实际完成率25%" in mail.text
    assert "自2026年11月16日以来变化+25.0个百分点" in mail.text
    assert kept.weight == 1


def test_roadmap_entered_since_is_compared_with_what_is_told_of_that_day(roadmap: Roadmap, reader: Person) -> None:
    one = milestone(roadmap, "新录入", date(2026, 11, 19))
    one.history.update(history_date=YESTERDAY)
    report(one, 20, date(2026, 11, 1))
    report(one, 50, date(2026, 11, 20))
    mail = mail_of(issue_for(reader, roadmap))
    assert "自2026年11月16日以来变化+30.0个百分点" in mail.text
    assert sections_of(mail) == {"已逾期（1）": ["新录入 [新增]"], "进展填报（1）": ["新录入"]}


def test_part_with_nothing_in_it_then_is_compared_with_nothing(roadmap: Roadmap, reader: Person) -> None:
    milestone(roadmap, "他人", date(2026, 12, 1))
    mine = milestone(roadmap, "本人", date(2026, 12, 1), owner=reader)
    mine.history.update(history_date=YESTERDAY)
    text = mail_of(issue_for(reader, roadmap, only_mine=True)).text
    assert "里程碑共1项" in text
    assert "按计划应为" not in text


def a_reading(roadmap: Roadmap, value: int, period: str, ends_on: date, at: datetime, **fields: Any) -> Indicator:
    indicator = fields.pop("indicator", None) or Indicator.objects.create(
        roadmap=roadmap,
        code=f"i-{Indicator.objects.count()}",
        title_zh="查验时间",
        title_en="Inspection time",
        unit_zh="小时",
        unit_en="hours",
        target_value=Decimal(10),
        target_on=date(2026, 12, 31),
        pillar=fields.pop("pillar", None),
    )
    made = Observation.objects.create(
        indicator=indicator, period=period, period_zh=period, period_en=period, ends_on=ends_on, value=value, **fields
    )
    made.history.update(history_date=at)
    return indicator


def test_new_figures_are_told_with_value_before_target_and_source(roadmap: Roadmap, reader: Person) -> None:
    source = Source.objects.create(
        code="paper",
        title_zh="报",
        title_en="Paper",
        citation_zh="《报》",
        citation_en="Paper",
        published_on=date(2026, 1, 1),
        url="https://example.org/paper",
    )
    sourced = {"source": source, "provenance": Provenance.SOURCED}
    one = a_reading(roadmap, 12, "2026-Q2", date(2026, 6, 30), LONG_AGO, **sourced)
    a_reading(roadmap, 11, "2026-Q3", date(2026, 9, 30), YESTERDAY, indicator=one, is_preliminary=True, **sourced)
    a_reading(roadmap, 7, "2026-Q3", date(2026, 9, 30), LONG_AGO)  # known since long
    text = mail_of(issue_for(reader, roadmap)).text
    section = text[text.index("本期录入的数据（1）") :].split("--")[0]
    assert [line.strip() for line in section.splitlines() if line.strip()][1:] == [
        "- 查验时间",
        "11小时（2026-Q3），初步数",
        "上期：12小时（2026-Q2）",
        "目标：2026年12月31日前达到10小时",
        "来源： 《报》",
        "https://example.org/paper",
    ]


def test_new_figures_are_those_of_the_filters(roadmap: Roadmap, reader: Person) -> None:
    milestone(roadmap, "临近", date(2026, 12, 1), owner=reader)
    pillar = roadmap.pillars.get()
    a_reading(roadmap, 1, "2026", date(2026, 9, 30), YESTERDAY, pillar=pillar)
    for _ in range(8):
        a_reading(roadmap, 1, "2026", date(2026, 9, 30), YESTERDAY)
    told = [
        re.findall("本期录入的数据（(.*)）", mail_of(issue_for(make_person(), roadmap, **filters)).text)
        for filters in (
            {},
            {"pillar": pillar},
            {"initiative": roadmap.initiatives.get()},
            {"phase": roadmap.phases.get()},
        )
    ]
    assert told == [["9"], ["1"], [], []]
    assert "本期录入的数据" not in mail_of(issue_for(reader, roadmap, only_mine=True)).text


def test_due_dates_ahead_come_along_as_a_calendar_in_the_readers_language(roadmap: Roadmap) -> None:
    other = make_initiative(roadmap.pillars.get())
    milestone(roadmap, "逾期", date(2026, 11, 1))
    milestone(roadmap, "临近", date(2026, 12, 1), title_en="Near")
    moved = milestone(roadmap, "调整", date(2026, 12, 5), title_en="Moved")
    reschedule_milestone(moved, by=SYSTEM, now=YESTERDAY, due_on=date(2027, 1, 8), reason="later")
    acted_yesterday(moved)
    elsewhere = make_milestone(other, roadmap.phases.get(), due_on=date(2026, 12, 1), title_en="Elsewhere")
    reader = make_person(language=Language.CHINESE)
    filters = {"initiative": roadmap.initiatives.exclude(pk=other.pk).get(), "language": Language.ENGLISH}
    message = issue_for(reader, roadmap, **filters)
    with translation.override("zh-hans"):
        mail = digest_mail(message, BatchMemory(now=MONDAY))
    assert mail is not None
    assert (message.language, "Dear " in mail.text, elsewhere.title_en in mail.text) == ("en", True, False)
    (attached,) = mail.attachments
    events = Calendar.from_ical(attached.content).walk("VEVENT")
    assert [(str(event["SUMMARY"]), event["DTSTART"].dt) for event in events] == [
        ("Due: Near", date(2026, 12, 1)),
        ("Due: Moved", date(2027, 1, 8)),
        (f"Gate: {roadmap.phases.get().title_en}", date(2026, 12, 31)),
    ]
    assert "Attached: a calendar file with the next 2 due dates." in mail.text
    assert "the days off of 2027 are not published yet" in mail.text


def test_readers_of_the_same_differ_in_name_and_way_out_only(roadmap: Roadmap) -> None:
    milestone(roadmap, "临近", date(2026, 12, 1))
    people = [make_person(full_name=name) for name in ("林岚", "<b>高峰</b>")]
    for person in people:
        subscribe(person, roadmap, by=SYSTEM, now=MONDAY - DAY)
    plan_due_digests(now=MONDAY)
    memory, mails = BatchMemory(now=MONDAY), []
    for row in OutboxMessage.objects.select_related("recipient").order_by("recipient_id"):
        mail = digest_mail(row, memory)
        assert mail is not None
        assert mail.leaving is not None
        assert mail.leaving.address in mail.text
        assert mail.leaving.address in mail.html
        mails.append((mail, str(row.recipient), mail.leaving.address))
    assert len({mail.text.replace(name, "N").replace(leave, "L") for mail, name, leave in mails}) == 1
    assert "&lt;b&gt;高峰&lt;/b&gt;，您好" in mails[1][0].html
    assert not re.search("[\ue000-\uf8ff]", "".join(mail.subject + mail.text + mail.html for mail, _, _ in mails))


@pytest.mark.parametrize("language", [Language.CHINESE, pytest.param(Language.ENGLISH, marks=pytest.mark.everything)])
def test_digest_with_everything_in_it_stays_below_90_kb(roadmap: Roadmap, language: str) -> None:
    reader = make_person(language=language)
    words = {"title_en": "Milestone " * 20, "owner": reader}
    for number in range(20):
        milestone(roadmap, "逾" * 100, date(2026, 11, 19), **words)
        worse, better = (milestone(roadmap, title * 100, **words) for title in "差好")
        report(worse, 1, date(2026, 11, 22), confidence=Rag.RED, narrative_zh="述" * 300, narrative_en="word " * 100)
        report(better, 1, date(2026, 11, 1), recorded_at=MONDAY - 20 * DAY, confidence=Rag.RED)
        report(better, 2, date(2026, 11, 22), narrative_zh="述" * 300, narrative_en="word " * 100)
        milestone(roadmap, "近" * 100, date(2026, 12, 1), **words)
        moved, done, cancelled = (milestone(roadmap, title * 100, **words) for title in "移完撤")
        reschedule_milestone(moved, by=SYSTEM, now=YESTERDAY, due_on=date(2027, 9, 1), reason="缘由" * 100)
        complete_milestone(done, by=SYSTEM, now=YESTERDAY)
        cancel_milestone(cancelled, by=SYSTEM, now=YESTERDAY, reason="并入")
        acted_yesterday(moved, done, cancelled)
        milestone(roadmap, "新" * 100, **words).history.update(history_date=YESTERDAY)
        milestone(roadmap, "默" * 100, date(2026, 10, 1), **words)
        a_reading(roadmap, number, "2026", date(2026, 9, 30), YESTERDAY)
    message = issue_for(reader, roadmap)
    mail = mail_of(message)
    message.subject, message.message_id = mail.subject, "<a@b>"
    assert mail.text.count("━━━") == 2 * 12
    assert len(composed(mail, row=message, at=MONDAY)) < 90_000


def test_forecast_of_a_gate_is_told_with_what_changed_and_why(roadmap: Roadmap, reader: Person) -> None:
    first = milestone(roadmap, "试点", date(2026, 12, 10))
    first = Milestone.objects.select_related("phase", "initiative__roadmap").get(pk=first.pk)
    make_kept_forecast(first, day=date(2026, 11, 15), chance=0.67)
    issue = issue_for(reader, roadmap)
    assert "以来不变" in mail_of(issue).text
    make_kept_forecast(first, day=date(2026, 11, 22))
    mail = mail_of(issue)
    said = (
        "阶段预测：届时完成的可能性为62%，自2026年11月16日以来下降5个百分点；P80 = 2027年1月15日，"
        "原因：影响最大的“试点”预计2027年1月8日完成，晚于到期日29天。"
    )
    assert said in mail.text.replace("8 天", "8天")
    assert said in mail.html.replace("8 天", "8天")
