"""How long a mail server is waited for, and how long a mail is therefore held. One place, so that the two agree."""

from datetime import timedelta

from django.conf import settings

# TCP, TLS, greetings and login; then MAIL, two RCPTs, DATA, the bytes, and MAIL once more after a stale connection
STEPS_TO_BE_CONNECTED, STEPS_OF_A_MAIL = 9, 6
RESERVE = 7 / 6  # for whatever happens beside the waiting


def connect_seconds() -> float:
    """The limit of each step until a connection stands."""
    return min(15.0, settings.EMAIL_TIMEOUT)


def step_seconds() -> float:
    """The limit of each step of a mail until its final dot."""
    return float(settings.EMAIL_TIMEOUT)


def reply_seconds() -> float:
    """The limit of the reply to the final dot; hanging up sooner than the server gives up makes duplicates."""
    return float(settings.EMAIL_REPLY_TIMEOUT)


def last_answers_seconds() -> float:
    """How long a process that is asked to end still listens for the answers to what it handed over."""
    return float(settings.STOP_SECONDS)


def claim_lease() -> timedelta:
    """Longer than the slowest server may take until the final dot."""
    slowest = STEPS_TO_BE_CONNECTED * connect_seconds() + STEPS_OF_A_MAIL * step_seconds()
    return timedelta(seconds=slowest * RESERVE)


def reply_lease() -> timedelta:
    """Longer than the slowest server may take to reply to the final dot."""
    return timedelta(seconds=reply_seconds() * RESERVE)


def grace() -> timedelta:
    """How long the copy of a mail that did arrive may need until the journal shows it."""
    return timedelta(seconds=settings.MAIL_GRACE_SECONDS)
