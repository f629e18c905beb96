"""What is stored: fields, named constraints and small querysets. Writing goes through ``roadmap.editing``."""

from roadmap.models.access import ApiToken
from roadmap.models.baseline import Baseline, BaselineEntry
from roadmap.models.digest import DigestSubscription
from roadmap.models.indicator import Indicator, Observation
from roadmap.models.milestone import Deliverable, Dependency, Milestone
from roadmap.models.organisation import Organisation
from roadmap.models.outbox import OutboxMessage
from roadmap.models.person import Person
from roadmap.models.plan import Initiative, Phase, Pillar, Roadmap, Workstream
from roadmap.models.progress import Evidence, ProgressUpdate
from roadmap.models.reminder import ReminderOccurrence, ReminderRule
from roadmap.models.source import Source
from roadmap.models.workday import WorkdayOverride

__all__ = [
    "ApiToken",
    "Baseline",
    "BaselineEntry",
    "Deliverable",
    "Dependency",
    "DigestSubscription",
    "Evidence",
    "Indicator",
    "Initiative",
    "Milestone",
    "Observation",
    "Organisation",
    "OutboxMessage",
    "Person",
    "Phase",
    "Pillar",
    "ProgressUpdate",
    "ReminderOccurrence",
    "ReminderRule",
    "Roadmap",
    "Source",
    "WorkdayOverride",
    "Workstream",
]
