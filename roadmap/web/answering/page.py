"""The values of the page that asks, and of the one that says what was recorded."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.clock import day_in
from roadmap.editing.answering import can_be_taken_back
from roadmap.models import Acknowledgement, Answer, Evidence, Milestone, Person, Snooze
from roadmap.outbox.answer_links import answer_label
from roadmap.progress.facts import milestone_lines
from roadmap.vocabulary import AnswerKind
from roadmap.web.answering.standing import Standing
from roadmap.web.answering.words import ActWords, act_words, asked_text
from roadmap.web.presenters.lines import LineView, line_view
from roadmap.web.presenters.values import Day, day_of, percent


@dataclass(frozen=True)
class LastReport:
    """What was last reported, by whomever."""

    day: Day
    percent: str
    narrative: str


@dataclass(frozen=True)
class AnswerPage:
    """The milestone's short story, and the answers that may be given; ``noted`` is what this person said already."""

    line: LineView
    asked: str
    last_report: LastReport | None
    acts: list[ActWords]
    current: ActWords
    noted: list[str]


@dataclass(frozen=True)
class Fact:
    """One line of what was recorded."""

    name: str
    value: str
    address: str = ""


@dataclass(frozen=True)
class GivenPage:
    """What was recorded, what follows from it, and whether it can be taken back."""

    title: str
    milestone: str
    facts: list[Fact]
    follows: str
    is_taken_back: bool
    can_be_taken_back: bool


def answer_page(standing: Standing, kind: AnswerKind) -> AnswerPage:
    """The page with the form for ``kind``; five queries."""
    person, milestone, today = standing.person, standing.milestone, standing.today
    [line] = milestone_lines([milestone], as_of=today)
    update = line.latest_update
    acts = [act_words(one, standing) for one in standing.acts]
    return AnswerPage(
        line=line_view(line, as_of=today),
        asked=asked_text(person, milestone),
        last_report=LastReport(day_of(update.reported_on), percent(update.percent_complete), update.narrative)
        if update
        else None,
        acts=acts,
        current=next(one for one in acts if one.kind == kind),
        noted=_noted(person, milestone, today),
    )


def _noted(person: Person, milestone: Milestone, today: date) -> list[str]:
    """What the person said about the present due date already."""
    said = []
    given = Acknowledgement.objects.filter(milestone=milestone, person=person, due_on=milestone.due_on).first()
    if given is not None:
        said.append(_("You acknowledged the reminder on %(at)s.") % {"at": _instant(given.at)})
    snooze = Snooze.objects.filter(milestone=milestone, person=person, due_on=milestone.due_on, until__gt=today).first()
    if snooze is not None:
        said.append(
            _("You have snoozed its reminders until %(day)s; a new snooze replaces it.")
            % {"day": date_format(snooze.until, "DATE_FORMAT")}
        )
    return said


def last_answer(standing: Standing) -> Answer | None:
    """What the person answered last about the milestone."""
    return Answer.objects.filter(milestone=standing.milestone, person=standing.person).order_by("-pk").first()


def given_page(answer: Answer) -> GivenPage:
    """What ``answer`` (with its update, person and milestone) recorded; two queries at most."""
    later = Answer.objects.filter(
        milestone=answer.milestone_id, person=answer.person_id, pk__gt=answer.pk, taken_back_at=None
    )
    undoable = can_be_taken_back(answer) and answer.taken_back_at is None
    given_on = day_in(answer.milestone.initiative.roadmap.time_zone, at=answer.at)
    label = answer_label(answer.kind, is_overdue=answer.due_on < given_on)
    title = _("Recorded: %(answer)s") if answer.taken_back_at is None else _("Withdrawn: %(answer)s")
    return GivenPage(
        title=title % {"answer": label},
        milestone=answer.milestone.title,
        facts=list(_facts(answer)),
        follows=_follows(answer),
        is_taken_back=answer.taken_back_at is not None,
        can_be_taken_back=undoable and not later.exists(),
    )


def _facts(answer: Answer) -> list[Fact]:
    facts = []
    update = answer.update
    if answer.completed_on:
        facts.append(Fact(_("Completed on"), date_format(answer.completed_on, "DATE_FORMAT")))
    if answer.until:
        facts.append(Fact(_("No reminders until"), date_format(answer.until, "DATE_FORMAT")))
    if update is not None:
        facts.append(Fact(_("Progress"), percent(update.percent_complete)))
        if update.forecast_on and not answer.completed_on:
            name = _("Completed on") if answer.kind == AnswerKind.DONE else _("Forecast date")
            facts.append(Fact(name, date_format(update.forecast_on, "DATE_FORMAT")))
        if update.narrative:
            facts.append(Fact(_("Note"), update.narrative))
        facts += [_evidence(one) for one in update.evidence.order_by("pk")]
    facts.append(
        Fact(pgettext("answer", "Recorded"), f"{_instant(answer.at)} · {answer.person} · {answer.get_door_display()}")
    )
    return facts


def _evidence(evidence: Evidence) -> Fact:
    shown = urlsplit(evidence.url).scheme in ("http", "https")
    return Fact(_("Evidence"), evidence.title, evidence.url if shown else "")


def _follows(answer: Answer) -> str:
    if answer.taken_back_at is not None:
        return _("It counts as if you had not answered; the reminders go on.")
    texts = {
        AnswerKind.TRACK: _("The reminder isn't escalated further. Later ones are still sent, as the rules say."),
        AnswerKind.NOTED: _("The reminder isn't escalated further. Later ones are still sent, as the rules say."),
        AnswerKind.DONE: _("The milestone is done, and its reminders end.")
        if answer.completed_on
        else _("A lead or the programme office now completes the milestone; until then reminders may still be sent."),
        AnswerKind.FORECAST: _("The due date stays until a lead or the programme office reschedules it."),
        AnswerKind.SNOOZE: _("Until then you get no reminders of this milestone."),
    }
    return texts[AnswerKind(answer.kind)]


def _instant(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")
