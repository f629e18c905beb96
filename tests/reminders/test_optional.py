"""Which reminders may be left: asked of one by its name, and of many in a query, with the same answer."""

from datetime import UTC, datetime

import pytest

from roadmap.models import OutboxMessage, ReminderOccurrence
from roadmap.models.history import SYSTEM
from roadmap.reminders.optional import IS_OPTIONAL, is_optional, leave_optional_reminders
from roadmap.vocabulary import Audience, MessageKind, MessageState
from tests.reminders.conftest import Scene

NOW = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("occurrence", "audience", "may_be_left"),
    [
        ("due=2026-12-31/T-30", Audience.OWNER, True),
        ("due=2026-12-31/T-30", Audience.LEAD, True),
        ("due=2026-12-31/evidence-T-14", Audience.OWNER, True),
        ("due=2026-12-31/overdue-1", Audience.OWNER, False),
        ("due=2026-12-31/overdue-1", Audience.WATCHERS, True),
        ("due=2026-12-31/overdue-1", Audience.CONTRIBUTORS, True),
        ("due=2026-12-31/again-2026-12-05", Audience.OWNER, False),
        ("due=2026-12-31/unanswered-T-30-1", Audience.LEAD, False),
        ("due=2026-12-31/unanswered-T-30-2", Audience.OFFICE, False),
        ("due=2026-12-31/unanswered-evidence-T-14-1", Audience.LEAD, False),
        ("silent=2026-10-01/1", Audience.OWNER, False),
        ("done=2026-11-20/unverified-1", Audience.LEAD, False),
    ],
)
def test_what_is_late_or_passed_up_must_be_read(
    scene: Scene, occurrence: str, audience: Audience, may_be_left: bool
) -> None:
    ReminderOccurrence.objects.create(
        rule=scene.rule, milestone=scene.milestone, recipient=scene.lead, occurrence=occurrence, audience=audience
    )
    assert is_optional(occurrence, audience=audience) is may_be_left
    assert ReminderOccurrence.objects.filter(IS_OPTIONAL).exists() is may_be_left


@pytest.mark.both_databases("roadmap.reminders.optional")
def test_whoever_leaves_still_hears_what_was_passed_up_to_them(scene: Scene) -> None:
    mail = OutboxMessage.objects.create(
        key="reminder/one", kind=MessageKind.REMINDER, recipient=scene.lead, address=scene.lead.email,
        language="en", deliver_after=NOW,
    )  # fmt: skip
    ReminderOccurrence.objects.create(
        rule=scene.rule, milestone=scene.milestone, recipient=scene.lead, audience=Audience.LEAD,
        occurrence="due=2026-12-31/unanswered-T-30-1", message=mail,
    )  # fmt: skip
    leave_optional_reminders(scene.lead, by=SYSTEM, now=NOW)
    mail.refresh_from_db()
    assert mail.state == MessageState.PENDING
    assert mail.reminders.count() == 1
