"""Progress as reported: append-only updates, and the evidence for them."""

import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roadmap.models.bilingual import Localized
from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.milestone import Milestone
from roadmap.models.person import Person
from roadmap.models.source import Marked, marked_constraints
from roadmap.models.text_fields import CharField, TextField, URLField
from roadmap.vocabulary import Door, EvidenceKind, Rag

COUNTS = "withdrawn_at IS NULL"  # the same in SQL, for statements of our own


class ProgressUpdateQuerySet(models.QuerySet["ProgressUpdate"]):
    """Questions about reports, those that were withdrawn among them."""

    def known_at(self, instant: datetime) -> "ProgressUpdateQuerySet":
        """Those that counted as far as was known at the instant: taken in by then, and not withdrawn yet."""
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=instant), recorded_at__lte=instant)

    def turned_after(self, instant: datetime) -> "ProgressUpdateQuerySet":
        """Those that were taken in or withdrawn after the instant."""
        return self.filter(Q(recorded_at__gt=instant) | Q(withdrawn_at__gt=instant))


class CountedUpdates(models.Manager["ProgressUpdate"]):
    """The reports that count: all but those that were withdrawn."""

    def get_queryset(self) -> ProgressUpdateQuerySet:
        """Without the withdrawn ones."""
        return ProgressUpdateQuerySet(self.model, using=self._db).filter(withdrawn_at=None)


class ProgressUpdate(Marked):
    """One report on a milestone. Never changed or deleted, but withdrawn; the latest by ``reported_on``, then id,
    counts.

    ``reported_on`` is the day of which it speaks, ``recorded_at`` the instant at which it was taken in. Whoever asks
    what was reported asks ``objects``; lists and what knows of the past ask ``every`` (a test names them).
    """

    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="progress_updates"
    )
    reported_on = models.DateField(_("as of"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    percent_complete = models.DecimalField(_("percent complete"), max_digits=5, decimal_places=2)
    confidence = CharField(_("confidence"), max_length=5, choices=Rag.choices, default=Rag.GREEN)
    forecast_on = models.DateField(_("forecast date"), null=True, blank=True)
    narrative_zh = TextField(_("narrative (Chinese)"), blank=True)
    narrative_en = TextField(_("narrative (English)"), blank=True)
    reported_by = models.ForeignKey(
        Person, verbose_name=_("reported by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    door = CharField(_("door"), max_length=10, choices=Door.choices)
    # the reporter's own name for the report: sent again under it, it is known and not recorded twice
    external_ref = CharField(_("reporter's reference"), max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        Person,
        verbose_name=_("withdrawn by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdrawn_reason = TextField(_("withdrawn because"), blank=True, editable=False)

    narrative = Localized("narrative")
    # each change of it has the door that it came in by itself
    history = change_history(excluded_fields=["door"])
    every = ProgressUpdateQuerySet.as_manager()
    objects = CountedUpdates()

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["-reported_on", "-id"]
        constraints = [
            *marked_constraints("progressupdate"),
            one_of("progressupdate", "confidence", Rag),
            one_of("progressupdate", "door", Door),
            models.CheckConstraint(
                name="roadmap_progressupdate_percent_in_range",
                condition=Q(percent_complete__gte=0, percent_complete__lte=100),
                violation_error_message=_("Write a percentage from 0 to 100."),
            ),
            models.UniqueConstraint(
                fields=["reported_by", "milestone", "external_ref"],
                name="roadmap_progressupdate_external_ref_unique",
                condition=~Q(external_ref=""),
            ),
            models.CheckConstraint(
                name="roadmap_progressupdate_withdrawn_by_whom_and_why",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [
            # read for the latest update of each milestone, as of any day; a roll-up reads nothing else
            models.Index(
                fields=["milestone", "-reported_on", "-id", "percent_complete"],
                condition=Q(withdrawn_at=None),
                name="roadmap_progress_newest",
            )
        ]

    def __str__(self) -> str:
        told = {
            "percent": f"{self.percent_complete:.2f}".rstrip("0").rstrip("."),
            "day": date_format(self.reported_on, "DATE_FORMAT"),
        }
        return gettext("%(percent)s%% as of %(day)s") % told


def evidence_place(evidence: "Evidence", name: str) -> str:
    """Where a file is kept: under a name made up at random, which tells nothing and which nobody can guess."""
    made_up = secrets.token_hex(16)
    return f"evidence/{made_up[:2]}/{made_up}"


class Evidence(Marked):
    """What shows that a milestone is as far as reported: a link, a note or a file; of one update or the whole.

    A file is kept under a made-up name; ``file_name`` is what its bringer called it, ``file_size`` is in bytes.
    """

    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="evidence"
    )
    progress_update = models.ForeignKey(
        ProgressUpdate,
        verbose_name=_("progress report"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="evidence",
    )
    kind = CharField(_("kind"), max_length=5, choices=EvidenceKind.choices)
    title = CharField(_("title"), max_length=200)
    url = URLField(_("address"), blank=True, max_length=500)
    note = TextField(_("note"), blank=True)
    file = models.FileField(_("file"), blank=True, upload_to=evidence_place)
    file_name = CharField(_("file name"), max_length=200, blank=True, editable=False)
    file_type = CharField(_("type of file"), max_length=100, blank=True, editable=False)
    file_size = models.PositiveIntegerField(_("size of file"), null=True, blank=True, editable=False)
    added_by = models.ForeignKey(
        Person, verbose_name=_("added by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    history = change_history()

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-added_at", "-id"]
        constraints = [
            *marked_constraints("evidence"),
            models.CheckConstraint(
                name="roadmap_evidence_has_what_its_kind_names",
                condition=(Q(kind=EvidenceKind.LINK) & ~Q(url=""))
                | (Q(kind=EvidenceKind.NOTE) & ~Q(note=""))
                | (Q(kind=EvidenceKind.FILE) & ~Q(file="")),
                violation_error_message=_("Give what this kind of evidence consists of: an address, a note or a file."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
