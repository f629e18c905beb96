"""What got better and what got worse between two days, in five sentences."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from roadmap.progress.turns import Judgement, Subject, Turn
from roadmap.web.presenters.values import Sign, variance_words


@dataclass(frozen=True)
class TurnView:
    """A sign that says which way it went, and what went so."""

    sign: Sign
    text: str


def turn_views(judgements: list[Judgement]) -> list[TurnView]:
    """A sentence for each, in their order."""
    signs = {
        Turn.BETTER: Sign("better", pgettext("turn", "Better")),
        Turn.WORSE: Sign("worse", pgettext("turn", "Worse")),
        Turn.SAME: Sign("same", pgettext("turn", "Unchanged")),
    }
    return [TurnView(signs[one.turn], SENTENCES[one.subject](one)) for one in judgements]


def _progress(one: Judgement) -> str:
    if one.before == one.after:
        return _("Progress is %(now)s, as before.") % {"now": variance_words(one.after)}
    return _("Progress is %(now)s; before, it was %(then)s.") % {
        "now": variance_words(one.after),
        "then": variance_words(one.before),
    }


def _overdue(one: Judgement) -> str:
    if not one.before and not one.after:
        return _("Nothing is overdue.")
    now = ngettext(
        "%(now)d milestone is overdue, %(then)d before",
        "%(now)d milestones are overdue, %(then)d before",
        int(one.after),
    ) % {"now": one.after, "then": one.before}
    return _sentence([now, *([_("%(count)d became so in between") % {"count": one.worse}] if one.worse else [])])


def _done(one: Judgement) -> str:
    done = ngettext("%(count)d milestone was completed", "%(count)d milestones were completed", one.better)
    again = ngettext("%(count)d was reopened", "%(count)d were reopened", one.worse)
    parts = [words % {"count": count} for words, count in ((done, one.better), (again, one.worse)) if count]
    return _sentence(parts or [_("No milestone was completed")])


def _dates(one: Judgement) -> str:
    later = ngettext(
        "%(count)d due date moved later, by up to %(most)s days",
        "%(count)d due dates moved later, by up to %(most)s days",
        one.worse,
    )
    earlier = ngettext("%(count)d due date moved earlier", "%(count)d due dates moved earlier", one.better)
    known = ((later, one.worse), (earlier, one.better))
    parts = [words % {"count": count, "most": one.most} for words, count in known if count]
    return _sentence(parts or [_("No due date moved")])


def _reports(one: Judgement) -> str:
    if not one.before and not one.after:
        return _("Reports came for all that is open.")
    return ngettext(
        "%(now)d milestone has had no report for 30 days, %(then)d before.",
        "%(now)d milestones have had no report for 30 days, %(then)d before.",
        int(one.after),
    ) % {"now": one.after, "then": one.before}


def _sentence(parts: list[str]) -> str:
    return _("%(sentence)s.") % {"sentence": pgettext("between statements", "; ").join(parts)}


SENTENCES: dict[Subject, Callable[[Judgement], str]] = {
    Subject.PROGRESS: _progress,
    Subject.OVERDUE: _overdue,
    Subject.DONE: _done,
    Subject.DATES: _dates,
    Subject.REPORTS: _reports,
}
