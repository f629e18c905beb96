"""What a digest says: its values for the templates in ``templates/mail/digest/``, and who shares a mail with whom."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from roadmap.clock import day_in
from roadmap.digests.content import content_of
from roadmap.digests.filters import filters_of, limits_query, limits_text
from roadmap.digests.news import news_of
from roadmap.models import DigestSubscription, OutboxMessage
from roadmap.outbox.leaving import Leaving
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.outbox.wording import MailForm, address_of, day_text, mail_form
from roadmap.vocabulary import Frequency, MessageKind


def prepare_digests(rows: Sequence[OutboxMessage], memory: BatchMemory) -> None:
    """Fetch the subscriptions of the digests that are made together, as they are now; one query."""
    wanted = [row.facts["subscription"] for row in rows if "subscription" in row.facts]
    found = DigestSubscription.objects.filter(pk__in=wanted, is_active=True).select_related(
        "roadmap", "phase", "pillar", "initiative", "organisation"
    )
    at_hand = _subscriptions(memory)
    at_hand.update(dict.fromkeys(wanted))
    at_hand.update((subscription.pk, subscription) for subscription in found)


def digest_mail(row: OutboxMessage, memory: BatchMemory) -> Mail | None:
    """The issue of the row's subscription; None when that has ended, or has nothing to say and would rather be silent.

    A roadmap is measured once for all its readers, and the mail made once for those who read the same: only the name
    and the address by which they leave are filled in for each. The row takes on the language.
    """
    if row.facts["subscription"] not in _subscriptions(memory):
        prepare_digests([row], memory)
    subscription = _subscriptions(memory)[row.facts["subscription"]]
    if subscription is None:
        return None
    subscription.person = row.recipient
    row.language = subscription.told_in

    def made() -> MailForm | None:
        return _form(row, subscription, memory)

    with translation.override(row.language):
        # nobody else reads a person's own milestones, so that there is nothing to keep
        today = day_in(subscription.roadmap.time_zone, at=memory.now)
        key = ("digest", today, row.language, *_same_for(row, subscription))
        form = made() if subscription.only_mine else memory.once_a_plan(key, made)
    if form is None:
        return None
    return form.filled(name=str(row.recipient), leaving=Leaving(MessageKind.DIGEST, subscription.pk))


def _subscriptions(memory: BatchMemory) -> dict[int, DigestSubscription | None]:
    """Those fetched so far, None for one that has ended."""
    known: dict[int, DigestSubscription | None] = memory.once("digest subscriptions", dict)
    return known


def _same_for(row: OutboxMessage, subscription: DigestSubscription) -> tuple[object, ...]:
    """Readers for whom this is equal, and who read the same language, read the same."""
    return (
        filters_of(subscription),
        row.facts["from"],
        row.facts["until"],
        row.facts["period"],
        row.facts.get("given_up_until"),
        subscription.skip_when_empty,
        subscription.frequency,
        subscription.weekday,
        subscription.month_day,
        subscription.send_at,
        subscription.zone,
    )


def _form(row: OutboxMessage, subscription: DigestSubscription, memory: BatchMemory) -> MailForm | None:
    """The mail with blanks for what differs from reader to reader; None for nothing to say."""
    roadmap, frequency = subscription.roadmap, subscription.frequency
    start, end = (datetime.fromisoformat(row.facts[name]) for name in ("from", "until"))
    filters = filters_of(subscription)
    news = news_of(roadmap, start=start, end=end, frequency=frequency, memory=memory)
    content = content_of(news, filters)
    if content.is_empty and subscription.skip_when_empty:
        return None
    zone, limits, narrowed = ZoneInfo(subscription.zone), limits_text(subscription), limits_query(subscription)
    return mail_form(
        "digest",
        {
            "language": row.language,
            "roadmap": roadmap,
            "name": digest_name(frequency),
            "issue": _issue_name(row.facts["period"], day_in(subscription.zone, at=end)),
            "today": day_text(news.today),
            "window_start": date_format(start.astimezone(zone), "DATETIME_FORMAT"),
            "window_end": date_format(end.astimezone(zone), "DATETIME_FORMAT"),
            "window_start_day": date_format(day_in(roadmap.time_zone, at=start), "DATE_FORMAT"),
            "given_up": _given_up_day(row, subscription),
            "content": content,
            "whole": content.whole,
            "figures": content.figures,
            "over": _over(frequency),
            "filters": limits,
            "list_address": f"{address_of('/milestones/')}?{narrowed}",
            "changes_address": f"{address_of('/changes/')}?{narrowed}&from={news.since}&to={news.today}",
            "scope": limits or roadmap.title,
            "rhythm": rhythm_text(subscription),
        },
        attachments=content.attachments,
    )


def _given_up_day(row: OutboxMessage, subscription: DigestSubscription) -> str:
    """The day of the issue before this one that may not have arrived, or ``""``."""
    until = row.facts.get("given_up_until")
    return day_text(day_in(subscription.zone, at=datetime.fromisoformat(until))) if until else ""


def _over(frequency: str) -> str:
    """How long a sparkline looks back."""
    words = {Frequency.DAILY: _("Last 12 days"), Frequency.WEEKLY: _("Last 12 weeks")}
    return words.get(Frequency(frequency), _("Last 12 months"))


def digest_name(frequency: str) -> str:
    """What a digest of that rhythm is called."""
    names = {Frequency.DAILY: _("Daily digest"), Frequency.WEEKLY: _("Weekly digest")}
    return names.get(Frequency(frequency), _("Monthly digest"))


def _issue_name(period: str, day: date) -> str:
    """The issue in words, from its period's key."""
    kind, _slash, name = period.partition("/")
    if kind == "weekly":
        year, week = name.split("-W")
        return _("week %(week)s of %(year)s") % {"week": int(week), "year": year}
    if kind == "monthly":
        return date_format(date.fromisoformat(f"{name}-01"), "YEAR_MONTH_FORMAT")
    return date_format(day if kind == "first" else date.fromisoformat(name), "DATE_FORMAT")


def rhythm_text(subscription: DigestSubscription) -> str:
    """How often, when and by which clocks its issues come, in words."""
    values = {
        "time": time_format(subscription.send_at, "TIME_FORMAT"),
        "zone": subscription.zone,
        "weekday": date_format(date(2024, 1, subscription.weekday), "l"),  # 2024 began on a Monday
        "day": subscription.month_day,
    }
    if subscription.frequency == Frequency.WEEKLY:
        return _("every %(weekday)s at %(time)s (%(zone)s)") % values
    if subscription.frequency == Frequency.MONTHLY:
        return _("on day %(day)s of each month at %(time)s (%(zone)s)") % values
    return _("every day at %(time)s (%(zone)s)") % values
