"""A reminder goes out, its reader answers by the link in it, twice at once; with a real web server and a real sink."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from tests.servers.smtp import Sink
from tests.servers.web import ROOT, at_once, await_answer, served

PREPARE = """
from datetime import timedelta
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
from roadmap import clock
from roadmap.models import ReminderRule
from tests import factories as make
now = clock.now()
first = make.make_milestone(code="first", title_en="First", owner=make.make_person(username="lin", language="en"),
                            due_on=now.date() + timedelta(days=20), remind_at=now - timedelta(days=60))
make.make_milestone(first.initiative, first.phase, code="second", title_en="Second", owner=first.owner,
                    due_on=now.date() + timedelta(days=20), remind_at=now - timedelta(days=60))
ReminderRule.objects.create(roadmap=first.initiative.roadmap, code="r", name_zh="规则", name_en="Rule", offsets=[30])
"""
TICK = """
from roadmap import clock
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.moment import database_clock
from roadmap.reminders.planner import plan_due_reminders
plan_due_reminders(now=clock.now())
deliver_pending(clock=database_clock)
"""
# As when the rule's hour comes: whatever an edit has brought is told then
AT_THE_HOUR = f"""
from datetime import UTC, datetime
from roadmap.models import Milestone
Milestone.objects.update(remind_at=datetime(2026, 1, 1, tzinfo=UTC))
{TICK}
"""
ANOTHER_RULE = f"""
from datetime import timedelta
from django.db.models import F
from roadmap.models import OutboxMessage, ReminderRule, Roadmap
OutboxMessage.objects.update(sent_at=F("sent_at") - timedelta(days=1))  # on one day nobody is told twice
ReminderRule.objects.create(roadmap=Roadmap.objects.get(), code="s", name_zh="规则", name_en="Rule", offsets=[25])
{AT_THE_HOUR}
"""

pytestmark = [pytest.mark.journey, pytest.mark.on_postgresql]


def python(environment: Mapping[str, str], code: str) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", code]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@dataclass(frozen=True)
class Site:
    """The running server, and the environment of the processes beside it."""

    url: str
    environment: Mapping[str, str]

    def reports(self) -> list[tuple[str, int, str]]:
        """All reports: the milestone, the percentage, through which door."""
        found = httpx.get(f"{self.url}/api/v1/progress-updates/").json()["results"]
        return [(one["milestone"]["code"], one["percent_complete"], one["door"]) for one in found]


@pytest.fixture
def site(process_environment: dict[str, str]) -> Iterator[Site]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment = {
            **process_environment,
            "BIND": f"fd://{listening.fileno()}",
            "SITE_URL": url,
            "WEB_WORKERS": "2",
            "WEB_THREADS": "4",
        }
        python(environment, PREPARE)
        with served(environment, listening.fileno()):
            await_answer(f"{url}/health/live")
            yield Site(url, environment)


def addresses_in(mail: str) -> dict[str, list[str]]:
    """The links by which the mail is answered, by the answer, in the order of the milestones."""
    found: dict[str, list[str]] = {}
    for address, act in re.findall(r"(http://\S+/answer/\S+/)\?act=(\w+)", mail):
        found.setdefault(act, []).append(f"{address}?act={act}")
    return found


def form_of(page: httpx.Response) -> dict[str, str]:
    """The hidden values of the page's form."""
    fields = re.findall(r'<input type="hidden" name="(act|form_key|csrfmiddlewaretoken)" value="([^"]+)"', page.text)
    main = page.text.partition("<main")[2]
    return dict(fields) | dict(re.findall(r'name="(form_key)" value="([^"]+)"', main)) | {"act": page.url.params["act"]}


@pytest.mark.everything
def test_reminder_is_answered_by_its_link_once_however_often_it_is_clicked(site: Site, smtp_sink: Sink) -> None:
    python(site.environment, TICK)
    (mail,) = smtp_sink.messages
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    links = addresses_in(text)
    assert {act: len(found) for act, found in links.items()} == dict.fromkeys(
        ("track", "done", "forecast", "noted", "snooze"), 2
    )
    assert [address in html for found in links.values() for address in found] == [True] * 10
    for address in [*links["track"], *links["done"], *links["snooze"]]:  # as scanners of mail do
        assert [httpx.get(address).status_code, httpx.head(address).status_code] == [200, 200]
    assert site.reports() == []

    with httpx.Client(timeout=60) as reader:
        form = form_of(reader.get(links["track"][0])) | {"percent": "55", "note": "Well under way"}
        answers = at_once(*[partial(reader.post, links["track"][0], data=form)] * 6)
        assert {(answer.status_code, answer.headers.get("Location")) for answer in answers} == {
            (302, answers[0].headers["Location"])
        }
        assert site.reports() == [("first", 55, "mail")]
        assert "Well under way" in reader.get(site.url + answers[0].headers["Location"]).text

        form = form_of(reader.get(links["snooze"][1])) | {"days": "3"}
        snoozed = reader.post(links["snooze"][1], data=form)
        python(site.environment, ANOTHER_RULE)
        assert [told(one) for one in smtp_sink.messages] == [{"First", "Second"}, {"First"}]

        undo = {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]}
        assert reader.post(site.url + snoozed.headers["Location"], data=undo).status_code == 302
        python(site.environment, AT_THE_HOUR)
        assert [told(one) for one in smtp_sink.messages] == [{"First", "Second"}, {"First"}, {"Second"}]


def told(mail: object) -> set[str]:
    """The milestones that a mail speaks of."""
    text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    return {"First", "Second"}.intersection(text.splitlines())  # lines of a mail end in CRLF, as sent
