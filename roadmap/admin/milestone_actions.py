"""What can be done with milestones from their list and page: the acts, and the export."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.enums import ActionVariant

from roadmap import clock
from roadmap.admin.acts import AT_MOST, act_view, why_not_verify
from roadmap.admin.base import person_of
from roadmap.admin.export import milestones_file
from roadmap.admin.milestone_pages import duplicate_view, link_view, undo_view
from roadmap.admin.milestone_table import table_view
from roadmap.admin.saved_views import remove_page, save_page
from roadmap.admin.way_back import no_such_list
from roadmap.editing.undoing import undoable_by
from roadmap.models import Milestone
from roadmap.rights import may_edit
from roadmap.vocabulary import OPEN_STATUSES


def _to_page_of(code: str) -> Any:
    """The list's action that opens the page of an act."""

    def open_page(model_admin: Any, request: HttpRequest, queryset: QuerySet[Milestone]) -> HttpResponse | None:
        ids = list(queryset.values_list("pk", flat=True)[: AT_MOST + 1])
        if len(ids) > AT_MOST:
            messages.error(request, _("Choose at most %(count)d milestones at once.") % {"count": AT_MOST})
            return None
        address = reverse("admin:roadmap_milestone_act", args=[code])
        return HttpResponseRedirect(f"{address}?ids={','.join(map(str, ids))}")

    open_page.__name__ = f"open_{code}"
    return open_page


class MilestoneActions(ModelAdmin):
    """Buttons on the page, choices over the list; each opens the page of an act or hands out a file."""

    actions = [
        "complete_chosen",
        "verify_chosen",
        "reschedule_chosen",
        "reassign_chosen",
        "weigh_chosen",
        "tag_chosen",
        "cancel_chosen",
        "reopen_chosen",
        "export_xlsx",
        "export_csv",
    ]
    actions_detail = [
        "complete",
        "verify",
        "reschedule",
        "reopen",
        {
            "title": gettext_lazy("More"),
            "icon": "more_horiz",
            "items": ["undo", "reassign", "duplicate", "link", "cancel"],
        },
    ]
    actions_list = [
        "edit_in_list",
        "import_table",
        {"title": gettext_lazy("Export"), "icon": "download", "items": ["export_all_xlsx", "export_all_csv"]},
    ]

    def get_urls(self) -> Any:
        """With the pages of the acts."""
        acts = path("act/<slug:code>/", self.admin_site.admin_view(self.act), name="roadmap_milestone_act")
        pages = [
            path(f"<int:object_id>/{name}/", self.admin_site.admin_view(partial(page, self)), name=f"milestone_{name}")
            for name, page in (("duplicate", duplicate_view), ("link", link_view), ("undo", undo_view))
        ]
        views = [
            path("table/", self.admin_site.admin_view(partial(table_view, self)), name="milestone_table"),
            path("views/save/", self.admin_site.admin_view(partial(save_page, self)), name="milestone_view_save"),
            path(
                "views/<int:view_id>/remove/",
                self.admin_site.admin_view(partial(remove_page, self)),
                name="milestone_view_remove",
            ),
        ]
        return [acts, *pages, *views, *super().get_urls()]

    def act(self, request: HttpRequest, code: str) -> HttpResponse:
        """The page of an act."""
        return act_view(self, request, code)

    complete_chosen = admin.action(description=gettext_lazy("Complete …"))(_to_page_of("complete"))
    verify_chosen = admin.action(description=gettext_lazy("Verify …"))(_to_page_of("verify"))
    reschedule_chosen = admin.action(description=gettext_lazy("Reschedule …"))(_to_page_of("reschedule"))
    reassign_chosen = admin.action(description=gettext_lazy("Reassign …"))(_to_page_of("reassign"))
    weigh_chosen = admin.action(description=gettext_lazy("Set weights …"))(_to_page_of("weigh"))
    tag_chosen = admin.action(description=gettext_lazy("Set tags …"))(_to_page_of("tag"))
    cancel_chosen = admin.action(description=gettext_lazy("Cancel milestones …"))(_to_page_of("cancel"))
    reopen_chosen = admin.action(description=gettext_lazy("Reopen …"))(_to_page_of("reopen"))

    def _open(self, code: str, object_id: Any) -> HttpResponse:
        address = reverse("admin:roadmap_milestone_act", args=[code])
        return HttpResponseRedirect(f"{address}?ids={object_id}&back=change")

    def has_open_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the acts on an open milestone are offered."""
        return self._offers(request, object_id, OPEN_STATUSES)

    def has_closed_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the milestone can be taken back into work."""
        return self._offers(request, object_id, None)

    def _offers(self, request: HttpRequest, object_id: Any, statuses: Any) -> bool:
        instance = self._asked_for(request, object_id)
        if instance is None or not may_edit(person_of(request), instance):
            return False
        return (instance.status in OPEN_STATUSES) == (statuses is not None)

    def _asked_for(self, request: HttpRequest, object_id: Any) -> Milestone | None:
        """The milestone of the page, read once a request."""
        known = getattr(request, "asked_for", None)
        if known is None or str(known.pk) != str(object_id):
            known = self.get_object(request, str(object_id))
            request.asked_for = known  # type: ignore[attr-defined]
        return known

    @action(description=gettext_lazy("Complete"), icon="task_alt", permissions=["open"], variant=ActionVariant.SUCCESS)
    def complete(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mark as done."""
        return self._open("complete", object_id)

    def has_unconfirmed_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the reader would not be refused: by the act's own rule."""
        found = self._asked_for(request, object_id)
        return found is not None and not why_not_verify(request, found)

    @action(
        description=gettext_lazy("Verify"),
        icon="verified",
        permissions=["unconfirmed"],
        variant=ActionVariant.SUCCESS,
    )
    def verify(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Confirm that it is done."""
        return self._open("verify", object_id)

    @action(description=gettext_lazy("Reschedule"), icon="event_upcoming", permissions=["open"])
    def reschedule(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Move the dates."""
        return self._open("reschedule", object_id)

    @action(description=gettext_lazy("Reassign"), icon="person_add", permissions=["open"])
    def reassign(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give to somebody else."""
        return self._open("reassign", object_id)

    @action(description=gettext_lazy("Cancel milestone"), icon="block", permissions=["open"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give up."""
        return self._open("cancel", object_id)

    @action(description=gettext_lazy("Reopen"), icon="restart_alt", permissions=["closed"])
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take back into work."""
        return self._open("reopen", object_id)

    def has_plan_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the reader may change the plan of the milestone, whatever its status."""
        found = self._asked_for(request, object_id)
        return found is not None and may_edit(person_of(request), found)

    def has_undoable_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the last change is the reader's to undo."""
        found = self._asked_for(request, object_id)
        return found is not None and undoable_by(person_of(request), found, now=clock.now()) is not None

    @action(description=gettext_lazy("Undo my last change"), icon="undo", permissions=["undoable"])
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set it back."""
        return HttpResponseRedirect(reverse("admin:milestone_undo", args=[object_id]))

    @action(description=gettext_lazy("Duplicate"), icon="content_copy", permissions=["plan"])
    def duplicate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new one like it."""
        return HttpResponseRedirect(reverse("admin:milestone_duplicate", args=[object_id]))

    @action(description=gettext_lazy("Add a dependency"), icon="account_tree", permissions=["plan"])
    def link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let it wait for another, or another for it."""
        return HttpResponseRedirect(reverse("admin:milestone_link", args=[object_id]))

    @action(description=gettext_lazy("Edit in the list"), icon="edit_note")
    def edit_in_list(self, request: HttpRequest) -> HttpResponse:
        """The page of the list that is shown, with fields."""
        return HttpResponseRedirect(f"{reverse('admin:milestone_table')}?{request.GET.urlencode()}".rstrip("?"))

    # -- Export --------------------------------------------------------------------------------------------------------
    @admin.action(description=gettext_lazy("Export as XLSX"))
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet[Milestone]) -> HttpResponseBase:
        """The chosen ones."""
        return milestones_file(queryset, kind="xlsx", now=clock.now(), by=person_of(request))

    @admin.action(description=gettext_lazy("Export as CSV"))
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Milestone]) -> HttpResponseBase:
        """The chosen ones."""
        return milestones_file(queryset, kind="csv", now=clock.now(), by=person_of(request))

    @action(description=gettext_lazy("All shown, as XLSX"), icon="table_view")
    def export_all_xlsx(self, request: HttpRequest) -> HttpResponseBase:
        """All that the search and filters of the list leave."""
        return self._all_shown(request, kind="xlsx")

    @action(description=gettext_lazy("All shown, as CSV"), icon="csv")
    def export_all_csv(self, request: HttpRequest) -> HttpResponseBase:
        """All that the search and filters of the list leave."""
        return self._all_shown(request, kind="csv")

    def _all_shown(self, request: HttpRequest, *, kind: str) -> HttpResponseBase:
        try:
            listed = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(no_such_list(Milestone))
        return milestones_file(listed.queryset, kind=kind, now=clock.now(), by=person_of(request))
