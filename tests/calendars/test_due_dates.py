"""Due dates as an iCalendar file: read back by a parser, the same bytes for the same state, in both languages."""

import re
from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, vText

from roadmap.calendars.due_dates import CalendarDay, calendar_file, gate_day, milestone_day
from roadmap.calendars.edits import Edit, Edits
from roadmap.models import Milestone
from roadmap.texts import clean_text
from roadmap.vocabulary import MilestoneStatus, Provenance
from roadmap.workdays import WorkCalendar
from tests.factories import make_initiative, make_milestone, make_organisation, make_phase, make_pillar, make_roadmap

STAMP = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
EDITS = Edits({}, Edit(7, STAMP))


def a_day(**values: object) -> CalendarDay:
    given = {"uid": "a@b", "day": date(2026, 12, 31), "title": "t", "text": "", "address": "http://x/", **values}
    return CalendarDay(edit=Edit(1, STAMP), **given)  # type: ignore[arg-type]


def read(content: bytes) -> list[dict[str, object]]:
    events = Calendar.from_ical(content).walk("VEVENT")
    return [
        {name.lower(): value.dt if hasattr(value, "dt") else value for name, value in event.property_items()
         if name not in ("BEGIN", "END")}
        for event in events
    ]  # fmt: skip


@pytest.fixture
def milestone(db: None) -> Milestone:
    roadmap = make_roadmap()
    pillar = make_pillar(roadmap, title_zh="安全", title_en="Safe")
    return make_milestone(
        make_initiative(pillar, title_zh="智能审图", title_en="Intelligent image review"),
        make_phase(roadmap, title_zh="完整体系", title_en="Complete system"),
        title_zh="算法评估；第一批,上线",
        title_en="Algorithms assessed; first batch, live",
        due_on=date(2027, 3, 31),
        organisation=make_organisation(name_zh="科技司", name_en="Technology"),
    )


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("zh-hans", "到期：算法评估；第一批,上线", "智能审图 · 安全\n完整体系\n科技司\n2027年放假安排尚未公布"),
        (
            "en",
            "Due: Algorithms assessed; first batch, live",
            "Intelligent image review · Safe\nComplete system\nTechnology\nthe days off of 2027 are not published yet",
        ),
    ],
)
def test_milestone_is_a_whole_day_in_the_readers_language(
    milestone: Milestone, language: str, title: str, text: str
) -> None:
    with translation.override(language):
        day = milestone_day(milestone, edits=EDITS, is_provisional=WorkCalendar().is_provisional)
        content = calendar_file([day], name="n")
        assert content == calendar_file([day], name="n")
    assert read(content) == [
        {
            "uid": f"milestone-{milestone.pk}@127.0.0.1",
            "dtstamp": STAMP,
            "last-modified": STAMP,
            "sequence": 7,
            "dtstart": date(2027, 3, 31),
            "dtend": date(2027, 4, 1),
            "summary": title,
            "description": text,
            "url": f"http://127.0.0.1:8000/milestones/{milestone.code}/",
            "status": "CONFIRMED",
            "transp": "TRANSPARENT",
        }
    ]


@pytest.mark.parametrize(
    ("status", "day", "shown"),
    [
        (MilestoneStatus.CANCELLED, {"cancelled_on": date(2026, 11, 1)}, "CANCELLED"),
        (MilestoneStatus.DONE, {"completed_on": date(2026, 11, 1)}, "CONFIRMED"),
    ],
)
def test_closed_milestone_says_so(milestone: Milestone, status: str, day: dict[str, date], shown: str) -> None:
    Milestone.objects.filter(pk=milestone.pk).update(status=status, **day)
    milestone.refresh_from_db()
    found = milestone_day(milestone, edits=EDITS, is_provisional=lambda _: False)
    assert read(calendar_file([found], name="n"))[0]["status"] == shown
    assert ("完成" in found.text) == (status == MilestoneStatus.DONE)


def test_made_up_milestone_is_marked(milestone: Milestone) -> None:
    milestone.provenance = Provenance.SAMPLE
    assert (
        milestone_day(milestone, edits=EDITS, is_provisional=lambda _: False).title
        == "到期：算法评估；第一批,上线 [示例]"
    )


@pytest.mark.django_db
def test_gate_is_a_day_of_its_own() -> None:
    phase = make_phase(make_roadmap(), title_zh="基本框架", gate_on=date(2026, 12, 31))
    event = read(calendar_file([gate_day(phase, edits=EDITS)], name="n"))[0]
    assert (event["uid"], event["summary"], event["dtstart"]) == (
        f"gate-{phase.pk}@127.0.0.1",
        "阶段节点：基本框架",
        date(2026, 12, 31),
    )


def test_long_chinese_lines_are_folded_within_75_octets_and_read_back_whole() -> None:
    content = calendar_file([a_day(title="里程碑" * 60, text="一行\n又一行；a,b\\c")], name="智慧海关")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert (read(content)[0]["summary"], read(content)[0]["description"]) == ("里程碑" * 60, "一行\n又一行；a,b\\c")
    assert Calendar.from_ical(content)["X-WR-CALNAME"] == "智慧海关"


@given(title=st.text(max_size=120), text=st.text(max_size=200), name=st.text(max_size=60))
def test_any_text_makes_lines_that_other_programs_read_back(title: str, text: str, name: str) -> None:
    content = calendar_file([a_day(title=title, text=text)], name=name)
    assert content.endswith(b"\r\n")
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert [line for line in lines if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)] == []
    unfolded = content.decode().replace("\r\n ", "")
    assert len(unfolded.splitlines()) == unfolded.count("\r\n")
    names = [line.partition(":")[0].partition(";")[0] for line in unfolded.split("\r\n")]
    asked = [*("BEGIN", "VERSION", "PRODID", "CALSCALE", "X-WR-CALNAME", "BEGIN", "SUMMARY", "DTSTART", "DTEND")]
    asked += ["DTSTAMP", "UID", "SEQUENCE", *(["DESCRIPTION"] if text else []), "LAST-MODIFIED", "STATUS", "TRANSP"]
    assert sorted(names) == sorted([*asked, "URL", "END", "END", ""])
    assert read(content)[0]["summary"] == shown(title).replace("\n", " ")
    known_as = Calendar.from_ical(content)["X-WR-CALNAME"]  # read as it stands, being no name of RFC 5545's
    assert str(known_as).encode() == vText(shown(name).replace("\n", " ")).to_ical()


def shown(text: str) -> str:
    """Without what can't be seen, every line break as one."""
    return re.sub("\r\n?", "\n", clean_text(text))


def test_name_of_the_calendar_is_escaped() -> None:
    content = calendar_file([], name="智慧海关; 一期,\\二期\x07")
    assert "X-WR-CALNAME:智慧海关\\; 一期\\,\\\\二期\r\n" in content.decode()


def test_empty_file_is_still_a_calendar() -> None:
    assert read(calendar_file([], name="n")) == []
