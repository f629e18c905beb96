"""Texts of mails, and sessions, aren't kept for ever; that a mail was sent, to whom and when, and change records are.

What else goes after a time: ``webhooks.forget_old_deliveries``, ``editing.repeats.forget_old_answers``.
"""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session

from roadmap.models import OutboxMessage
from roadmap.vocabulary import MessageState

DONE = (MessageState.SENT, MessageState.FAILED, MessageState.WITHDRAWN, MessageState.GIVEN_UP)
AT_ONCE = 1000


def forget_old_mail_texts(*, now: datetime) -> int:
    """Remove the bytes of mails that are done with and older than MAIL_TEXT_DAYS; returns how many had any."""
    if not settings.MAIL_TEXT_DAYS:
        return 0
    limit, forgotten = now - timedelta(days=settings.MAIL_TEXT_DAYS), 0
    old = OutboxMessage.objects.filter(state__in=DONE, created_at__lt=limit, rendered__isnull=False).order_by("pk")
    while numbers := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        forgotten += OutboxMessage.objects.filter(pk__in=numbers, state__in=DONE).update(rendered=None)
    return forgotten


def forget_ended_sessions(*, now: datetime) -> int:
    """Remove the sessions that nobody can go on with, and what is known of their browsers; returns how many."""
    ended = Session.objects.filter(expire_date__lt=now).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return ended
