"""What belongs to a milestone, on its page: deliverables, progress, evidence, dependencies. Each row is an act."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, TextField, URLField
from django.forms import DateField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display
from unfold.overrides import FORMFIELD_OVERRIDES_INLINE
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminExpandableTextareaWidget

from roadmap.admin.base import person_of
from roadmap.admin.forms import ActInlineForm, SeenField
from roadmap.admin.stale import refuse_stale
from roadmap.admin.uploads import UploadForm, download_link
from roadmap.editing.deliverables import add_deliverable, change_deliverable, remove_deliverable
from roadmap.editing.dependencies import link_milestones, unlink_milestones
from roadmap.editing.evidence import attach_evidence, remove_evidence
from roadmap.editing.locking import locked_milestone
from roadmap.editing.progress import record_progress
from roadmap.fields import DELIVERABLE, At, at
from roadmap.models import Deliverable, Dependency, Evidence, Milestone, ProgressUpdate
from roadmap.models.history import Actor
from roadmap.rights import may_edit, may_report


class ActingInline:
    """Rights of an inline: by default whoever may report on the milestone."""

    form = ActInlineForm
    formfield_overrides = {
        **FORMFIELD_OVERRIDES_INLINE,
        URLField: {**FORMFIELD_OVERRIDES_INLINE[URLField], "assume_scheme": "https"},
        TextField: {"widget": UnfoldAdminExpandableTextareaWidget(attrs={"rows": 2})},
    }
    extra = 0
    tab = True
    show_change_link = False

    def may_write(self, request: HttpRequest, milestone: Milestone | None) -> bool:
        """On a new milestone, whoever may add one."""
        return milestone is None or may_report(person_of(request), milestone)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """All staff."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may write."""
        return self.may_write(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may write."""
        return self.may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may write."""
        return self.may_write(request, obj)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """With what the act said before, on the row that it was about."""
        formset = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        formset.form.refused = getattr(request, "refused", None)
        return formset


class AppendingInline(ActingInline):
    """Rows that stay as they were written; new ones are added."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


DELIVERABLE_FIELDS = [one.name for one in at(At.FORM, DELIVERABLE)]


class DeliverableForm(ActInlineForm):
    """An item, with the state of it that was shown."""

    seen = SeenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = getattr(self.instance, "newest_change", "") or ""


class DeliverableInline(ActingInline, TabularInline):
    """The checkable items."""

    model = Deliverable
    form = DeliverableForm
    fields = [*DELIVERABLE_FIELDS, "seen"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deliverable]:
        """Each with its newest change, the mark of its state."""
        rows: QuerySet[Deliverable] = super().get_queryset(request)
        changes = Deliverable.history.filter(id=OuterRef("pk")).order_by("-history_id").values("history_id")
        return rows.annotate(newest_change=Subquery(changes[:1]))


class ProgressForm(ActInlineForm):
    """A report; without a day it speaks of today."""

    reported_on = DateField(
        label=capfirst(_("as of")), required=False, widget=UnfoldAdminDateWidget, help_text=_("Empty: today.")
    )


class ProgressInline(AppendingInline, StackedInline):
    """A new report. Those written stand above it, in the page itself: they can't be posted back."""

    model = ProgressUpdate
    form = ProgressForm
    template_before = "admin/roadmap/progress_so_far.html"
    verbose_name = _("progress report")
    verbose_name_plural = _("progress")
    fields = [("percent_complete", "confidence"), ("reported_on", "forecast_on"), ("narrative_zh", "narrative_en")]
    extra = 1
    max_num = 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what was reported stays."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgressUpdate]:
        """None of those written."""
        rows: QuerySet[ProgressUpdate] = super().get_queryset(request)
        return rows.none()


class EvidenceForm(UploadForm, ActInlineForm):
    """A row of evidence, with its file."""


class EvidenceInline(AppendingInline, TabularInline):
    """Links, notes and files."""

    model = Evidence
    form = EvidenceForm
    fields = ["kind", "title", "url", "note", "upload", "added_by"]
    readonly_fields = ["added_by"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """With what was found of the files that come."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.looked = getattr(request, "looked", {})
        return formset

    @display(description=_("file"))
    def upload(self, evidence: Evidence) -> Any:
        """Of a row that is there, in the place of the field."""
        return download_link(evidence)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        """With who added it."""
        rows: QuerySet[Evidence] = super().get_queryset(request)
        return rows.select_related("added_by")


class DependencyInline(AppendingInline, TabularInline):
    """What the milestone waits for, or what waits for it."""

    model = Dependency

    def may_write(self, request: HttpRequest, milestone: Milestone | None) -> bool:
        """Dependencies are part of the plan, not of a report."""
        return milestone is None or may_edit(person_of(request), milestone)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dependency]:
        """With both ends."""
        rows: QuerySet[Dependency] = super().get_queryset(request)
        return rows.select_related("predecessor", "successor__organisation")


class PredecessorInline(DependencyInline):
    """What has to be done before."""

    fk_name = "successor"
    verbose_name_plural = _("waits for")
    fields = ["predecessor", "lag_working_days"]
    autocomplete_fields = ["predecessor"]


class SuccessorInline(DependencyInline):
    """What waits for this one."""

    fk_name = "predecessor"
    verbose_name_plural = _("others that wait for it")
    fields = ["successor", "lag_working_days"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A link is made on the page of the one that waits."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return False


def write_row(milestone: Milestone, row: Any, *, by: Actor, now: datetime, reason: str) -> None:
    """The act behind a row that was added or changed."""
    item = row.instance
    given = {name: getattr(item, name) for name in row.changed_data if hasattr(item, name)}
    match item:
        case Deliverable() if item._state.adding:
            new = {name: getattr(item, name) for name in DELIVERABLE_FIELDS}
            add_deliverable(milestone, by=by, now=now, reason=reason, **new)
        case Deliverable():
            locked_milestone(milestone, None)  # whoever changes its items takes this lock first
            stored = Deliverable.objects.select_related("milestone").get(pk=item.pk)
            refuse_stale(stored, row.cleaned_data["seen"])
            change_deliverable(stored, by=by, now=now, reason=reason, **given)
        case ProgressUpdate() if item._state.adding:
            given.setdefault("percent_complete", item.percent_complete)
            record_progress(milestone, by=by, now=now, **given)
        case Evidence() if item._state.adding:
            attach_evidence(
                milestone,
                by=by,
                now=now,
                kind=item.kind,
                title=item.title,
                url=item.url,
                note=item.note,
                file=row.inspected,
            )
        case Dependency() if item._state.adding:
            link_milestones(item.predecessor, milestone, by=by, lag_working_days=item.lag_working_days, reason=reason)


def remove_row(item: Any, *, by: Actor, now: datetime, reason: str) -> None:
    """The act behind a row that was crossed out."""
    match item:
        case Deliverable():
            remove_deliverable(item, by=by, now=now, reason=reason)
        case Evidence():
            remove_evidence(item, by=by, now=now, reason=reason)
        case Dependency():
            unlink_milestones(item, by=by, reason=reason)
