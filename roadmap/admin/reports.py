"""What was reported: progress updates and evidence."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.filters import EmptyFieldListFilter
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from roadmap import clock
from roadmap.admin.act_forms import ReasonForm
from roadmap.admin.base import ActingAdmin, actor_of, person_of
from roadmap.admin.forms import ActForm
from roadmap.admin.lists import DayRangeFilter
from roadmap.admin.marks import MarkedColumns
from roadmap.admin.milestone_inlines import ProgressForm
from roadmap.admin.refusals import put_on_form
from roadmap.admin.uploads import LooksAtFiles, UploadForm, download_link
from roadmap.editing.evidence import attach_evidence, remove_evidence
from roadmap.editing.progress import may_withdraw, record_progress, withdraw_progress
from roadmap.errors import RoadmapError
from roadmap.models import Evidence, Milestone, ProgressUpdate
from roadmap.progress.shown import percent_number, withdrawn_text
from roadmap.rights import may_report
from roadmap.vocabulary import Rag

MILESTONE_SEARCH = ["milestone__title_zh", "milestone__title_en", "milestone__code"]


class ReportForm(ActForm, ProgressForm):
    """A report on its own page."""


class AppendedAdmin(MarkedColumns, ActingAdmin):
    """Rows that are added, never changed; acts check who may."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """All staff may try; the act knows the milestone."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(AppendedAdmin):
    """Reports, newest first."""

    form = ReportForm
    list_display = [
        "milestone",
        "reported_on",
        "shown_percent",
        "shown_confidence",
        "forecast_on",
        "reported_by",
        "shown_withdrawal",
        "mark",
    ]
    list_filter = [
        ("withdrawn_at", EmptyFieldListFilter),
        ("confidence", ChoicesDropdownFilter),
        ("reported_on", DayRangeFilter),
        ("door", ChoicesDropdownFilter),
        ("provenance", ChoicesDropdownFilter),
    ]
    search_fields = [*MILESTONE_SEARCH, "narrative_zh", "narrative_en"]
    list_select_related = ["milestone", "reported_by", "withdrawn_by"]
    autocomplete_fields = ["milestone"]
    readonly_fields = ["shown_percent", "reported_by", "door", "recorded_at", "shown_withdrawal"]
    actions_detail = ["withdraw"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "milestone",
                    ("percent_complete", "confidence"),
                    ("reported_on", "forecast_on"),
                    ("narrative_zh", "narrative_en"),
                ]
            },
        ),
        (_("Recorded"), {"fields": [("reported_by", "door", "recorded_at"), "shown_withdrawal"]}),
    ]

    @display(description=_("complete"), ordering="percent_complete")
    def shown_percent(self, update: ProgressUpdate) -> str:
        """With its sign; struck through where it counts no more."""
        shown = f"{percent_number(update.percent_complete, decimals=2)}%"
        return format_html("<s>{}</s>", shown) if update.withdrawn_at else shown

    @display(description=_("withdrawn"), ordering="withdrawn_at", empty_value="–")
    def shown_withdrawal(self, update: ProgressUpdate) -> str | None:
        """By whom, when and why."""
        return withdrawn_text(update) or None

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may withdraw the report, while it counts."""
        update = self.get_object(request, str(object_id)) if object_id else None
        return update is not None and update.withdrawn_at is None and may_withdraw(person_of(request), update)

    @action(description=_("Withdraw"), icon="undo", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then say that it was wrong."""
        update = self.get_object(request, object_id)
        if update is None:
            raise Http404
        back = reverse("admin:roadmap_progressupdate_change", args=[update.pk])
        about = {"milestone": update.milestone.title, "report": update}
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                withdraw_progress(update, by=actor_of(request), now=clock.now(), reason=form.cleaned_data["reason"])
            except RoadmapError as error:
                put_on_form(error, form)
            else:
                messages.success(request, gettext("The report is withdrawn and no longer counts."))
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Withdraw this report?"),
            "subtitle": None,
            "heading": gettext("Withdraw this report? %(milestone)s: %(report)s") % about,
            "opts": self.opts,
            "form": form,
            "told": gettext("It can still be read, struck through, with your name and reason, and no longer counts."),
            "back": back,
        }
        return TemplateResponse(request, "admin/roadmap/ask.html", context)

    @display(description=_("confidence"), ordering="confidence")
    def shown_confidence(self, update: ProgressUpdate) -> SafeString:
        """In words and colour."""
        return format_html('<span class="rm-badge rm-{}">{}</span>', update.confidence, Rag(update.confidence).label)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new one says for itself why."""
        if obj is None:
            return self.fieldsets[:1]
        as_it_counts = {"percent_complete": "shown_percent"}  # struck through where it counts no more
        (title, options), *others = self.fieldsets
        rows = [
            tuple(as_it_counts.get(name, name) for name in row) if isinstance(row, tuple) else row
            for row in options["fields"]
        ]
        return [(title, {**options, "fields": rows}), *others]

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Record it."""
        given = form.changed_values()
        return record_progress(given.pop("milestone"), by=actor_of(request), now=clock.now(), **given)


class EvidenceForm(UploadForm, ActForm):
    """A piece of evidence on its own page."""


@admin.register(Evidence)
class EvidenceAdmin(LooksAtFiles, AppendedAdmin):
    """What shows that milestones are as far as reported."""

    form = EvidenceForm
    list_display = ["title", "kind", "milestone", "added_by", "added_at", "mark"]
    list_filter = [("kind", ChoicesDropdownFilter), ("provenance", ChoicesDropdownFilter)]
    search_fields = ["title", "note", *MILESTONE_SEARCH]
    list_select_related = ["milestone", "added_by"]
    autocomplete_fields = ["milestone", "progress_update"]
    readonly_fields = ["added_by", "added_at"]
    fieldsets = [
        (None, {"fields": ["milestone", "progress_update", ("kind", "title"), "url", "note", "upload"]}),
        (_("Recorded"), {"fields": [("added_by", "added_at")]}),
    ]

    def may_attach(self, request: HttpRequest, object_id: str | None) -> bool:
        """Whoever may report on the milestone that the form names."""
        named = request.POST.get("milestone", "")
        found = Milestone.objects.filter(pk=named).first() if named.isdecimal() and len(named) < 19 else None
        return self.takes_files(request, object_id) and found is not None and may_report(person_of(request), found)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new one isn't recorded yet."""
        return self.fieldsets if obj else self.fieldsets[:1]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """With what was found of the file that comes."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.looked = getattr(request, "looked", {})
        return form

    @display(description=_("file"))
    def upload(self, evidence: Evidence) -> Any:
        """Of evidence that is there, in the place of the field."""
        return download_link(evidence)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may report on the milestone."""
        return obj is not None and may_report(person_of(request), obj.milestone)

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Attach it."""
        given = form.changed_values()
        file = form.inspected  # type: ignore[attr-defined]
        return attach_evidence(given.pop("milestone"), by=actor_of(request), now=clock.now(), file=file, **given)

    def remove(self, request: HttpRequest, instance: Any) -> None:
        """Take it away; the history stays."""
        remove_evidence(instance, by=actor_of(request), now=clock.now())
