"""What a digest says: its values for the templates in ``templates/mail/digest/``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from roadmap.clock import day_in
from roadmap.digests.changes import Changes, changes_between
from roadmap.digests.content import Section, Standing, gates, lines_for, measured, points, sections, standing
from roadmap.models import DigestSubscription, OutboxMessage, Roadmap
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.outbox.wording import day_text, mail_from
from roadmap.progress.measure import Figures
from roadmap.progress.queries import RoadmapProgress, roadmap_progress
from roadmap.vocabulary import Frequency, Provenance

# Figures are those of whole days: a window is measured from the end of the day nearest to its beginning
HALF_A_DAY = timedelta(hours=12)


def digest_mail(row: OutboxMessage, memory: BatchMemory) -> Mail | None:
    """The issue of the row's subscription; None when that has ended, or has nothing to say and would rather be silent.

    A roadmap is measured once for all the readers of a delivery run, and sorted once for those with the same filters.
    """
    subscription = (
        DigestSubscription.objects.filter(pk=row.facts["subscription"], is_active=True)
        .select_related("person", "roadmap", "phase", "pillar", "organisation")
        .first()
    )
    if subscription is None:
        return None
    roadmap = subscription.roadmap
    start, end = (datetime.fromisoformat(row.facts[name]) for name in ("from", "until"))
    today = day_in(roadmap.time_zone, at=memory.now)
    started = day_in(roadmap.time_zone, at=start)
    before = day_in(roadmap.time_zone, at=start - HALF_A_DAY)
    content = memory.once(
        ("digest", row.language, _same_for(subscription), start, end),
        lambda: _content(subscription, memory, today=today, before=before, start=start, end=end),
    )
    if not content.sections and subscription.skip_when_empty:
        return None
    figures = content.figures
    zone = ZoneInfo(subscription.person.time_zone)
    return mail_from(
        "digest",
        {
            "language": row.language,
            "person": subscription.person,
            "roadmap": roadmap,
            "name": _name(subscription.frequency),
            "issue": _issue_name(row.facts["period"], day_in(subscription.person.time_zone, at=end)),
            "today": day_text(today),
            "window_start": date_format(start.astimezone(zone), "DATETIME_FORMAT"),
            "window_end": date_format(end.astimezone(zone), "DATETIME_FORMAT"),
            "window_start_day": date_format(started, "DATE_FORMAT"),
            "whole": standing(roadmap.title, "", 0, figures),
            "figures": figures,
            "change": points(content.change),
            "gates": content.gates,
            "sections": content.sections,
            "filters": _filters(subscription),
            "has_sample": Provenance.SAMPLE in content.provenances,
            "has_derived": Provenance.DERIVED in content.provenances,
            "rhythm": _rhythm(subscription),
        },
    )


@dataclass(frozen=True)
class _Content:
    """What readers with the same filters, window and language share. ``change`` is in points of earned progress."""

    figures: Figures
    change: Decimal
    gates: Sequence[Standing]
    sections: Sequence[Section]
    provenances: frozenset[str]


def _content(
    subscription: DigestSubscription,
    memory: BatchMemory,
    *,
    today: date,
    before: date,
    start: datetime,
    end: datetime,
) -> _Content:
    roadmap = subscription.roadmap
    progress, earlier = _progress(roadmap, today, memory), _progress(roadmap, before, memory)
    changes: Changes = memory.once(
        ("changes", roadmap.pk, start, end), lambda: changes_between(roadmap, start=start, end=end)
    )
    lines = lines_for(subscription, progress)
    figures = measured(lines)
    return _Content(
        figures=figures,
        change=figures.earned - measured(lines_for(subscription, earlier)).earned,
        gates=gates(progress, lines),
        sections=sections(lines, changes),
        provenances=frozenset(line.milestone.provenance for line in lines),
    )


def _same_for(subscription: DigestSubscription) -> tuple[int | None, ...]:
    """What a digest's content depends on, beside its window and language."""
    reader = subscription.person_id if subscription.only_mine else None
    return (
        subscription.roadmap_id,
        subscription.phase_id,
        subscription.pillar_id,
        subscription.organisation_id,
        reader,
    )


def _progress(roadmap: Roadmap, day: date, memory: BatchMemory) -> RoadmapProgress:
    return memory.once(("progress", roadmap.pk, day), lambda: roadmap_progress(roadmap, as_of=day))


def _name(frequency: str) -> str:
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


def _filters(subscription: DigestSubscription) -> str:
    """What the digest is limited to; empty when it covers the whole roadmap."""
    parts = [str(part) for part in (subscription.phase, subscription.pillar, subscription.organisation) if part]
    return " · ".join([*parts, *([_("only my milestones")] if subscription.only_mine else [])])


def _rhythm(subscription: DigestSubscription) -> str:
    values = {
        "time": time_format(subscription.send_at, "TIME_FORMAT"),
        "zone": subscription.person.time_zone,
        "weekday": date_format(date(2024, 1, subscription.weekday), "l"),  # 2024 began on a Monday
        "day": subscription.month_day,
    }
    if subscription.frequency == Frequency.WEEKLY:
        return _("every %(weekday)s at %(time)s (%(zone)s)") % values
    if subscription.frequency == Frequency.MONTHLY:
        return _("on day %(day)s of each month at %(time)s (%(zone)s)") % values
    return _("every day at %(time)s (%(zone)s)") % values
