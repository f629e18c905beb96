"""Acts on digest subscriptions: subscribe, change, pause, unsubscribe. Each keeps the schedule's columns right."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.clock import day_in
from roadmap.coded_reasons import coded
from roadmap.digests.period import Schedule, first_issue_from, next_issue, period_before
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import DigestSubscription, OutboxMessage, Person, Roadmap
from roadmap.models.history import Actor, note_change
from roadmap.outbox.render import BatchMemory
from roadmap.outbox.withdraw import waiting_digests, withdraw_superseded
from roadmap.rights import may_administer
from roadmap.validity import check_fields, check_whole
from roadmap.vocabulary import Door

KEPT_BY_ACTS = ("covered_until", "next_issue_at", "paused_until", "is_active", "person", "roadmap")


def subscribe(
    person: Person,
    roadmap: Roadmap,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    first_issue_now: bool = False,
    **fields: Any,
) -> DigestSubscription:
    """A new subscription. Its first issue comes at once, if asked for, else at the next time of its schedule.

    Either way the first issue tells of a whole period, so that a person sees what they subscribed to.

    Raises InvalidChange naming the fields that are wrong; NotAllowed for other people's, except by the office.
    """
    subscription = DigestSubscription(person=person, roadmap=roadmap)
    _require_own(by, subscription)
    _set(subscription, fields)
    subscription.covered_until = now  # for the check; set right below
    check_whole(subscription)
    schedule = schedule_of(subscription)
    following = next_issue(schedule, after=now).at
    subscription.next_issue_at, subscription.is_first_wanted = now if first_issue_now else following, first_issue_now
    subscription.covered_until = period_before(schedule, at=subscription.next_issue_at)
    return _write(subscription, by=by, reason=reason)


def change_subscription(
    subscription: DigestSubscription, *, by: Actor, now: datetime, reason: str = "", **fields: Any
) -> DigestSubscription:
    """Change schedule or filters; also starts a paused or ended subscription anew. Nothing falls between two issues."""
    with transaction.atomic():
        current = _locked(subscription)
        _require_own(by, current)
        _set(current, fields)
        check_whole(current)
        current.is_active, current.paused_until, current.is_first_wanted = True, None, False
        current.next_issue_at = next_issue(schedule_of(current), after=now).at
        return _write(current, by=by, reason=reason)


def pause(
    subscription: DigestSubscription, *, by: Actor, now: datetime, until: date, reason: str = ""
) -> DigestSubscription:
    """No issue before the day ``until`` (local to the subscription); the first after it covers the whole pause."""
    with transaction.atomic():
        current = _locked(subscription)
        _require_own(by, current)
        if until <= day_in(current.zone, at=now):
            raise InvalidChange({"paused_until": _("Give a day that lies ahead.")})
        current.paused_until, current.is_first_wanted = until, False
        current.next_issue_at = first_issue_from(schedule_of(current), day=until).at
        _take_back_what_waits(current)
        return _write(current, by=by, reason=reason)


def unsubscribe(subscription: DigestSubscription, *, by: Actor, now: datetime, reason: str = "") -> DigestSubscription:
    """End the subscription; an issue that waits to be sent is not sent."""
    with transaction.atomic():
        current = _locked(subscription)
        _require_own(by, current)
        current.is_active, current.next_issue_at = False, None
        _take_back_what_waits(current)
        return _write(current, by=by, reason=reason)


def unsubscribe_from_mail(number: int, now: datetime) -> bool:
    """End the subscription of that number by the link in a mail, once; False when it or its account is gone."""
    rows = DigestSubscription.objects.filter(pk=number, person__is_active=True).select_related("person")
    subscription = rows.first()
    if subscription is not None and subscription.is_active:
        unsubscribe(subscription, by=Actor(subscription.person, Door.MAIL), now=now, reason=coded("left-by-mail"))
    return subscription is not None


def issue_still_wanted(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Whether the reader of a digest still wants it; if not, what it was to tell is left to the next one.

    What waits is taken back by the act that ends or pauses a subscription. What was on its way then, and comes back,
    is noticed here: it was claimed before.
    """
    number = row.facts.get("subscription")
    if row.fence <= 1 or number is None:
        return True
    with transaction.atomic():
        rows = DigestSubscription.objects.select_for_update(of=("self",), no_key=True).select_related("person")
        subscription = rows.filter(pk=number).first()
        if subscription is None:
            return False
        until = subscription.paused_until
        if subscription.is_active and (until is None or day_in(subscription.zone, at=memory.now) >= until):
            return True
        start = min(subscription.covered_until, datetime.fromisoformat(row.facts["from"]))
        DigestSubscription.objects.filter(pk=subscription.pk).update(covered_until=start)
    return False


def schedule_of(subscription: DigestSubscription) -> Schedule:
    """The subscription's rhythm, in its own zone or its reader's."""
    return Schedule(
        frequency=subscription.frequency,
        weekday=subscription.weekday,
        month_day=subscription.month_day,
        send_at=subscription.send_at,
        zone=subscription.zone,
    )


def _locked(subscription: DigestSubscription) -> DigestSubscription:
    return (
        DigestSubscription.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person")
        .get(pk=subscription.pk)
    )


def _take_back_what_waits(subscription: DigestSubscription) -> None:
    """An issue that waits is not sent; what it was to tell is left to the next one."""
    waiting = waiting_digests([subscription])
    starts = [datetime.fromisoformat(row.facts["from"]) for row in waiting]
    subscription.covered_until = min([subscription.covered_until, *starts])
    withdraw_superseded(waiting)


def _set(subscription: DigestSubscription, fields: dict[str, Any]) -> None:
    check_fields(DigestSubscription, fields, kept_by_acts=KEPT_BY_ACTS)
    for name, value in fields.items():
        setattr(subscription, name, value)


def _write(subscription: DigestSubscription, *, by: Actor, reason: str) -> DigestSubscription:
    with transaction.atomic():
        note_change(subscription, by=by, reason=reason)
        subscription.save()
    return subscription


def _require_own(by: Actor, subscription: DigestSubscription) -> None:
    person = by.person
    own = person is not None and person.is_active and person.pk == subscription.person_id
    if person is not None and not own and not may_administer(person):
        raise NotAllowed(_("You may change your own subscriptions only."))
