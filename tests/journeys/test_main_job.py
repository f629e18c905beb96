"""The main job, whole: one command starts everything; an edit and a report come back as reminder and digest."""

import mailbox
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import httpx
import pytest

from roadmap import clock
from tests.servers.program import Program
from tests.servers.waiting import PATIENCE, wait_for

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("program")]

MILESTONE = "sample-ifs-pilot-c-land"  # owned by Tang Wei, who reads English
OWNER = "tang-wei@example.org"
LOOK = """
from django.core.management import call_command
call_command("plan")
call_command("dispatch", once=True)
"""
# As when the rule's hour comes, a day later: what an edit has brought is told then
AT_THE_NEXT_HOUR = f"""
from datetime import timedelta
from django.db.models import F
from roadmap.models import Milestone, OutboxMessage
OutboxMessage.objects.update(sent_at=F("sent_at") - timedelta(days=1))
Milestone.objects.filter(code="{MILESTONE}").let_planner_catch_up()
"""


def mails(program: Program) -> list[EmailMessage]:
    box = mailbox.Maildir(program.data_dir / "mailbox", create=False)
    keys = box.keys()  # iterating over the box itself gives messages
    return [message_from_bytes(box.get_bytes(key), policy=policy.default) for key in keys]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@contextmanager
def signed_in(program: Program) -> Iterator[httpx.Client]:
    """A client in the admin's session, by the password that was made for it."""
    password = (program.data_dir / "admin-password").read_text()
    english = {"Accept-Language": "en"}
    with httpx.Client(base_url=program.url, follow_redirects=True, headers=english, timeout=PATIENCE) as client:
        page = client.get("/admin/login/")
        answer = client.post(
            "/admin/login/",
            data={"username": "admin", "password": password, "csrfmiddlewaretoken": form_token(page.text)},
            headers={"Referer": program.url},
        )
        assert "/login/" not in str(answer.url)
        yield client


def form_token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def test_an_edit_and_a_report_come_back_as_page_history_reminder_and_digest(program: Program) -> None:
    with httpx.Client(base_url=program.url, timeout=PATIENCE) as reader, signed_in(program) as admin:
        # The page: both gates, in both languages.
        english = reader.get("/", headers={"Accept-Language": "en"}).text
        assert "31 December 2026" in english
        assert "31 December 2029" in english
        assert "2026年12月31日" in reader.get("/", headers={"Accept-Language": "zh-CN"}).text

        # The first reminders went out at the first look; from here on, count what comes of our own edit.
        milestone = reader.get("/api/v1/milestones/", params={"code": MILESTONE}).json()["results"][0]
        program.manage("shell", "-v0", "-c", LOOK)
        wait_for(program.nothing_waits)
        before = len(_reminders_to(program, OWNER))

        # The API: a report, by token; before the edit, of which the program may tell at any moment.
        token = program.manage("create_token", "admin", "--name", "journey")
        report = reader.post(
            f"/api/v1/milestones/{milestone['id']}/progress-updates/",
            headers={"Authorization": f"Bearer {token}"},
            json={"percent_complete": 93, "confidence": "green", "narrative_en": "All lanes are scanned."},
        )
        assert report.status_code == 201, report.text
        assert reader.get(f"/api/v1/milestones/{milestone['id']}/").json()["progress"]["earned_percent"] == 93
        assert "All lanes are scanned." in reader.get(f"/milestones/{MILESTONE}/").text

        # The admin: a new due date, with its reason.
        today = clock.day_in("Asia/Shanghai", at=clock.now())
        due_on = today + timedelta(days=6)  # the threshold of seven days was crossed, whatever hour it is
        milestone = reader.get(f"/api/v1/milestones/{milestone['id']}/").json()
        page = admin.get(f"/admin/roadmap/milestone/{milestone['id']}/reschedule/")
        answer = admin.post(
            page.url,
            data={
                "csrfmiddlewaretoken": form_token(page.text),
                "how": "date",
                "due_on": due_on.isoformat(),
                "reason": "The supplier delivers earlier.",
                f"version-{milestone['id']}": str(milestone["version"]),
                "_do": "1",
            },
            headers={"Referer": program.url},
        )
        assert answer.status_code == 200
        changed = reader.get(f"/api/v1/milestones/{milestone['id']}/").json()
        assert changed["due_on"] == due_on.isoformat()
        assert (
            "The supplier delivers earlier." in admin.get(f"/admin/roadmap/milestone/{milestone['id']}/history/").text
        )

        # The reminder: one, to the owner, with the new date and the new progress; a second look sends nothing more.
        program.manage("shell", "-v0", "-c", AT_THE_NEXT_HOUR + LOOK * 2)
        wait_for(lambda: len(_reminders_to(program, OWNER)) > before and program.nothing_waits())
        new = _reminders_to(program, OWNER)[before:]
        assert len(new) == 1
        text = text_of(new[0])
        assert "6 days left" in text
        assert "93%" in text
        assert f"{program.url}/milestones/{MILESTONE}/" in text

        # The digest, and the mailbox that shows it all.
        digests = [mail for mail in mails(program) if mail["List-Id"].startswith("<digest.")]
        assert digests
        assert "Smart Customs" in admin.get("/mailbox/", headers={"Accept-Language": "en"}).text


def _reminders_to(program: Program, address: str) -> list[EmailMessage]:
    found = [mail for mail in mails(program) if address in mail["To"] and mail["List-Id"].startswith("<reminder.")]
    return sorted(found, key=lambda mail: mail["Date"].datetime)
