"""What a rule would tell of a milestone, as an example for whoever writes the rule. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile

from roadmap.clock import day_in
from roadmap.reminders.escalation import Heard, next_escalation
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.kinds.facts import MilestoneFacts, RuleFacts
from roadmap.reminders.plan import Threshold, thresholds
from roadmap.workdays import WorkCalendar

REPEATS_SHOWN = 2
AS_FAR_AS = timedelta(days=800)


@dataclass(frozen=True)
class Foretold:
    """The days, in their order, on which a rule speaks of an example milestone, due on ``due_on``.

    ``before`` are those before it is due or done, ``after`` the first of those that follow; ``goes_on``: more follow
    them. ``passed_up`` are the days on which the lead and then the office hear of the first, if nobody answers.
    """

    due_on: date
    before: Sequence[date]
    after: Sequence[date]
    goes_on: bool
    passed_up: Sequence[date]
    is_provisional: bool


def foretell(
    rule: RuleFacts, *, due_on: date, escalate_after_days: int | None, zone: str, calendar: WorkCalendar
) -> Foretold:
    """The example: reported last, or done, on its due date where the rule's kind counts from there."""
    late = datetime.combine(due_on + AS_FAR_AS, datetime.min.time(), UTC)

    def told_of(milestone: MilestoneFacts) -> list[Threshold]:
        return list(takewhile(lambda one: one.at <= late, thresholds(rule, milestone, zone, calendar)))

    before, after = KINDS[rule.kind].example(rule, due_on, told_of)
    told = [*before, *islice(after, REPEATS_SHOWN)]
    passed_up: list[Threshold] = []
    if escalate_after_days and told:
        heard = [Heard(0, told[0].name, told[0].at)]
        while found := next_escalation(
            heard, current={told[0].name}, answered_at=None, after_days=escalate_after_days,
            send_at=rule.send_at, zone=zone, calendar=calendar,
        ):  # fmt: skip
            passed_up.append(found.threshold)
            heard.append(Heard(0, found.threshold.name, found.threshold.at))
    return Foretold(
        due_on=due_on,
        before=[day_in(zone, at=one.at) for one in before],
        after=[day_in(zone, at=one.at) for one in after[:REPEATS_SHOWN]],
        goes_on=rule.repeat_every_days is not None,
        passed_up=[day_in(zone, at=one.at) for one in passed_up],
        is_provisional=any(one.is_provisional for one in (*told, *passed_up)),
    )
