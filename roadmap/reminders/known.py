"""What a batch of milestones is judged by, fetched once: rules, people, reports, what was planned and answered."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from roadmap.models import Milestone, ReminderOccurrence, ReminderRule, Snooze, WorkdayOverride
from roadmap.reminders.escalation import Heard
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.milestone_facts import Reports, last_answers, reports_on
from roadmap.reminders.recipients import Recipients, recipients_for
from roadmap.vocabulary import MessageState
from roadmap.workdays import WorkCalendar

NOT_OUT_YET = (MessageState.PENDING, MessageState.SENDING)


@dataclass(frozen=True)
class Known:
    """The facts beside the milestones themselves; ids stand for rows."""

    rules: Sequence[ReminderRule]
    recipients: Recipients
    reports: Reports
    calendars: Mapping[str, WorkCalendar]  # by code
    heard: Mapping[tuple[int, int], Sequence[Heard]]  # by rule, milestone
    heard_of: Mapping[int, Sequence[tuple[int, Heard]]]  # by milestone: by which rule
    heard_of_phases: Mapping[tuple[int, int, int], set[str]]  # by rule, phase, person: what is told once a phase
    snoozed: Mapping[tuple[int, int], date]  # by milestone, recipient: the day on which reminders come again
    answered: Mapping[int, datetime]  # by milestone: the last report or acknowledgement

    def calendar_of(self, milestone: Milestone) -> WorkCalendar:
        """Whose working days count for the milestone."""
        return self.calendars[milestone.initiative.roadmap.calendar]

    def planned(self, rule: ReminderRule, milestone: Milestone, people: Collection[int]) -> set[str]:
        """The names of all that was planned by the rule for one of the people, or in their place, told or folded; with
        what they heard of the phase, where a phase is told of once."""
        of_phase = (self.heard_of_phases.get((rule.pk, milestone.phase_id, person), ()) for person in people)
        return {
            one.name
            for one in self.heard.get((rule.pk, milestone.pk), ())
            if one.recipient in people or one.instead_of in people
        }.union(*of_phase)


def known_about(milestones: Sequence[Milestone], *, now: datetime) -> Known:
    """Fetch it. Rules are read after the milestones are locked: a rule changed meanwhile asks for another look."""
    roadmaps = {milestone.initiative.roadmap_id for milestone in milestones}
    rules = list(ReminderRule.objects.filter(roadmap__in=roadmaps, is_active=True).select_related("organisation"))
    heard = _heard(milestones)
    heard_of: defaultdict[int, list[tuple[int, Heard]]] = defaultdict(list)
    for (rule, milestone), several in heard.items():
        heard_of[milestone] += [(rule, one) for one in several]
    return Known(
        rules=rules,
        recipients=recipients_for(
            milestones, audiences={audience for rule in rules for audience in rule.audiences}, now=now
        ),
        reports=reports_on(milestones),
        calendars={
            code: WorkdayOverride.objects.calendar(code)
            for code in {milestone.initiative.roadmap.calendar for milestone in milestones}
        },
        heard=heard,
        heard_of=heard_of,
        heard_of_phases=heard_of_phases(milestones, rules),
        snoozed=_snoozed(milestones),
        answered=last_answers([milestone.pk for milestone in milestones])
        if any(rule.escalate_after_days for rule in rules)
        else {},
    )


def _heard(milestones: Sequence[Milestone]) -> Mapping[tuple[int, int], Sequence[Heard]]:
    heard: defaultdict[tuple[int, int], list[Heard]] = defaultdict(list)
    earlier = ReminderOccurrence.objects.filter(milestone__in=milestones).order_by()
    columns = ("rule", "milestone", "recipient", "instead_of", "occurrence", "planned_at", "message")
    for rule, milestone, recipient, instead_of, name, planned_at, message, state, sent_at in earlier.values_list(
        *columns, "message__state", "message__sent_at"
    ):
        heard[rule, milestone].append(
            Heard(recipient, name, sent_at or planned_at, message is not None, state in NOT_OUT_YET, instead_of)
        )
    return heard


def heard_of_phases(
    milestones: Sequence[Milestone], rules: Iterable[ReminderRule]
) -> Mapping[tuple[int, int, int], set[str]]:
    """By rule, phase and person, what they have heard of the milestones' phases that is told once a phase.

    One query where any rule does so, none elsewhere. A mail that isn't out yet doesn't count: it can tell of more.
    """
    once_a_phase = [rule for rule in rules if KINDS[rule.kind].is_told_once_a_phase]
    if not once_a_phase:
        return {}
    phases = {milestone.phase_id for milestone in milestones}
    told = ReminderOccurrence.objects.filter(rule__in=once_a_phase, milestone__phase__in=phases, message__isnull=False)
    out = told.exclude(message__state__in=NOT_OUT_YET).order_by().distinct()
    names: defaultdict[tuple[int, int, int], set[str]] = defaultdict(set)
    for rule, phase, name, *people in out.values_list(
        "rule", "milestone__phase", "occurrence", "recipient", "instead_of"
    ):
        for person in people:
            if person is not None:
                names[rule, phase, person].add(name)
    return names


def _snoozed(milestones: Sequence[Milestone]) -> Mapping[tuple[int, int], date]:
    held = Snooze.objects.filter(milestone__in=milestones, due_on=F("milestone__due_on")).order_by()
    return {(one, person): until for one, person, until in held.values_list("milestone", "person", "until")}
