"""What is deliberately kept without a history, each with its reason; everything else of ours has one.

``tests/house/test_history.py`` compares this with the models that there are.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "Answer": _("a form sent once, never changed; what it brought about (report, snooze …) has its own history"),
    "Change": _("written by triggers beside the history itself; names its records"),
    "Forecast": _("made by the machine once a day, and never changed later: what came is compared with it"),
    "HistoryLink": _("the chain over the history; only ever appended to, and verified as a whole"),
    "HistoryShape": _("belongs to the chain; what it says is sealed by each link"),
    "Invitation": _(
        "a link's own log: when it was made, by whom, used or taken back; the account's history has the rest"
    ),
    "KeptSums": _("worked out from the plan, thrown away and made anew"),
    "KeptValue": _("counts attempts to sign in for an hour or two, and is gone"),
    "OutboxMessage": _("a delivery's own log: its states, attempts and errors are its columns"),
    "Reconciliation": _("how far a comparison by the machine has come; nobody edits it"),
    "ReminderOccurrence": _("a reminder that was planned: a record of what happened, made once by the planner"),
    "RepeatableRequest": _("an answer kept for a day in case a program asks again"),
    "RevisedBlock": _("kept by triggers: which milestones' sums are to be worked out anew"),
    "Revision": _("a counter kept by triggers"),
    "WebhookAttempt": _("a log itself: one row a try, never changed"),
    "WebhookDelivery": _("a delivery's own log, as an outbox message"),
}
