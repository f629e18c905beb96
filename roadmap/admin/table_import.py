"""The page on which a table is taken in: upload, look at what it would change, apply. Templates are handed out here."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget

from roadmap import clock
from roadmap.admin.base import person_of
from roadmap.admin.forms import ReasonField
from roadmap.admin.way_back import list_query, narrowed, to_list
from roadmap.errors import BadTable, InvalidChange, NotAllowed
from roadmap.exchange.sheets.bring import Brought, bring_in, foretell, refuse_large
from roadmap.exchange.sheets.kept import keep_upload, kept_upload
from roadmap.exchange.sheets.kinds import TableKind
from roadmap.exchange.sheets.template import template_of
from roadmap.models import TableUpload
from roadmap.models.history import Actor
from roadmap.tables import XLSX_TYPE
from roadmap.vocabulary import Door

MOST_CHANGES = 1000  # entries, while somebody waits for the page
ACCEPTED = ".xlsx,.csv"


class TableForm(forms.Form):
    """The file, and why; after a look the file is kept here."""

    upload = forms.FileField(
        label=gettext_lazy("file"),
        required=False,
        help_text=gettext_lazy("XLSX or CSV, as exported here or made from the template."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ACCEPTED}),
    )
    reason = ReasonField(
        required=False, help_text=gettext_lazy("Needed to apply. Kept in the change record of each entry.")
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class TakesTables(ModelAdmin):
    """A list into which tables can be brought."""

    table_kind: TableKind

    def get_urls(self) -> Any:
        """With the page and the template."""
        name = self.opts.model_name
        pages = [
            path("import/", self._page_of(self.import_view), name=f"roadmap_{name}_import"),
            path("import/template/", self._page_of(self.template_view), name=f"roadmap_{name}_template"),
        ]
        return [*pages, *super().get_urls()]

    def _page_of(self, view: Any) -> Any:
        page = self.admin_site.admin_view(view)
        page.model_admin = self  # its ``takes_files`` bounds the body before any of it is read
        return page

    def takes_files(self, request: HttpRequest, object_id: str | None) -> bool:
        """Whether the reader may write some of the entries."""
        return self.has_add_permission(request)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Who is offered the page: whoever may write some of the entries."""
        return self.has_add_permission(request)

    @action(description=gettext_lazy("Import"), icon="upload", permissions=["import"])
    def import_table(self, request: HttpRequest) -> HttpResponse:
        """To the page."""
        page = reverse(f"admin:roadmap_{self.opts.model_name}_import")
        return HttpResponseRedirect(f"{page}?{narrowed(request)}".rstrip("?"))

    def template_view(self, request: HttpRequest) -> HttpResponse:
        """The blank workbook."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        headers = {"Content-Disposition": f'attachment; filename="{self.table_kind.code}-template.xlsx"'}
        content = template_of(self.table_kind, reader=person_of(request))
        return HttpResponse(content, content_type=XLSX_TYPE, headers=headers)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """GET asks, POST ``_preview`` shows, POST ``_apply`` does."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        asked = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
        kept, found, wrong = None, None, None
        if asked.is_bound and asked.is_valid():
            try:
                kept = self._kept(request, asked)
                if "_apply" in request.POST and asked.cleaned_data["seen"]:
                    return self._applied(request, kept, asked)
                found = self._foretold(request, kept)
            except BadTable as error:
                wrong = error
            except InvalidChange as error:
                for name, text in error.fields.items():
                    asked.add_error(name if name in asked.fields else None, str(text))
                found = self._foretold(request, kept) if kept is not None else None
            except NotAllowed as error:
                raise PermissionDenied from error
        form = _again(asked, found)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import"),
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "kept": kept,
            "found": found,
            "wrong": wrong,
            "back": to_list(self.model, list_query(request)),
            "template": reverse(f"admin:roadmap_{self.opts.model_name}_template"),
        }
        return TemplateResponse(request, "admin/roadmap/import.html", context)

    def _kept(self, request: HttpRequest, form: TableForm) -> TableUpload:
        """The file just sent, or the one that was looked at. Raises BadTable, InvalidChange."""
        person, sent = person_of(request), form.cleaned_data["upload"]
        if sent is not None:
            refuse_large(sent.size)
            return keep_upload(sent.read(), name=sent.name, kind=self.table_kind, person=person, now=clock.now())
        kept = kept_upload(kind=self.table_kind, person=person) if form.cleaned_data["seen"] else None
        if kept is None:
            raise InvalidChange({"upload": _("Choose a file.")})
        return kept

    def _foretold(self, request: HttpRequest, kept: TableUpload) -> Brought:
        content, by = bytes(kept.content), _actor(request)
        return foretell(content, self.table_kind, by=by, now=clock.now(), most=MOST_CHANGES)

    def _applied(self, request: HttpRequest, kept: TableUpload, form: TableForm) -> HttpResponse:
        brought = bring_in(
            bytes(kept.content),
            self.table_kind,
            by=_actor(request),
            now=clock.now(),
            reason=form.cleaned_data["reason"],
            most=MOST_CHANGES,
            seen=form.cleaned_data["seen"],
        )
        kept.delete()
        words = ngettext("%(count)d entry was changed", "%(count)d entries were changed", brought.changed)
        told = words % {"count": brought.changed}
        if brought.added:
            more = ngettext("%(count)d was added", "%(count)d were added", brought.added)
            told = _("%(changed)s, %(added)s") % {"changed": told, "added": more % {"count": brought.added}}
        messages.success(request, _("%(told)s.") % {"told": told})
        return HttpResponseRedirect(to_list(self.model, list_query(request)))


def _actor(request: HttpRequest) -> Actor:
    return Actor(person_of(request), Door.IMPORT)


def _again(asked: TableForm, found: Brought | None) -> TableForm:
    """The form as it is shown: with its errors, and the mark of what is shown beside it."""
    if asked.is_bound:
        data: Any = asked.data.copy()  # type: ignore[attr-defined]
        data["seen"] = found.fingerprint if found is not None else ""
        asked.data = data
    return asked
