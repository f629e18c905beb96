"""What a reminder's reader is to do now, in one sentence: what the topic asks for, or what the milestone's state
asks of its owner and of others. Pure."""

from django.utils.translation import gettext as _

from roadmap.reminders.kinds.facts import Situation
from roadmap.reminders.kinds.kind import Topic
from roadmap.reminders.kinds.silence import please_report


def to_do(milestone: Situation, topic: Topic) -> str:
    """The sentence for a milestone that is listed under ``topic``."""
    if milestone.is_watcher:
        return _(
            "For information: you watch this milestone. To get no more reminders of it, stop watching it on its page."
        )
    if not milestone.has_owner and milestone.is_open and not milestone.is_contributor:
        return _("It has no owner yet: please name one, who then reports its progress.")
    if wanted := topic.to_do(milestone):
        return wanted
    if milestone.is_contributor:
        return _("Please report what you know of its progress, or ask its owner to.")
    if milestone.is_owner:
        return _to_do_as_owner(milestone)
    if milestone.days_left < 0:
        return _("Please agree with the owner when it will be done, and have the due date rescheduled with a reason.")
    return _("Please make sure that it stays on track and that progress is reported.")


def _to_do_as_owner(milestone: Situation) -> str:
    if milestone.days_left < 0:
        return _("Please report it done, or report the forecast date and why it is overdue.")
    if milestone.is_silent:
        return please_report(milestone)
    if milestone.is_behind:
        return _("Please report what is holding it up, and the forecast date.")
    return _("Please report progress, and report it done once its acceptance criteria are met.")
