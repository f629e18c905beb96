"""The list of milestones, edited in place: dates, weights and tags of a page of it, saved all or none."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from roadmap import clock
from roadmap.admin.base import actor_of, person_of
from roadmap.admin.foretelling_dates import warn_of_due_date
from roadmap.admin.forms import ReasonField
from roadmap.admin.meanwhile import differences_since, versions_seen
from roadmap.admin.refusals import put_on_form
from roadmap.admin.table_rows import TableRow, row_form
from roadmap.admin.way_back import no_such_list, to_list
from roadmap.editing.milestones import change_milestone
from roadmap.errors import InvalidChange, RoadmapError
from roadmap.models import Milestone
from roadmap.rights import may_edit

AT_MOST = 100
DATES = {"planned_start_on", "due_on"}


class ReasonForm(forms.Form):
    """Why; asked for where a date moves."""

    reason = ReasonField(
        required=False,
        help_text=gettext_lazy("Needed where a date changes. Kept in the change record of each milestone."),
    )


def table_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """GET shows the page of the list that the address asks for, with fields; POST saves what was changed."""
    try:
        rows = _rows(model_admin, request)
    except IncorrectLookupParameters:
        return HttpResponseRedirect(no_such_list(Milestone))
    reason = ReasonForm(request.POST if request.method == "POST" else None)
    back = to_list(Milestone, request.GET.urlencode())
    if request.method == "POST":
        changed = _changed(rows, reason)
        if changed is not None and _saved(changed, reason.cleaned_data["reason"], request):
            told = ngettext("%(count)d milestone was changed.", "%(count)d milestones were changed.", len(changed))
            messages.success(request, told % {"count": len(changed)} if changed else _("Nothing was changed."))
            for row in changed:
                if row.form is not None and "due_on" in row.form.changed_data:
                    warn_of_due_date(request, Milestone.objects.get(pk=row.milestone.pk))
            return HttpResponseRedirect(back)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Edit in the list"),
        "subtitle": None,
        "opts": model_admin.opts,
        "rows": rows,
        "reason": reason,
        "back": back,
        "is_refused": request.method == "POST",
    }
    return TemplateResponse(request, "admin/roadmap/table.html", context)


def _rows(model_admin: Any, request: HttpRequest) -> list[TableRow]:
    if request.method != "POST":
        milestones = list(model_admin.get_changelist_instance(request).result_list)[:AT_MOST]
        return [TableRow(one, row_form(one, None) if may_edit(person_of(request), one) else None) for one in milestones]
    ids = [int(word) for word in request.POST.getlist("row")[:AT_MOST] if word.isdecimal() and len(word) < 19]
    related = ("initiative__roadmap", "initiative__pillar", "phase", "organisation", "owner")
    found = Milestone.objects.select_related(*related).in_bulk(ids)
    milestones = [found[pk] for pk in ids if pk in found]
    seen = versions_seen(milestones, request.POST)
    return [
        TableRow(
            one,
            row_form(one, request.POST, as_seen=seen.get(one.pk)) if may_edit(person_of(request), one) else None,
            meanwhile=differences_since(seen[one.pk], one) if one.pk in seen else [],
        )
        for one in milestones
    ]


def _changed(rows: list[TableRow], reason: ReasonForm) -> list[TableRow] | None:
    """The rows that ask for something, if all of it can be read and nobody was there first; else None."""
    writable = [row for row in rows if row.form is not None]
    is_right = all(row.form.is_valid() for row in writable if row.form is not None) and reason.is_valid()
    changed = [row for row in writable if row.form is not None and row.form.has_changed()]
    moved = any(DATES & set(row.form.changed_data) for row in changed if row.form is not None)
    if is_right and moved and not reason.cleaned_data["reason"].strip():
        reason.add_error("reason", _("A date changes: give the reason; it is kept."))
        return None
    for row in changed:
        if row.meanwhile:
            row.refusal = _("Somebody else has changed it; nothing is saved yet. Check it and save again.")
            is_right = False
    return changed if is_right else None


def _saved(rows: list[TableRow], reason: str, request: HttpRequest) -> bool:
    """Write all; when one refuses, none, and the refusal stands on its row."""
    by, now = actor_of(request), clock.now()
    with transaction.atomic():
        for row in rows:
            form: Any = row.form
            try:
                with transaction.atomic():
                    change_milestone(
                        row.milestone,
                        by=by,
                        now=now,
                        reason=reason,
                        expected_version=row.milestone.version,
                        **form.values(),
                    )
            except InvalidChange as error:
                put_on_form(error, form)
                row.refusal = " ".join(form.non_field_errors())
                transaction.set_rollback(True)
            except RoadmapError as error:
                row.refusal = str(error.message)
                transaction.set_rollback(True)
        return not any(row.refusal or (row.form is not None and row.form.errors) for row in rows)
