"""What is stored: fields, named constraints and small querysets. Writing goes through ``roadmap.editing``."""

from roadmap.models.access import ApiToken, FeedAddress
from roadmap.models.answer import Acknowledgement, Answer, Snooze
from roadmap.models.baseline import Baseline, BaselineEntry
from roadmap.models.chain import HistoryLink, HistoryShape
from roadmap.models.comment import Comment
from roadmap.models.digest import DigestSubscription
from roadmap.models.external import ExternalReference
from roadmap.models.forecast import Forecast
from roadmap.models.gate import DeliveryGate
from roadmap.models.idempotency import RepeatableRequest
from roadmap.models.indicator import Indicator, Observation
from roadmap.models.invitation import Invitation
from roadmap.models.kept import KeptSums, RevisedBlock
from roadmap.models.kept_value import KeptValue
from roadmap.models.leave import Leave
from roadmap.models.milestone import Deliverable, Dependency, Milestone
from roadmap.models.organisation import Organisation
from roadmap.models.outbox import OutboxMessage
from roadmap.models.person import Person
from roadmap.models.plan import Initiative, Phase, Pillar, Roadmap, Workstream
from roadmap.models.progress import Evidence, ProgressUpdate
from roadmap.models.reconciliation import Reconciliation
from roadmap.models.reminder import ReminderOccurrence, ReminderRule
from roadmap.models.revision import Change, Revision
from roadmap.models.source import Source
from roadmap.models.suppression import SuppressedAddress
from roadmap.models.table_upload import TableUpload
from roadmap.models.task_run import TaskRun
from roadmap.models.view import SavedView
from roadmap.models.watch import Watch
from roadmap.models.webhook import Webhook, WebhookAttempt, WebhookDelivery
from roadmap.models.workday import PublishedYear, WorkdayOverride

__all__ = [
    "Acknowledgement",
    "Answer",
    "ApiToken",
    "Baseline",
    "BaselineEntry",
    "Change",
    "Comment",
    "Deliverable",
    "DeliveryGate",
    "Dependency",
    "DigestSubscription",
    "Evidence",
    "ExternalReference",
    "FeedAddress",
    "Forecast",
    "HistoryLink",
    "HistoryShape",
    "Indicator",
    "Initiative",
    "Invitation",
    "KeptSums",
    "KeptValue",
    "Leave",
    "Milestone",
    "Observation",
    "Organisation",
    "OutboxMessage",
    "Person",
    "Phase",
    "Pillar",
    "ProgressUpdate",
    "PublishedYear",
    "Reconciliation",
    "ReminderOccurrence",
    "ReminderRule",
    "RepeatableRequest",
    "RevisedBlock",
    "Revision",
    "Roadmap",
    "SavedView",
    "Snooze",
    "Source",
    "SuppressedAddress",
    "TableUpload",
    "TaskRun",
    "Watch",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "WorkdayOverride",
    "Workstream",
]
