"""What is deliberately kept without a history, each with its reason; everything else of ours has one.

``tests/house/test_history.py`` compares this with the models that there are.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "Answer": _("a form sent once, never changed; what it led to (report, snooze …) has its own change record"),
    "Change": _("written by triggers beside the change records; points to them"),
    "Forecast": _("computed by the program once a day and never changed later: the result is compared with it"),
    "HistoryLink": _("the check of the change records; entries are only added, and verified as a whole"),
    "HistoryShape": _("belongs to the check of the change records; each entry seals what it says"),
    "Invitation": _(
        "the log of a link: when it was made, by whom, used or withdrawn; the account's change record has the rest"
    ),
    "KeptSums": _("computed from the plan; can be deleted and computed again"),
    "KeptValue": _("counts attempts to sign in for an hour or two, and is gone"),
    "OutboxMessage": _("the log of a delivery: its states, attempts and errors are its columns"),
    "Reconciliation": _("how far a check by the program has come; nobody edits it"),
    "ReminderOccurrence": _("a reminder that was planned: a fact, written once by the planner"),
    "RepeatableRequest": _("an answer kept for a day in case a program asks again"),
    "RevisedBlock": _("kept by triggers: which milestones' sums have to be computed again"),
    "Revision": _("a counter kept by triggers"),
    "TableUpload": _("a file kept for a day, until it is applied; what it changes has its own change records"),
    "TaskRun": _("when a task of the program last ended well; nobody edits it"),
    "WebhookAttempt": _("a log: one row for each attempt, never changed"),
    "WebhookDelivery": _("the log of a delivery, as for mail"),
}
