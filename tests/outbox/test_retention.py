"""What isn't kept for ever goes by the settings; that a mail was sent stays known."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from pytest_django import Settings

from roadmap.models import OutboxMessage
from roadmap.outbox.retention import forget_ended_sessions, forget_old_mail_texts
from roadmap.vocabulary import MessageState
from tests.factories import make_person
from tests.outbox.conftest import NOW, make_message

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
DAYS = timedelta(days=10)
GOES, STAYS = (
    (MessageState.SENT, MessageState.FAILED, MessageState.WITHDRAWN, MessageState.GIVEN_UP),
    (MessageState.PENDING, MessageState.SENDING, MessageState.UNSURE),
)


def texts() -> dict[str, bool]:
    """Whether the text of the mail of each state is kept."""
    return {row.state: row.rendered is not None for row in OutboxMessage.objects.all()}


@pytest.mark.parametrize(
    ("days", "age", "kept"),
    [(10, DAYS, True), (10, DAYS + timedelta(seconds=1), False), (0, timedelta(days=9999), True)],
    ids=["young", "old", "for ever"],
)
def test_text_of_a_mail_that_is_done_with_goes_and_its_record_stays(
    settings: Settings, days: int, age: timedelta, kept: bool
) -> None:
    settings.MAIL_TEXT_DAYS = days
    for state in (*GOES, *STAYS):
        make_message(state=state, rendered=b"text", sent_at=NOW, committing_at=NOW)
    OutboxMessage.objects.update(created_at=NOW - age)
    forget_old_mail_texts(now=NOW)
    assert texts() == {**dict.fromkeys(GOES, kept), **dict.fromkeys(STAYS, True)}


def test_sessions_that_nobody_can_go_on_with_go_with_what_is_known_of_their_browsers() -> None:
    for key in ("ended", "goes on", "gone before"):
        UserSession.objects.create(user=make_person(), session_key=key, ip="127.0.0.1", user_agent="Browser")
    Session.objects.create(session_key="ended", expire_date=NOW - timedelta(seconds=1))
    Session.objects.create(session_key="goes on", expire_date=NOW + timedelta(seconds=1))
    assert forget_ended_sessions(now=NOW) == 1
    assert Session.objects.get().session_key == "goes on"
    assert UserSession.objects.get().session_key == "goes on"
