"""One milestone as the reminder mail tells it: its facts, what is new, and what its reader should do now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Milestone, Person
from roadmap.outbox.wording import COLOURS, address_of, day_text, gate_text, mark_of, shortened, text_bar
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.measure import BEHIND_BY_POINTS, FULL
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import days_left_text, shown_percent
from roadmap.reminders.answers import AnswerLink
from roadmap.reminders.news import Before, Told, Topic, topic_of
from roadmap.vocabulary import OPEN_STATUSES, Audience

MOST_NAMED = 4


@dataclass(frozen=True)
class Item:
    """One milestone; percents are whole numbers. ``headline`` says why it is told now, in a few words; ``news`` are
    the sentences that go beyond its date."""

    topic: Topic
    headline: str
    news: Sequence[str]
    title: str
    short_title: str
    address: str
    due: str
    due_short: str
    days: str
    is_late: bool
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
    answers: Sequence[AnswerLink]


def item_of(
    line: MilestoneLine, told: Sequence[Told], answers: Sequence[AnswerLink], *, reader: Person, today: date
) -> Item:
    """The milestone of ``line`` with what is ``told`` of it, for ``reader``, and the ``answers`` open to them."""
    milestone, figures = line.milestone, line.figures
    earned, planned = int(shown_percent(figures.earned_percent)), int(shown_percent(figures.planned_percent))
    days_left = (milestone.due_on - today).days
    is_open = milestone.status in OPEN_STATUSES
    topic = topic_of(told, is_late=milestone.is_overdue_on(today))
    days = days_left_text(days_left) if is_open else _finished(milestone)
    return Item(
        topic=topic,
        headline=_headline(topic, told, days, today),
        news=[*_in_whose_place(told), *(sentence for one in told if (sentence := _sentence(line, one, today)))],
        title=milestone.title,
        short_title=shortened(milestone.title, width=60),
        address=address_of(f"/milestones/{milestone.code}/"),
        due=day_text(milestone.due_on),
        due_short=date_format(milestone.due_on, "DATE_FORMAT"),
        days=days,
        is_late=milestone.is_overdue_on(today),
        earned=earned,
        planned=planned,
        bar=text_bar(earned),
        colour=COLOURS[figures.rag or ""],
        standing=_standing(line),
        owner=str(milestone.owner or _("nobody yet")),
        organisation=str(milestone.organisation or ""),
        place=" · ".join([milestone.initiative.title, milestone.initiative.pillar.title]),
        gate=_("%(phase)s, gate on %(day)s") % {"phase": milestone.phase.title, "day": gate_text(milestone.phase)},
        last_report=_last_report(line),
        to_do=_to_do(line, told, topic, reader, days_left),
        mark=mark_of(milestone.provenance),
        answers=answers,
    )


def _in_whose_place(told: Sequence[Told]) -> list[str]:
    """A sentence for each person on leave for whom the reader stands in."""
    names = dict.fromkeys(one.instead_of for one in told if one.instead_of)
    return [_("In place of %(name)s, who is on leave.") % {"name": name} for name in names]


def _headline(topic: Topic, told: Sequence[Told], days: str, today: date) -> str:
    """Why it is told now, in a few words for a subject line."""
    if topic is Topic.UNANSWERED:
        waited = max(one.waited_days for one in told)
        return ngettext("No answer for %(count)d working day", "No answer for %(count)d working days", waited) % {
            "count": waited
        }
    if topic is Topic.SILENT:
        return _days_without_report(max((today - one.day).days for one in told if one.topic is Topic.SILENT))
    if topic is Topic.EVIDENCE:
        return _("Evidence missing")
    if topic is Topic.UNVERIFIED:
        return _("Not confirmed yet")
    return days


def _sentence(line: MilestoneLine, told: Told, today: date) -> str:
    """What one reminder says beyond the due date; empty where the date says it all."""
    milestone = line.milestone
    day = date_format(told.day, "DATE_FORMAT")
    if told.topic is Topic.UNANSWERED:
        return _unanswered(told)
    if told.topic is Topic.SILENT:
        return _("%(how_long)s.") % {"how_long": _days_without_report((today - told.day).days)}
    if told.topic is Topic.EVIDENCE:
        if told.fact == "done":
            return _("Reported as done on %(day)s, without any evidence.") % {"day": day}
        return _("No evidence is attached yet.")
    if told.topic is Topic.UNVERIFIED:
        if milestone.status in OPEN_STATUSES:
            return _("Reported at 100 %% on %(day)s, and not completed yet.") % {"day": day}
        return _("Completed on %(day)s; nobody has confirmed it yet.") % {"day": day}
    return ""


def _unanswered(told: Told) -> str:
    values = {"count": told.waited_days, "whom": _whom(told.before)}
    if not told.before:
        return ngettext(
            "This comes to you because nobody has answered for %(count)d working day.",
            "This comes to you because nobody has answered for %(count)d working days.",
            told.waited_days,
        ) % values  # fmt: skip
    return ngettext(
        "This comes to you because nobody has answered for %(count)d working day. Reminded so far: %(whom)s.",
        "This comes to you because nobody has answered for %(count)d working days. Reminded so far: %(whom)s.",
        told.waited_days,
    ) % values  # fmt: skip


def _whom(before: Sequence[Before]) -> str:
    """Those who were told before, each with the day; of many the first."""
    named = [
        _("%(name)s on %(day)s") % {"name": one.name, "day": date_format(one.day, "DATE_FORMAT")}
        for one in before[:MOST_NAMED]
    ]
    return _(", ").join([*named, *(["…"] if len(before) > MOST_NAMED else [])])


def _days_without_report(days: int) -> str:
    return ngettext("No report for %(count)d day", "No report for %(count)d days", days) % {"count": days}


def _standing(line: MilestoneLine) -> str:
    """Its health in words; of a late one, whose lateness is said already, when it is now expected. Empty once done:
    then the news say it all."""
    update = line.latest_update
    if line.milestone.status not in OPEN_STATUSES:
        return ""
    if line.figures.is_late:
        if update is None or update.forecast_on is None:
            return _("no new date reported")
        return _("now expected on %(day)s") % {"day": date_format(update.forecast_on, "DATE_FORMAT")}
    return reason_text(line.figures.reason)


def _finished(milestone: Milestone) -> str:
    """How a done milestone kept its date."""
    early = (milestone.due_on - (milestone.completed_on or milestone.due_on)).days
    if early > 0:
        return ngettext("done %(count)d day early", "done %(count)d days early", early) % {"count": early}
    if early < 0:
        return ngettext("done %(count)d day late", "done %(count)d days late", -early) % {"count": -early}
    return _("done on its day")


def _last_report(line: MilestoneLine) -> str:
    update = line.latest_update
    if update is None:
        return _("none yet")
    parts = [date_format(update.reported_on, "DATE_FORMAT"), shortened(update.narrative, width=160)]
    return " · ".join(part for part in parts if part)


def _to_do(line: MilestoneLine, told: Sequence[Told], topic: Topic, reader: Person, days_left: int) -> str:
    """One sentence on what this reader should do now."""
    stands_in = any(one.instead_of and one.audience == Audience.OWNER for one in told)
    is_owner = line.milestone.owner_id == reader.pk or stands_in
    is_open = line.milestone.status in OPEN_STATUSES
    audiences = {one.audience for one in told}
    if not is_owner and audiences == {Audience.WATCHERS}:
        return _("Nothing; you hear of it because you watch it. To hear no more, stop watching it on its page.")
    is_contributor = not is_owner and audiences <= {Audience.WATCHERS, Audience.CONTRIBUTORS}
    if line.milestone.owner_id is None and is_open and not is_contributor:
        return _("Nobody owns it yet: please name an owner, who then reports its progress.")
    if topic is Topic.EVIDENCE:
        if is_owner and is_open:
            return _("Please report its progress, and attach the evidence once it is done.")
        if is_owner:
            return _("Please attach the evidence that it is done: a link, a note or a file.")
        return _("Please see to it that the evidence is attached.")
    if topic is Topic.UNVERIFIED:
        if is_owner:
            return _("Please see to it that its evidence is attached; somebody other than you has to confirm it.")
        if is_open:
            return _("Please look at it and complete it, or say what is still missing.")
        return _("Please look at its evidence and confirm that it is done, or reopen it and say why.")
    if is_contributor:
        return _("Please report what you know of its progress, or ask its owner to.")
    if not is_owner:
        if topic is Topic.UNANSWERED:
            return _("Please agree the next steps with the owner, and acknowledge or report on the owner's behalf.")
        if days_left < 0:
            return _("Please agree with the owner when it will be done, and have the date changed with its reason.")
        return _("Please see to it that it stays on course and that progress is reported.")
    return _to_do_as_owner(line, topic, days_left)


def _to_do_as_owner(line: MilestoneLine, topic: Topic, days_left: int) -> str:
    figures = line.figures
    if days_left < 0:
        return _("Please report it as done, or say when it will be and why it is late.")
    if (figures.is_silent or topic is Topic.SILENT) and line.latest_update is None:
        return _("Please report its progress; nobody has reported on it yet.")
    if (figures.is_silent or topic is Topic.SILENT) and figures.earned_percent >= FULL:
        return _("Please report it as done, or say what is still missing.")
    if figures.is_silent or topic is Topic.SILENT:
        return _("Please report its progress; the last report is too old to rely on.")
    if figures.planned_percent - figures.earned_percent >= BEHIND_BY_POINTS:
        return _("Please report what is holding it up, and the date you now expect.")
    return _("Please report progress, and report it as done once its acceptance criteria are met.")
