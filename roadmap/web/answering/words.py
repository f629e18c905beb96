"""What the page says, in the active language: who asks, what each answer means, why a link leads no further."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.editing.answers import latest_snooze
from roadmap.editing.verification import missing_for_verification
from roadmap.models import Milestone, Person
from roadmap.outbox.answer_links import answer_label
from roadmap.rights import may_administer
from roadmap.vocabulary import AnswerKind
from roadmap.web.answering.standing import Refused, Standing, Why


@dataclass(frozen=True)
class ActWords:
    """One answer: its name, what giving it does, the button that gives it."""

    kind: str
    label: str
    effect: str
    button: str


@dataclass(frozen=True)
class RefusalWords:
    """Why the link leads no further, and what to do now."""

    title: str
    reason: str
    advice: str


def act_words(kind: AnswerKind, standing: Standing) -> ActWords:
    """The words for one answer about the standing's milestone."""
    milestone, today = standing.milestone, standing.today
    is_overdue = milestone.is_overdue_on(today)
    effects = {
        AnswerKind.TRACK: _track_effect(is_overdue=is_overdue),
        AnswerKind.DONE: _done_effect(standing),
        AnswerKind.FORECAST: _(
            "Recorded as a report, with the reason. The due date doesn't change: only a lead or the programme "
            "office can reschedule it."
        ),
        AnswerKind.NOTED: _("You acknowledge the reminder, so it isn't escalated further. Nothing is reported."),
        AnswerKind.SNOOZE: _snooze_effect(milestone, today),
    }
    buttons = {
        AnswerKind.TRACK: _("Acknowledge: in progress") if is_overdue else _("Report: on track"),
        AnswerKind.DONE: _("Complete") if standing.may_complete else _("Report done"),
        AnswerKind.FORECAST: _("Report the forecast date"),
        AnswerKind.NOTED: _("Acknowledge"),
        AnswerKind.SNOOZE: _("Snooze until this day"),
    }
    return ActWords(kind, answer_label(kind, is_overdue=is_overdue), effects[kind], buttons[kind])


def _track_effect(*, is_overdue: bool) -> str:
    if is_overdue:
        return _("You acknowledge the reminder and are working on it, so it isn't escalated further.")
    return _(
        "Recorded as a report that it will be done on time; progress stays as it was unless you change it here. "
        "The reminder isn't escalated further."
    )


def _done_effect(standing: Standing) -> str:
    if standing.may_complete:
        missing = missing_for_verification([standing.milestone.pk]).get(standing.milestone.pk, [])
        return " ".join([_("The milestone is completed, and its reminders end."), *(one.text for one in missing)])
    return _("You report 100%. A lead or the programme office then completes the milestone.")


def _snooze_effect(milestone: Milestone, today: date) -> str:
    values = {"day": date_format(latest_snooze(due_on=milestone.due_on, today=today), "DATE_FORMAT")}
    if milestone.due_on > today:
        text = _(
            "Until then you get no reminders of this milestone; they may still be escalated to others. Until "
            "%(day)s at most: not past the due date, and no longer than 30 days."
        )
    else:
        text = _(
            "Until then you get no reminders of this milestone; they may still be escalated to others. Until "
            "%(day)s at most: what is due can be snoozed for 7 days."
        )
    return text % values


def asked_text(person: Person, milestone: Milestone) -> str:
    """Who asks whom, and as what."""
    values = {"roadmap": milestone.initiative.roadmap.title, "name": str(person)}
    if milestone.owner_id == person.pk:
        return _("%(roadmap)s asks you, %(name)s, as the owner of this milestone.") % values
    if may_administer(person):
        return _("%(roadmap)s asks you, %(name)s, for the programme office.") % values
    return _("%(roadmap)s asks you, %(name)s, as you are responsible for this milestone or watch it.") % values


def refusal_words(refused: Refused) -> RefusalWords:
    """Title, reason and advice for a link that leads no further."""
    milestone = refused.standing.milestone if refused.standing else None
    days = (
        {"due": milestone.due_on, "done": milestone.completed_on, "gone": milestone.cancelled_on} if milestone else {}
    )
    shown = {name: date_format(day, "DATE_FORMAT") for name, day in days.items() if day}
    newer = _("The next reminder has new links. Or sign in and answer on the milestone's page.")
    texts = {
        Why.UNKNOWN: (
            _("This link doesn't work"),
            _("It isn't complete, or what it was about has been removed."),
            _("Copy the whole address from the mail: it may be broken over two lines. Or sign in and look it up."),
        ),
        Why.FOREIGN: (
            _("This link is somebody else's"),
            _("You are signed in under another name than the one whom the mail was sent to. Nothing was recorded."),
            _("Use the link in your own mail, or sign out first if the mail is yours."),
        ),
        Why.CLOSED: (
            _("This account is closed"),
            _("Its links no longer work."),
            _("If that is a mistake, the programme office can open the account again."),
        ),
        Why.ENDED: (
            _("This link was ended"),
            _("The account's address or password has changed since, or its links were ended."),
            newer,
        ),
        Why.EXPIRED: (_("This link has expired"), _("It came with an old reminder."), newer),
        Why.NOT_YOURS: (
            _("You are no longer responsible for this milestone"),
            _("It was reassigned since the mail was sent, or your role has changed."),
            _("If that is a mistake, ask the programme office."),
        ),
        Why.NOT_MEANT: (
            _("You are not responsible for this milestone"),
            _("Its owner, the leads and contributors of its organisation, and the programme office are."),
            _("If that is a mistake, ask the programme office."),
        ),
        Why.MOVED: (
            _("The due date has been moved"),
            _("The mail named another due date; it is now %(day)s.") % {"day": shown.get("due", "")},
            newer,
        ),
        Why.DONE: (
            _("This milestone is done already"),
            _("It was completed on %(day)s.") % {"day": shown.get("done", "")},
            _("No answer is needed. If it isn't done, a lead or the programme office can reopen it."),
        ),
        Why.CANCELLED: (
            _("This milestone was cancelled"),
            _("It was cancelled on %(day)s.") % {"day": shown.get("gone", "")},
            _("No answer is needed. A lead or the programme office can reopen it."),
        ),
        Why.TOO_MANY: (
            _("Too many requests"),
            _("The page was opened too often."),
            _("Wait a minute and load it again. Nothing that was recorded is lost."),
        ),
    }
    return RefusalWords(*texts[refused.why])
