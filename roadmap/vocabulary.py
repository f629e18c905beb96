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


class MilestoneStatus(TextChoices):
    """What people say of a milestone. Whether it is late is worked out, never stored."""

    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("In progress")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATUSES = (MilestoneStatus.PLANNED, MilestoneStatus.ACTIVE)


class Rag(TextChoices):
    """Red, amber, green: a reporter's confidence, or the health worked out from dates and progress."""

    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")


class Role(TextChoices):
    """What a person may do within the subtree of their organisation (the programme office: everywhere)."""

    OFFICE = "office", _("Programme office")
    LEAD = "lead", _("Organisation lead")
    CONTRIBUTOR = "contributor", _("Contributor")
    VERIFIER = "verifier", _("Verifier")
    AUDITOR = "auditor", _("Auditor")
    OBSERVER = "observer", _("Observer")


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
    MORE_THAN = "more_than", _("more than")
    ABOUT = "about", pgettext_lazy("quantity", "about")
    NEARLY = "nearly", _("nearly")


class Audience(TextChoices):
    """Whom a reminder rule addresses."""

    OWNER = "owner", _("Owner")
    LEAD = "lead", _("Organisation's lead")
    OFFICE = "office", _("Programme office")


class DayKind(TextChoices):
    """In which days a lead time is counted."""

    CALENDAR = "calendar", _("Calendar days")
    WORKING = "working", _("Working days")


class Frequency(TextChoices):
    """How often a digest comes."""

    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")


class MessageKind(TextChoices):
    """What an outbox message is about; each kind has its own renderer."""

    REMINDER = "reminder", _("Reminder")
    DIGEST = "digest", _("Digest")


class MessageState(TextChoices):
    """The life of an outbox message: pending, sending (claimed under a lease), then one of three ends."""

    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Language(TextChoices):
    """The languages in which pages and mails are written, by Django's codes."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"
