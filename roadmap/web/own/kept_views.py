"""Views of the list of milestones that people keep: what its address asks for, under a name of their own."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from roadmap.editing.views import remove_view, save_view
from roadmap.errors import InvalidChange
from roadmap.models import Person, SavedView
from roadmap.vocabulary import ViewPlace
from roadmap.web.frame import frame_for
from roadmap.web.own.doors import by

NOT_ACCEPTED = 422
NOT_PART_OF_A_VIEW = {"page", "as_of", "basis"}


class ViewForm(forms.Form):
    """What it is to be called."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("A view of yours that has this name already is replaced."),
    )


@dataclass(frozen=True)
class KeptView:
    """One of the person's views; ``is_shown`` while the list is as it says."""

    pk: int
    name: str
    address: str
    is_shown: bool


def query_to_keep(request: HttpRequest) -> str:
    """What the list is narrowed, sorted and arranged to, in an order of its own: equal views are equal texts."""
    kept = [(name, str(value)) for name, value in request.GET.items() if value and name not in NOT_PART_OF_A_VIEW]
    return urlencode(sorted(kept))


def kept_views(request: HttpRequest) -> list[KeptView]:
    """The views of whoever is signed in. One query, none for others."""
    if not isinstance(request.user, Person):
        return []
    query = query_to_keep(request)
    rows = SavedView.objects.filter(person=request.user, place=ViewPlace.SITE)
    return [KeptView(one.pk, one.name, f"{_list()}?{one.query}", one.query == query) for one in rows]


def new_view(request: HttpRequest, person: Person) -> HttpResponse:
    """Ask for a name, and keep under it what stands behind the ``?``."""
    query = query_to_keep(request)
    if not query:
        raise Http404
    form = ViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            save_view(person, by=by(person), name=form.cleaned_data["name"], query=query, place=ViewPlace.SITE)
            return HttpResponseRedirect(f"{_list()}?{query}")
        except InvalidChange as error:
            form.add_error("name", str(error.message))
    context = {"frame": frame_for(request), "form": form, "back": f"{_list()}?{query}"}
    return render(request, "roadmap/own/view.html", context, status=NOT_ACCEPTED if form.errors else 200)


def end_view(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Forget a view of one's own; gone already, nothing happens."""
    view = SavedView.objects.select_related("person").filter(person=person, place=ViewPlace.SITE, pk=number).first()
    if view is not None:
        remove_view(view, by=by(person))
    return HttpResponseRedirect(_list())


def _list() -> str:
    return reverse("web:milestones")
