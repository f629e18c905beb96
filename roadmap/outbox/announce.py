"""Writes down what webhooks are to be told, in the transaction of the change itself; sending is ``webhooks.py``."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from roadmap.models import Milestone, Observation, ProgressUpdate, Webhook, WebhookDelivery
from roadmap.vocabulary import HookEvent

PING = "ping"


@dataclass(frozen=True)
class Happening:
    """What happened: the event, what is told of it (plain JSON), and the branch it happened in (its path)."""

    event: HookEvent
    told: Mapping[str, Any]
    path: str = ""


def announce(happenings: Sequence[Happening], *, now: datetime) -> int:
    """Let every webhook that listens be told; how many deliveries that makes. One statement, two where one listens."""
    if not happenings:
        return 0
    listening = Webhook.objects.select_related("organisation").filter(is_active=True, person__is_active=True)
    deliveries = [
        delivery_of(webhook, event=one.event, told=one.told, now=now)
        for webhook in listening
        for one in happenings
        if one.event in webhook.event_set
        and (webhook.organisation is None or one.path.startswith(webhook.organisation.path))
    ]
    WebhookDelivery.objects.bulk_create(deliveries)
    return len(deliveries)


def delivery_of(webhook: Webhook, *, event: str, told: Mapping[str, Any], now: datetime) -> WebhookDelivery:
    """One delivery, not yet saved; its body bears its number, so that its receiver knows a repetition."""
    number = uuid4()
    body = {"id": str(number), "type": event, "timestamp": now.isoformat(), "data": told}
    return WebhookDelivery(
        webhook=webhook,
        number=number,
        event=event,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        deliver_after=now,
    )


def milestone_happenings(event: HookEvent, milestones: Iterable[Milestone]) -> list[Happening]:
    """The event, of each milestone."""
    return [
        Happening(
            event,
            {
                **_named(milestone),
                "version": milestone.version,
                "status": milestone.status,
                "planned_start_on": str(milestone.planned_start_on),
                "due_on": str(milestone.due_on),
                "completed_on": _day(milestone.completed_on),
                "organisation": milestone.organisation.code if milestone.organisation else None,
            },
            milestone.organisation.path if milestone.organisation else "",
        )
        for milestone in milestones
    ]


def progress_happenings(updates: Iterable[ProgressUpdate]) -> list[Happening]:
    """That progress was recorded, for each update."""
    return [Happening(HookEvent.PROGRESS_RECORDED, _reported(update), _branch_of(update)) for update in updates]


def withdrawal_happening(update: ProgressUpdate) -> Happening:
    """That a report was withdrawn: what it said, and why it counts no more."""
    told = {**_reported(update), "reason": update.withdrawn_reason}
    return Happening(HookEvent.PROGRESS_WITHDRAWN, told, _branch_of(update))


def _reported(update: ProgressUpdate) -> dict[str, Any]:
    return {
        "id": update.pk,
        "milestone": _named(update.milestone),
        "reported_on": str(update.reported_on),
        "percent_complete": float(update.percent_complete),
        "confidence": update.confidence,
        "forecast_on": _day(update.forecast_on),
        "external_ref": update.external_ref,
    }


def _branch_of(update: ProgressUpdate) -> str:
    return update.milestone.organisation.path if update.milestone.organisation else ""


def observation_happenings(observations: Iterable[Observation]) -> list[Happening]:
    """That a value was added, for each observation; values of indicators belong to no branch."""
    return [
        Happening(
            HookEvent.OBSERVATION_ADDED,
            {
                "id": one.pk,
                "indicator": {"id": one.indicator_id, "code": one.indicator.code},
                "period": one.period,
                "ends_on": str(one.ends_on),
                "value": f"{one.value:f}",
            },
        )
        for one in observations
    ]


def _named(milestone: Milestone) -> dict[str, Any]:
    return {"id": milestone.pk, "code": milestone.code}


def _day(day: Any) -> str | None:
    return None if day is None else str(day)
