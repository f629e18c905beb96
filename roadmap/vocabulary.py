"""The closed lists of the domain's words, with their labels in both languages. No rules."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Provenance(TextChoices):
    """Where an entry comes from; shown wherever the entry is."""

    SOURCED = "sourced", _("Sourced")
    DERIVED = "derived", _("Derived")
    SAMPLE = "sample", _("Sample")
    ENTERED = "entered", _("Entered")


class Basis(TextChoices):
    """Which of two things is meant by what was so on a past day; wherever such a day is shown, the first unless asked
    otherwise."""

    HAPPENED = "happened", _("as it was")
    KNOWN = "known", _("as it was known then")


class MilestoneStatus(TextChoices):
    """What people say of a milestone. Whether it is late is worked out, never stored."""

    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("In progress")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATUSES = (MilestoneStatus.PLANNED, MilestoneStatus.ACTIVE)


class Rag(TextChoices):
    """Red, amber, green: a reporter's confidence, or the health worked out from dates and progress."""

    GREEN = "green", _("On track")
    AMBER = "amber", _("At risk")
    RED = "red", _("Off track")


class Role(TextChoices):
    """What a person may do within the subtree of their organisation (the programme office: everywhere)."""

    OFFICE = "office", _("Programme office")
    LEAD = "lead", _("Organisation lead")
    CONTRIBUTOR = "contributor", _("Contributor")
    VERIFIER = "verifier", _("Verifier")
    AUDITOR = "auditor", _("Auditor")
    OBSERVER = "observer", _("Observer")


class PersonKind(TextChoices):
    """Who stands behind an account."""

    HUMAN = "human", _("Person")
    SERVICE = "service", _("Service account")


class Scope(TextChoices):
    """What a token may be used for; its person's rights bound it further."""

    READ = "read", _("Read")
    PROGRESS = "progress:write", _("Report progress, evidence and observations")
    CATALOGUE = "catalogue:write", _("Create and change milestones")
    ACCOUNT = "account:write", _("Manage tokens, subscriptions, webhooks, leave and invitations")


class HookEvent(TextChoices):
    """Of what webhooks are told."""

    MILESTONE_CREATED = "milestone.created", _("A milestone was created")
    MILESTONE_CHANGED = "milestone.changed", _("A milestone's plan or status changed")
    MILESTONE_COMPLETED = "milestone.completed", _("A milestone was completed")
    PROGRESS_RECORDED = "progress.recorded", _("Progress was recorded")
    PROGRESS_WITHDRAWN = "progress.withdrawn", _("A progress report was withdrawn")
    OBSERVATION_ADDED = "observation.added", _("An observation was added")


class Door(TextChoices):
    """Through which door a change came in."""

    ADMIN = "admin", _("Administration")
    API = "api", _("API")
    WEB = "web", _("Website")
    MAIL = "mail", _("Mail")
    IMPORT = "import", _("Import")
    COMMAND = "command", _("Command")
    SYSTEM = "system", _("System")


class EvidenceKind(TextChoices):
    """What a piece of evidence is."""

    LINK = "link", pgettext_lazy("evidence", "Link")
    NOTE = "note", pgettext_lazy("evidence", "Note")
    FILE = "file", pgettext_lazy("evidence", "File")


class Qualifier(TextChoices):
    """How exactly the source states a figure."""

    EXACT = "exact", _("exactly")
    ROUNDED = "rounded", pgettext_lazy("quantity", "rounded")
    MORE_THAN = "more_than", _("more than")
    ABOUT = "about", pgettext_lazy("quantity", "about")
    NEARLY = "nearly", _("nearly")


class RuleKind(TextChoices):
    """What a reminder rule looks at."""

    DUE = "due", _("Due date")
    SILENCE = "silence", _("No recent report")
    EVIDENCE = "evidence", _("Evidence missing")
    UNVERIFIED = "unverified", _("Reported done, not verified")
    GATE = "gate", _("Phase gate ahead")


# Begins, in the name of a reminder's occurrence, what was passed up for want of an answer
UNANSWERED = "unanswered-"


class Audience(TextChoices):
    """Whom a reminder rule addresses."""

    OWNER = "owner", _("Owner")
    CONTRIBUTORS = "contributors", _("Contributors of the organisation")
    LEAD = "lead", _("Organisation lead")
    WATCHERS = "watchers", _("Watchers")
    OFFICE = "office", _("Programme office")


class AnswerKind(TextChoices):
    """What a person answers to a reminder."""

    TRACK = "track", pgettext_lazy("answer", "On track")
    DONE = "done", pgettext_lazy("answer", "Done")
    FORECAST = "forecast", pgettext_lazy("answer", "Report a forecast")
    NOTED = "noted", pgettext_lazy("answer", "Acknowledge")
    SNOOZE = "snooze", pgettext_lazy("answer", "Snooze")


class DayKind(TextChoices):
    """In which days a lead time is counted."""

    CALENDAR = "calendar", _("Calendar days")
    WORKING = "working", _("Working days")


class CalendarCode(TextChoices):
    """Whose working days are counted."""

    MAINLAND = "CN", _("Mainland China")
    HONG_KONG = "HK", _("Hong Kong")
    MACAO = "MO", _("Macao")


class PublishedBy(TextChoices):
    """How a year's schedule became known."""

    LIBRARY = "library", _("the program's calendar data")
    PEOPLE = "people", _("entered by people")


class Frequency(TextChoices):
    """How often a digest comes."""

    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")


class MessageKind(TextChoices):
    """What an outbox message is about; each kind has its own renderer."""

    REMINDER = "reminder", _("Reminder")
    DIGEST = "digest", _("Digest")
    INVITATION = "invitation", _("Invitation")
    PASSWORD_RESET = "reset", _("Password reset")
    ACCOUNT_NOTICE = "account", _("Change of an account")
    COMMENT = "comment", _("Comment that mentions somebody")


class SuppressionReason(TextChoices):
    """Why nothing is sent to an address."""

    REFUSED = "refused", _("Refused by the mail server")
    RETURNED = "returned", _("Returned")


class MessageState(TextChoices):
    """The life of a delivery: pending, sending (claimed under a lease), then one of four ends.

    Unsure is between sending and an end: it was handed over, and whoever did so died before noting the answer. Given up
    is the end of a digest of which that never became known: it may have arrived, and the next issue covers its time.
    """

    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    UNSURE = "unsure", _("Result unknown")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    GIVEN_UP = "given_up", _("Left to the next issue, result unknown")


class Language(TextChoices):
    """The languages in which pages and mails are written, by Django's codes."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class ViewPlace(TextChoices):
    """Whose list of milestones a view that people keep is of."""

    ADMIN = "admin", _("Administration")
    SITE = "site", _("Website")


class PlanDifference(TextChoices):
    """What can differ in a milestone between two days, in the order in which it is told."""

    ADDED = "added", pgettext_lazy("difference", "Added")
    REMOVED = "removed", pgettext_lazy("difference", "Removed")
    COMPLETED = "completed", pgettext_lazy("difference", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("difference", "Cancelled")
    REOPENED = "reopened", pgettext_lazy("difference", "Reopened")
    CONFIRMED = "confirmed", pgettext_lazy("difference", "Verified")
    MOVED = "moved", pgettext_lazy("difference", "Rescheduled")
    REWEIGHTED = "reweighted", pgettext_lazy("difference", "Reweighted")
    BUDGETED = "budgeted", pgettext_lazy("difference", "Budget changed")
    REASSIGNED = "reassigned", pgettext_lazy("difference", "Reassigned")
    REPLACED = "replaced", pgettext_lazy("difference", "Put elsewhere")
    REWORDED = "reworded", pgettext_lazy("difference", "Reworded")
    REPORTED = "reported", pgettext_lazy("difference", "Progress reported")


class ChainFault(TextChoices):
    """What can be wrong with the chain over the history."""

    ALTERED = "altered", _("The record was altered after it was entered here")
    REMOVED = "removed", _("The record is no longer there")
    INSERTED = "inserted", _("The record was inserted later than it says")
    LINK_ALTERED = "link", _("The entry was altered, or one before it")
    LINK_MISSING = "missing", _("An entry is missing")
    REWRITTEN = "rewritten", _("The entries up to here differ from those that were exported")
    CUT_OFF = "cut-off", _("The entries end before the one that was exported")


# ISO 4217, the currencies that are in use (as of January 2026)
USUAL_CURRENCY = "CNY"
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
    CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
    IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
    SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST
    XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905  # a list would take twenty lines
)
