"""The database goes away, or is slow, right where a mail is marked and its final dot isn't sent yet."""

import pytest
from django.db import OperationalError

from roadmap.models import OutboxMessage
from roadmap.outbox import claim, sending
from roadmap.outbox.deliver import deliver_pending
from roadmap.vocabulary import MessageState
from tests.outbox.conftest import Clock, Words, make_message
from tests.servers.smtp import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]


@pytest.fixture
def slow_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing the marks takes so long that others may soon count their mails as lost."""
    monkeypatch.setattr(sending, "reply_seconds", lambda: 0.0)


def as_stored(message: OutboxMessage) -> tuple[str, bool]:
    """Its state, and whether it counts as handed over."""
    message.refresh_from_db()
    return message.state, message.committing_at is not None


def test_mail_whose_mark_took_long_is_not_sent_and_waits_again(
    clock: Clock, words: Words, smtp_sink: Sink, slow_marks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, unmark = make_message(), claim.unmark
    unmarked: list[int] = []

    def unmark_and_stop(rows: list[OutboxMessage], *, now: object) -> None:
        unmark(rows, now=now)  # type: ignore[arg-type]
        unmarked.extend(row.pk for row in rows)
        OutboxMessage.objects.update(deliver_after=clock.now.replace(year=2030))  # once is enough

    monkeypatch.setattr(claim, "unmark", unmark_and_stop)
    deliver_pending(clock=clock)
    assert (unmarked, smtp_sink.raw) == ([message.pk], [])
    assert as_stored(message) == (MessageState.PENDING, False)


def test_mark_left_by_a_database_that_went_away_is_taken_back_as_its_dot_was_never_sent(
    clock: Clock, words: Words, smtp_sink: Sink, slow_marks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, unmark = make_message(), claim.unmark
    tried: list[int] = []

    def unmark_once_it_is_back(rows: list[OutboxMessage], *, now: object) -> None:
        tried.append(len(rows))
        if len(tried) == 1:
            raise OperationalError("the connection is lost")
        unmark(rows, now=now)  # type: ignore[arg-type]

    monkeypatch.setattr(claim, "unmark", unmark_once_it_is_back)
    with pytest.raises(OperationalError):
        deliver_pending(clock=clock)
    assert (tried, smtp_sink.raw) == ([1, 1], [])
    assert as_stored(message) == (MessageState.PENDING, False)
