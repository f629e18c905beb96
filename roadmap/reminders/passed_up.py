"""What is said of a reminder that was passed up for want of an answer, whatever its kind (when: ``escalation``)."""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from roadmap.reminders.kinds.facts import Before, Situation, Told
from roadmap.reminders.kinds.kind import Topic

MOST_NAMED = 4


class Unanswered(Topic):
    """Nobody has answered."""

    rank = 10
    heading = gettext_lazy("Nobody has answered")
    colour = "red"
    tone = "late"

    def counted(self, number: int) -> str:
        return ngettext(
            "The reminders of %(count)d milestone are unanswered.",
            "The reminders of %(count)d milestones are unanswered.",
            number,
        ) % {"count": number}

    def headline(self, milestone: Situation, told: Sequence[Told]) -> str:
        waited = max(one.waited_days for one in told)
        words = ngettext("No answer for %(count)d working day", "No answer for %(count)d working days", waited)
        return words % {"count": waited}

    def to_do(self, milestone: Situation) -> str:
        if milestone.is_owner or milestone.is_contributor:
            return ""
        return _("Please agree the next steps with the owner, and acknowledge or report on the owner's behalf.")


UNANSWERED = Unanswered()


def unanswered_sentence(told: Told) -> str:
    """For how long nobody has answered, and who was reminded so far."""
    values = {"count": told.waited_days, "whom": _whom(told.before)}
    if not told.before:
        return ngettext(
            "Escalated to you: nobody has answered for %(count)d working day.",
            "Escalated to you: nobody has answered for %(count)d working days.",
            told.waited_days,
        ) % values  # fmt: skip
    return ngettext(
        "Escalated to you: nobody has answered for %(count)d working day. Reminded so far: %(whom)s.",
        "Escalated to you: nobody has answered for %(count)d working days. Reminded so far: %(whom)s.",
        told.waited_days,
    ) % values  # fmt: skip


def _whom(before: Sequence[Before]) -> str:
    """Those who were told before, each with the day; of many the first."""
    named = [
        _("%(name)s on %(day)s") % {"name": one.name, "day": date_format(one.day, "DATE_FORMAT")}
        for one in before[:MOST_NAMED]
    ]
    return _(", ").join([*named, *(["…"] if len(before) > MOST_NAMED else [])])
