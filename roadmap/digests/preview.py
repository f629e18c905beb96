"""The digest that a person would get on a day, subscribed or not. Nothing is planned by it."""

from datetime import date, datetime

from roadmap.clock import instant_at
from roadmap.digests.period import period_before
from roadmap.digests.planner import issue_of, look_of, plan_due_digests
from roadmap.digests.subscriptions import schedule_of
from roadmap.models import DigestSubscription, OutboxMessage, Person, Roadmap
from roadmap.outbox.rehearsal import NOBODYS_ADDRESS, rehearsed
from roadmap.vocabulary import MessageKind

NO_SUBSCRIPTION = 0  # no row's number, so that nothing that is made of it can mean another one later
SET_FOR_IT = [
    "weekday",
    "month_day",
    "language",
    "is_active",
    "paused_until",
    "skip_when_empty",
    "covered_until",
    "next_issue_at",
    "is_first_wanted",
]


def digest_preview(person: Person, roadmap: Roadmap, *, frequency: str, language: str, day: date) -> bytes | None:
    """The bytes of the issue that would come out on that day, empty or not: with time and filters of the person's own
    subscription of that frequency where there is one, else of a new one."""
    own = DigestSubscription.objects.filter(person=person, roadmap=roadmap, frequency=frequency)
    subscription = own.select_related("person").order_by("-is_active", "pk").first()
    is_new = subscription is None
    if subscription is None:
        subscription = DigestSubscription(pk=NO_SUBSCRIPTION, person=person, roadmap=roadmap, frequency=frequency)
        subscription.clean_fields(exclude=["covered_until"])  # turns the time of day into one
    at = instant_at(day, subscription.send_at, zone=subscription.zone)
    subscription.weekday, subscription.month_day, subscription.language = day.isoweekday(), day.day, language
    subscription.is_active, subscription.paused_until, subscription.skip_when_empty = True, None, False
    subscription.covered_until = period_before(schedule_of(subscription), at=at)
    subscription.next_issue_at, subscription.is_first_wanted = at, False

    def planned() -> OutboxMessage | None:
        if is_new:
            DigestSubscription.objects.bulk_create([subscription])
        return _planned(subscription, at)

    return rehearsed(planned, now=at)


def next_issue_preview(subscription: DigestSubscription) -> bytes | None:
    """The bytes of the subscription's next issue (with its parts at hand) as it would be, as far as is known by now.

    None when none comes: the subscription has ended, or the issue would have nothing to say.
    """
    at = subscription.next_issue_at
    if at is None or not subscription.is_active:
        return None
    look = look_of(subscription, at)
    if look.period is None:
        return None
    issue, reader = issue_of(subscription, look), subscription.person
    row = OutboxMessage(
        key=issue.key, kind=issue.kind, recipient=reader, language=reader.language, facts=issue.facts, created_at=at
    )
    return rehearsed(lambda: row, now=at)


def _planned(subscription: DigestSubscription, at: datetime) -> OutboxMessage | None:
    people = Person.objects.filter(pk=subscription.person_id)
    people.update(is_active=True, language=subscription.language)
    people.filter(email="").update(email=NOBODYS_ADDRESS)
    issues = OutboxMessage.objects.filter(recipient=subscription.person, kind=MessageKind.DIGEST)
    issues.delete()
    DigestSubscription.objects.update(next_issue_at=None)
    DigestSubscription.objects.bulk_update([subscription], SET_FOR_IT)
    plan_due_digests(now=at)
    return issues.select_related("recipient").order_by("-pk").first()
