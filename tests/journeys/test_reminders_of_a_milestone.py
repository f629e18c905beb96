"""A milestone nears, is put off, passed up, moved, acknowledged, done: the sink holds the mails one would expect.

Each step is a process of its own. Its instants lie in the past, so that the mail server's side is as always; what a
delivery notes as the time of sending is set back to the step's.
"""

import re
import subprocess
import sys
from collections.abc import Mapping
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from tests.servers.smtp import Sink

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.journey, pytest.mark.once]

BEGIN = """
from datetime import UTC, date, datetime
from django.core.management import call_command
call_command("migrate", verbosity=0)
from roadmap.models import Milestone, Person, ReminderRule
from roadmap.models.history import SYSTEM
from roadmap.editing.watching import watch
from tests import factories as make
def at(month, day):
    return datetime(2026, month, day, 1, tzinfo=UTC)
unit = make.make_organisation(lead=make.make_person(username="lead", full_name="Zhou Hang", role="lead", language="en"))
Person.objects.filter(username="lead").update(organisation=unit)
owner = make.make_person(username="owner", full_name="林岚")
make.make_office_person(username="office")
watcher = make.make_person(username="watcher", full_name="Wu Min", role="observer", language="en")
initiative = make.make_initiative(make.make_pillar(make.make_roadmap()))
milestone = make.make_milestone(
    initiative, code="gate", title_zh="算法验收", title_en="Acceptance", owner=owner, organisation=unit,
    due_on=date(2026, 10, 16), remind_at=at(9, 1),
)
roadmap = initiative.roadmap
ReminderRule.objects.create(
    roadmap=roadmap, code="owners", name_zh="负责人", name_en="Owners", offsets=[7, 1, 0], escalate_after_days=3
)
ReminderRule.objects.create(
    roadmap=roadmap, code="watchers", name_zh="关注人", name_en="Watchers", audiences=["watchers"], offsets=[1],
    repeat_every_days=None,
)
watch(watcher, by=SYSTEM, now=at(9, 1), milestone=milestone)
"""
STEP = """
from datetime import UTC, date, datetime
from roadmap.models import Milestone, OutboxMessage, Person
from roadmap.models.history import Actor
from roadmap.editing.answers import acknowledge_reminder, snooze_reminders
from roadmap.editing.milestones import complete_milestone, reschedule_milestone
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.moment import database_clock
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import Door
milestone = Milestone.objects.get()
def by(username):
    return Actor(Person.objects.get(username=username), Door.MAIL)
def at(month, day):
    return datetime(2026, month, day, 1, tzinfo=UTC)
def tick(month, day):
    now = at(month, day)
    while plan_due_reminders(now=now):
        pass
    deliver_pending(clock=database_clock)
    OutboxMessage.objects.filter(sent_at__gt=now).update(sent_at=now)
"""


def step(environment: Mapping[str, str], script: str) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", script]
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def arrived(sink: Sink) -> list[tuple[str, str, str]]:
    """To whom, in which language, under which subject, in the order of arrival; then the sink is emptied."""
    found = [
        (
            str(mail["To"]).rpartition("<")[2].partition("@")[0],
            str(mail["Content-Language"]),
            str(make_header(decode_header(str(mail["Subject"])))),
        )
        for mail in sink.messages
    ]
    sink.forget()
    return found


NEARS = """
tick(10, 8)
for _ in range(2):
    tick(10, 9)
"""
PUT_OFF_THEN_PASSED_UP_THEN_MOVED = """
snooze_reminders(milestone, by=by("owner"), now=at(10, 9), until=date(2026, 10, 12))
for day in (9, 10, 11, 12, 12, 13, 13):
    tick(10, day)
reschedule_milestone(milestone, by=by("lead"), now=at(10, 13), due_on=date(2026, 10, 23), reason="Later")
for day in (13, 15, 16, 16):
    tick(10, day)
"""
ACKNOWLEDGED_THEN_DONE = """
acknowledge_reminder(milestone, by=by("owner"), now=at(10, 17))
for day in (17, 20, 21, 22, 22):
    tick(10, day)
complete_milestone(milestone, by=by("lead"), now=at(10, 22))
for day in (23, 27, 30):
    tick(10, day)
"""


def test_everybody_hears_what_they_should_and_nothing_else(
    process_environment: dict[str, str], smtp_sink: Sink
) -> None:
    step(process_environment, BEGIN + STEP + NEARS)
    (first,) = arrived(smtp_sink)
    assert first[:2] == ("owner", "zh-Hans")
    assert "算法验收" in first[2]
    step(process_environment, STEP + PUT_OFF_THEN_PASSED_UP_THEN_MOVED)
    again, passed_up, anew = arrived(smtp_sink)
    assert (again[:2], anew[:2]) == (("owner", "zh-Hans"), ("owner", "zh-Hans"))
    assert "10月16日" in again[2]
    assert "10月23日" in anew[2]
    assert passed_up[:2] == ("lead", "en")
    assert re.fullmatch(r"No answer for \d+ working days: Acceptance", passed_up[2])  # up to the day of reading
    step(process_environment, STEP + ACKNOWLEDGED_THEN_DONE)
    assert sorted(mail[:2] for mail in arrived(smtp_sink)) == [("owner", "zh-Hans"), ("watcher", "en")]
