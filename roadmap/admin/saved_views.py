"""Views over the list of milestones that people keep for themselves: saved under a name, shown above the list."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from roadmap.admin.base import actor_of, person_of
from roadmap.admin.refusals import put_on_form
from roadmap.editing.views import remove_view, save_view
from roadmap.errors import RoadmapError
from roadmap.models import SavedView
from roadmap.vocabulary import ViewPlace

NOT_PART_OF_A_VIEW = {"p", "all", "e", "_changelist_filters", "_popup", "_to_field"}


class ViewForm(forms.Form):
    """What it is to be called."""

    name = forms.CharField(
        label=gettext_lazy("name"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("A view of yours that has this name already is replaced."),
    )


def query_of(request: HttpRequest) -> str:
    """What the list is narrowed and sorted to, in an order of its own, so that equal views are equal texts."""
    kept = [(name, value) for name, value in request.GET.items() if value and name not in NOT_PART_OF_A_VIEW]
    return urlencode(sorted(kept))


def views_above(request: HttpRequest) -> dict[str, Any]:
    """What the list shows of the reader's views. One query."""
    query = query_of(request)
    return {
        "saved_views": [
            {"view": view, "is_shown": view.query == query}
            for view in SavedView.objects.filter(person=person_of(request), place=ViewPlace.ADMIN)
        ],
        "query_to_save": query,
    }


def save_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Asks for a name and keeps what stands behind the ``?`` under it."""
    query = query_of(request)
    if not query:
        raise Http404
    form = ViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            save_view(person_of(request), by=actor_of(request), name=name, query=query)
        except RoadmapError as error:
            put_on_form(error, form)
        else:
            messages.success(request, _("The view “%(name)s” is saved for you.") % {"name": name})
            return HttpResponseRedirect(f"{_list()}?{query}")
    told = _("It holds the search, the filters and the order that the list has now; only you see it.")
    return _ask(model_admin, request, form, title=_("Save this view"), back=f"{_list()}?{query}", told=told)


def remove_page(model_admin: Any, request: HttpRequest, view_id: int) -> HttpResponse:
    """Asks once more and forgets the view; somebody else's isn't there."""
    view = SavedView.objects.select_related("person").filter(person=person_of(request), pk=view_id).first()
    if view is None:
        raise Http404
    if request.method == "POST":
        remove_view(view, by=actor_of(request))
        messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
        return HttpResponseRedirect(_list())
    title = _("Remove the view “%(name)s”") % {"name": view.name}
    return _ask(model_admin, request, forms.Form(), title=title, back=f"{_list()}?{view.query}")


def _list() -> str:
    return reverse("admin:roadmap_milestone_changelist")


def _ask(model_admin: Any, request: HttpRequest, form: forms.Form, **more: Any) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "subtitle": None,
        "opts": model_admin.opts,
        "form": form,
        **more,
    }
    return TemplateResponse(request, "admin/roadmap/ask.html", context)
