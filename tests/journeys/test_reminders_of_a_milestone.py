"""A milestone nears, is put off, passed up twice, moved, answered from the mail, done: the sink holds what one expects.

Each step is a process of its own. Its instants lie in the past, so that the mail server's side is as always; what a
delivery notes as the time of sending is set back to the step's.
"""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from tests.servers.smtp import Sink

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.journey

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
from roadmap.editing.answers import snooze_reminders
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


@dataclass(frozen=True)
class Arrived:
    """A mail in the sink: to whom and in which language, its subject, and the link by which it is answered."""

    to: tuple[str, str]
    subject: str
    link: str


def arrived(sink: Sink) -> list[Arrived]:
    """What came, in the order of arrival; then the sink is emptied."""
    found = [
        Arrived(
            (str(mail["To"]).rpartition("<")[2].partition("@")[0], str(mail["Content-Language"])),
            str(make_header(decode_header(str(mail["Subject"])))),
            re.findall(r"http\S+/answer/\S+/", mail.get_body(("plain",)).get_content())[0],  # type: ignore[union-attr]
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
PUT_OFF_THEN_PASSED_UP = """
snooze_reminders(milestone, by=by("owner"), now=at(10, 9), until=date(2026, 10, 12))
for day in (9, 10, 11, 12, 12, 13, 13, 14):
    tick(10, day)
"""
PASSED_UP_AGAIN_THEN_MOVED = """
for day in (15, 15, 16, 16):
    tick(10, day)
reschedule_milestone(milestone, by=by("lead"), now=at(10, 16), due_on=date(2026, 10, 23), reason="Later")
for day in (16, 17, 17):  # what a new date brings is told at the rule's next hour
    tick(10, day)
"""
ANSWERED_THEN_DONE = """
import os
from urllib.parse import urlsplit
import time_machine
from django.test import Client
from roadmap.models import Answer, ProgressUpdate
link = urlsplit(os.environ["LINK"])
with time_machine.travel(at(10, 17)):
    reader = Client(HTTP_HOST=link.netloc)
    answered = reader.post(link.path, {"act": "track", "form_key": "k" * 24}, secure=link.scheme == "https")
assert answered.status_code == 302, answered.content
assert [(one.reported_by.username, one.door) for one in ProgressUpdate.objects.all()] == [("owner", "mail")]
for day in (17, 20, 21, 22, 22):
    tick(10, day)
complete_milestone(milestone, by=by("lead"), now=at(10, 22))
for day in (23, 27, 30):
    tick(10, day)
"""


@pytest.mark.everything
def test_everybody_hears_what_they_should_and_nothing_else(
    process_environment: dict[str, str], smtp_sink: Sink
) -> None:
    step(process_environment, BEGIN + STEP + NEARS)
    (first,) = arrived(smtp_sink)
    assert (first.to, "算法验收" in first.subject) == (("owner", "zh-Hans"), True)
    step(process_environment, STEP + PUT_OFF_THEN_PASSED_UP)
    again, passed_up = arrived(smtp_sink)
    assert (again.to, "10月16日" in again.subject) == (("owner", "zh-Hans"), True)
    assert passed_up.to == ("lead", "en")
    assert re.fullmatch(r"No answer for \d+ working days: “Acceptance”", passed_up.subject)  # up to the day of reading
    step(process_environment, STEP + PASSED_UP_AGAIN_THEN_MOVED)
    mails = arrived(smtp_sink)
    office, owner, watcher = ("office", "zh-Hans"), ("owner", "zh-Hans"), ("watcher", "en")
    assert sorted(mail.to for mail in mails) == sorted([owner, watcher, owner, office, owner])
    anew = mails[-1]
    assert (anew.to, "10月23日" in anew.subject) == (owner, True)
    step({**process_environment, "LINK": anew.link}, STEP + ANSWERED_THEN_DONE)
    assert sorted(mail.to for mail in arrived(smtp_sink)) == [owner, watcher]
