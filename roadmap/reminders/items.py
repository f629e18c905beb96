"""One milestone as the reminder mail tells it: its facts, what is new, and what its reader should do now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
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
from roadmap.reminders.kinds.facts import Situation, Told
from roadmap.reminders.kinds.kind import Topic
from roadmap.reminders.kinds.unverified import AWAITING
from roadmap.reminders.news import most_pressing, sentence_of, topic_of
from roadmap.reminders.to_do import to_do
from roadmap.rights import may_verify
from roadmap.vocabulary import OPEN_STATUSES, Audience


@dataclass(frozen=True)
class Item:
    """One milestone; percents are whole numbers. ``headline`` says why it is told now, in a few words; ``news`` are
    the sentences that go beyond its date. What is for information asks nothing, so it has no ``answers``;
    ``verify_address`` is empty where the reader has nothing to verify."""

    topic: Topic
    situation: Situation
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
    is_for_information: bool
    verify_address: str
    mark: str
    answers: Sequence[AnswerLink]


def item_of(
    line: MilestoneLine, told: Sequence[Told], answers: Sequence[AnswerLink], *, reader: Person, today: date
) -> Item:
    """The milestone of ``line`` with what is ``told`` of it, for ``reader``, and the ``answers`` open to them."""
    milestone, figures = line.milestone, line.figures
    earned, planned = int(shown_percent(figures.earned_percent)), int(shown_percent(figures.planned_percent))
    situation = _situation(line, told, reader, today)
    topic = most_pressing(told, situation)
    return Item(
        topic=topic,
        situation=situation,
        headline=topic.headline(situation, [one for one in told if topic_of(one, situation) is topic]),
        news=[*_in_whose_place(told), *_sentences(told, situation, topic)],
        title=milestone.title,
        short_title=shortened(milestone.title, width=60),
        address=address_of(f"/milestones/{milestone.code}/"),
        due=day_text(milestone.due_on),
        due_short=situation.due,
        days=situation.lateness,
        is_late=situation.is_overdue,
        earned=earned,
        planned=planned,
        bar=text_bar(earned),
        colour=COLOURS[figures.rag or ""],
        standing=_standing(line),
        owner=str(milestone.owner or _("nobody yet")),
        organisation=str(milestone.organisation or ""),
        place=" · ".join([milestone.initiative.title, milestone.initiative.pillar.title]),
        gate=_("%(phase)s, gate on %(day)s") % {"phase": situation.phase, "day": situation.gate},
        last_report=_last_report(line),
        to_do=to_do(situation, topic),
        is_for_information=situation.is_watcher,
        verify_address=_verify_address(milestone, reader) if topic is AWAITING and not situation.is_open else "",
        mark=mark_of(milestone.provenance),
        answers=() if situation.is_watcher else answers,
    )


def _verify_address(milestone: Milestone, reader: Person) -> str:
    """Where the reader verifies the milestone, after signing in; empty for one who may not."""
    if not may_verify(reader, milestone):
        return ""
    return address_of(f"{reverse('admin:roadmap_milestone_act', args=['verify'])}?ids={milestone.pk}")


def _situation(line: MilestoneLine, told: Sequence[Told], reader: Person, today: date) -> Situation:
    """What the words about the milestone depend on."""
    milestone, figures = line.milestone, line.figures
    stands_in = any(one.instead_of and one.audience == Audience.OWNER for one in told)
    is_owner = milestone.owner_id == reader.pk or stands_in
    audiences = {one.audience for one in told}
    is_open = milestone.status in OPEN_STATUSES
    return Situation(
        title=shortened(milestone.title, width=44),
        today=today,
        due_on=milestone.due_on,
        due=date_format(milestone.due_on, "DATE_FORMAT"),
        lateness=days_left_text((milestone.due_on - today).days) if is_open else _finished(milestone),
        is_open=is_open,
        has_owner=milestone.owner_id is not None,
        is_owner=is_owner,
        is_contributor=not is_owner and audiences <= {Audience.WATCHERS, Audience.CONTRIBUTORS},
        is_watcher=not is_owner and audiences == {Audience.WATCHERS},
        is_silent=figures.is_silent,
        has_report=line.latest_update is not None,
        is_fully_earned=figures.earned_percent >= FULL,
        is_behind=figures.planned_percent - figures.earned_percent >= BEHIND_BY_POINTS,
        phase=milestone.phase.title,
        gate=gate_text(milestone.phase),
        gate_on=milestone.phase.gate_on,
    )


def _sentences(told: Sequence[Told], situation: Situation, topic: Topic) -> list[str]:
    """What the reminders say, without what stands above all milestones of the topic."""
    is_said_above = bool(topic.lines([situation]))
    own = [one for one in told if not (is_said_above and topic_of(one, situation) is topic)]
    return [words for one in own if (words := sentence_of(one, situation))]


def _in_whose_place(told: Sequence[Told]) -> list[str]:
    """A sentence for each person on leave for whom the reader stands in."""
    names = dict.fromkeys(one.instead_of for one in told if one.instead_of)
    return [_("In place of %(name)s, who is on leave.") % {"name": name} for name in names]


def _standing(line: MilestoneLine) -> str:
    """Its health in words; of a late one, whose lateness is said already, when it is now expected. Empty once done:
    then the news say it all."""
    update = line.latest_update
    if line.milestone.status not in OPEN_STATUSES:
        return ""
    if line.figures.is_late:
        if update is None or update.forecast_on is None:
            return _("no forecast date reported")
        return _("now expected on %(day)s") % {"day": date_format(update.forecast_on, "DATE_FORMAT")}
    return reason_text(line.figures.reason)


def _finished(milestone: Milestone) -> str:
    """How a done milestone kept its date."""
    early = (milestone.due_on - (milestone.completed_on or milestone.due_on)).days
    if early > 0:
        return ngettext("done %(count)d day early", "done %(count)d days early", early) % {"count": early}
    if early < 0:
        return ngettext("done %(count)d day after the due date", "done %(count)d days after the due date", -early) % {
            "count": -early
        }
    return _("done on the due date")


def _last_report(line: MilestoneLine) -> str:
    update = line.latest_update
    if update is None:
        return _("none yet")
    parts = [date_format(update.reported_on, "DATE_FORMAT"), shortened(update.narrative, width=160)]
    return " · ".join(part for part in parts if part)
