"""Which milestones a rule speaks of, as a query and as a question about one milestone: the same answer both ways."""

from django.db.models import Q

from roadmap.models import Milestone, ReminderRule


def milestones_in_scope(rule: ReminderRule) -> Q:
    """The condition on milestones that are in the rule's scope."""
    condition = Q(initiative__roadmap=rule.roadmap_id)
    if rule.phase_id:
        condition &= Q(phase=rule.phase_id)
    if rule.pillar_id:
        condition &= Q(initiative__pillar=rule.pillar_id)
    if rule.initiative_id:
        condition &= Q(initiative=rule.initiative_id)
    if rule.organisation is not None:
        condition &= Q(organisation__path__startswith=rule.organisation.path)
    return condition


def speaks_of(rule: ReminderRule, milestone: Milestone) -> bool:
    """Whether ``milestone`` (with its initiative and organisation at hand) is in the rule's scope."""
    initiative, organisation = milestone.initiative, milestone.organisation
    return (
        rule.roadmap_id == initiative.roadmap_id
        and rule.phase_id in (None, milestone.phase_id)
        and rule.pillar_id in (None, initiative.pillar_id)
        and rule.initiative_id in (None, initiative.pk)
        and (
            rule.organisation is None
            or (organisation is not None and organisation.path.startswith(rule.organisation.path))
        )
    )
