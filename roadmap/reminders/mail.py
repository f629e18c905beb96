"""What a reminder says: its values for the templates in ``templates/mail/reminder/``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.clock import day_in
from roadmap.models import Milestone, OutboxMessage, Person
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.outbox.wording import (
    COLOURS,
    address_of,
    day_text,
    mail_from,
    mark_of,
    shortened,
    text_bar,
)
from roadmap.progress.facts import MilestoneLine, milestone_lines
from roadmap.progress.measure import BEHIND_BY_POINTS
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import days_left_text, shown_percent
from roadmap.vocabulary import OPEN_STATUSES

# A mail stays below 90 KB (some readers cut longer ones off): so many in full, so many as a line, the rest on the site
IN_FULL, AS_A_LINE = 9, 16


@dataclass(frozen=True)
class Item:
    """One milestone as the mail tells it; percents are whole numbers."""

    title: str
    short_title: str
    address: str
    due: str
    due_short: str
    days: str
    days_left: int
    earned: int
    planned: int
    bar: str
    colour: str
    standing: str
    owner: str
    organisation: str
    place: str
    gate: str
    last_report: str
    to_do: str
    mark: str


def reminder_mail(row: OutboxMessage, memory: BatchMemory) -> Mail | None:
    """The mail of all the milestones that ``row`` carries; None when none of them is open any more."""
    milestones = list(
        Milestone.objects.filter(reminders__message=row, status__in=OPEN_STATUSES)
        .select_related("initiative__roadmap", "initiative__pillar", "phase", "organisation", "owner")
        .distinct()
        .order_by("due_on", "pk")
    )
    if not milestones:
        return None
    roadmap = milestones[0].initiative.roadmap
    today = day_in(roadmap.time_zone, at=memory.now)
    items = [_item(line, row.recipient, today) for line in milestone_lines(milestones, as_of=today)]
    late = [item for item in items if item.days_left < 0]
    ahead = [item for item in items if item.days_left >= 0]
    return mail_from(
        "reminder",
        {
            "language": row.language,
            "person": row.recipient,
            "roadmap": roadmap,
            "today": day_text(today),
            "late": late,
            "ahead": ahead,
            "first": (ahead or late)[0],
            "first_title": shortened((ahead or late)[0].title, width=44),
            "groups": _groups(late, ahead),
            "unlisted": max(len(items) - IN_FULL - AS_A_LINE, 0),
            "list_address": address_of("/milestones/"),
            "why": _why(milestones, row.recipient),
        },
    )


@dataclass(frozen=True)
class Group:
    """The late or the coming milestones: some in full, some as a line."""

    heading: str
    colour: str
    is_late: bool
    in_full: Sequence[Item]
    as_a_line: Sequence[Item]


def _groups(late: Sequence[Item], ahead: Sequence[Item]) -> list[Group]:
    full, lines = IN_FULL, AS_A_LINE
    groups = []
    for heading, colour, items in ((_("Overdue"), "red", late), (_("Coming up"), "green", ahead)):
        in_full = items[:full]
        as_a_line = items[len(in_full) : len(in_full) + lines]
        full, lines = full - len(in_full), lines - len(as_a_line)
        if in_full or as_a_line:
            groups.append(Group(heading, COLOURS[colour], items is late, in_full, as_a_line))
    return groups


def _item(line: MilestoneLine, reader: Person, today: date) -> Item:
    milestone, figures = line.milestone, line.figures
    earned, planned = int(shown_percent(figures.earned_percent)), int(shown_percent(figures.planned_percent))
    days_left = (milestone.due_on - today).days
    return Item(
        title=milestone.title,
        short_title=shortened(milestone.title, width=60),
        address=address_of(f"/milestones/{milestone.code}/"),
        due=day_text(milestone.due_on),
        due_short=date_format(milestone.due_on, "DATE_FORMAT"),
        days=days_left_text(days_left),
        days_left=days_left,
        earned=earned,
        planned=planned,
        bar=text_bar(earned),
        colour=COLOURS[figures.rag or ""],
        standing=_standing(line),
        owner=str(milestone.owner or _("nobody yet")),
        organisation=str(milestone.organisation or ""),
        place=" · ".join([milestone.initiative.title, milestone.initiative.pillar.title]),
        gate=_("%(phase)s, gate on %(day)s")
        % {"phase": milestone.phase.title, "day": date_format(milestone.phase.gate_on, "DATE_FORMAT")},
        last_report=_last_report(line),
        to_do=_to_do(line, reader, days_left),
        mark=mark_of(milestone.provenance),
    )


def _standing(line: MilestoneLine) -> str:
    """Its health in words; of a late one, whose lateness is said already, when it is now expected."""
    update = line.latest_update
    if line.figures.is_late:
        if update is None or update.forecast_on is None:
            return _("no new date reported")
        return _("now expected on %(day)s") % {"day": date_format(update.forecast_on, "DATE_FORMAT")}
    return reason_text(line.figures.reason)


def _last_report(line: MilestoneLine) -> str:
    update = line.latest_update
    if update is None:
        return _("none yet")
    parts = [date_format(update.reported_on, "DATE_FORMAT"), shortened(update.narrative, width=160)]
    return " · ".join(part for part in parts if part)


def _to_do(line: MilestoneLine, reader: Person, days_left: int) -> str:
    """One sentence on what this reader should do now."""
    figures = line.figures
    if line.milestone.owner_id != reader.pk:
        if days_left < 0:
            return _("Please settle with the owner when it will be done, and have the date changed with its reason.")
        return _("Please see to it that it stays on course and that progress is reported.")
    if days_left < 0:
        return _("Please report it as done, or say when it will be and why it is late.")
    if figures.is_silent and line.latest_update is None:
        return _("Please report how far it is; nobody has reported on it yet.")
    if figures.is_silent:
        return _("Please report how far it is; the last report is too old to rely on.")
    if figures.planned_percent - figures.earned_percent >= BEHIND_BY_POINTS:
        return _("Please report what holds it up, and the date that you now expect.")
    return _("Please report progress, and report it as done once its acceptance criteria are met.")


def _why(milestones: Sequence[Milestone], reader: Person) -> str:
    """Why this reader gets the mail."""
    owned = sum(milestone.owner_id == reader.pk for milestone in milestones)
    if owned == len(milestones):
        return _("You get this because you own these milestones.")
    if owned:
        return _("You get this because you own these milestones or answer for those who do.")
    return _("You get this because you answer for these milestones, as lead of the organisation or programme office.")
