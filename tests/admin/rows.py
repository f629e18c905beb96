"""Rows that only the administration's tests need; the others are in ``tests.factories``."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from roadmap.models import (
    DigestSubscription,
    Indicator,
    Invitation,
    Leave,
    OutboxMessage,
    Person,
    ReminderOccurrence,
    ReminderRule,
    Roadmap,
    Source,
)
from tests import factories as make

_numbers = count(1)


def make_indicator(roadmap: Roadmap, **fields: Any) -> Indicator:
    number = next(_numbers)
    given = {
        "code": f"indicator-{number}",
        "title_zh": "指标",
        "title_en": "Indicator",
        "unit_zh": "件",
        "unit_en": "x",
    }
    return Indicator.objects.create(**{"roadmap": roadmap, "code": f"indicator-{number}", **given, **fields})


def make_source(**fields: Any) -> Source:
    given = {"title_zh": "题", "title_en": "Title", "citation_zh": "报", "citation_en": "Paper"}
    day = date(2024, 7, 31)
    return Source.objects.create(**{"code": f"source-{next(_numbers)}", "published_on": day, **given, **fields})


def make_rule(roadmap: Roadmap | None = None, **fields: Any) -> ReminderRule:
    given = {"code": f"rule-{next(_numbers)}", "name_zh": "规则", "name_en": "Rule"}
    return ReminderRule.objects.create(**{"roadmap": roadmap or make.make_roadmap(), **given, **fields})


def make_subscription(**fields: Any) -> DigestSubscription:
    return DigestSubscription.objects.create(
        **{
            "person": fields.pop("person", None) or make.make_person(),
            "roadmap": fields.pop("roadmap", None) or make.make_roadmap(),
            "covered_until": datetime(2026, 11, 16, tzinfo=UTC),
            "next_issue_at": datetime(2026, 11, 30, tzinfo=UTC),
            **fields,
        }
    )


def make_leave(person: Person, **fields: Any) -> Leave:
    """Two weeks of January 2027."""
    days = {"from_on": date(2027, 1, 4), "until_on": date(2027, 1, 17)}
    return Leave.objects.create(**{"person": person, "deputy": make.make_person(), **days, **fields})


def make_invitation(**fields: Any) -> Invitation:
    """Of a new contributor; sent, and not accepted yet."""
    made_at, expires_at = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC)
    return Invitation.objects.create(person=make.make_person(**fields), made_at=made_at, expires_at=expires_at)


def make_message(**fields: Any) -> OutboxMessage:
    recipient = make.make_person()
    return OutboxMessage.objects.create(
        **{
            "key": f"reminder/{next(_numbers)}",
            "kind": "reminder",
            "recipient": recipient,
            "address": recipient.email,
            "language": "en",
            "deliver_after": datetime(2026, 11, 23, tzinfo=UTC),
            **fields,
        }
    )


def make_occurrence(**fields: Any) -> ReminderOccurrence:
    message = fields.pop("message", None) or make_message()
    return ReminderOccurrence.objects.create(
        **{
            "rule": fields.pop("rule", None) or make_rule(),
            "milestone": fields.pop("milestone", None) or make.make_milestone(),
            "recipient": message.recipient,
            "occurrence": "due=2026-12-31/T-30",
            "message": message,
            **fields,
        }
    )
