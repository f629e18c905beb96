"""One's own leave: enter it, change it, take it back; and the leave in which one stands in for others."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.account_rights import deputies_known_to
from roadmap.editing.leave import change_leave, end_leave, enter_leave
from roadmap.errors import InvalidChange
from roadmap.models import Leave, Person
from roadmap.vocabulary import PersonKind
from roadmap.web.frame import frame_for
from roadmap.web.own.doors import by
from roadmap.written_days import DayField

NOT_ACCEPTED = 422


class LeaveForm(forms.Form):
    """What an act on leave is given, by its own names."""

    from_on = DayField(
        label=_("First day away"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    until_on = DayField(
        label=_("Last day away"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    deputy = forms.ModelChoiceField(
        label=_("Who stands in for you"),
        queryset=Person.objects.none(),
        empty_label=_("choose"),
        help_text=_("Gets your reminders during your leave; best somebody who may report on the same milestones."),
    )
    digests_pause = forms.BooleanField(
        label=_("My digests pause; the first one after it covers all of it"), required=False, initial=True
    )

    def __init__(self, person: Person, *, of: Leave | None, data: Any = None) -> None:
        first = {name: getattr(of, name) for name in self.base_fields} if of else {}
        super().__init__(data, initial=first, auto_id="leave-%s")
        self.fields["deputy"].queryset = deputies_for(person)  # type: ignore[attr-defined]


def deputies_for(person: Person) -> QuerySet[Person]:
    """Who could stand in: those whom the person knows here, as far as mail reaches them."""
    reached = deputies_known_to(person).filter(is_active=True, kind=PersonKind.HUMAN)
    return reached.exclude(pk=person.pk).exclude(email="")


def leave_around(person: Person, *, now: datetime) -> list[Leave]:
    """The person's leave that isn't over yet, and that in which they stand in for others. One query."""
    today = clock.day_in(person.time_zone, at=now)
    rows = Leave.objects.filter(Q(person=person) | Q(deputy=person), until_on__gte=today)
    return list(rows.select_related("person", "deputy").order_by("from_on", "pk"))


def new_leave(request: HttpRequest, person: Person) -> HttpResponse:
    """Ask for a leave, and enter it."""
    form = LeaveForm(person, of=None, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_leave(person, by=by(person), now=clock.now(), **form.cleaned_data)
            return _back()
        except InvalidChange as error:
            _tell(form, error)
    return _asked(request, form, None)


def leave(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Ask what to change in a leave of one's own, and change it."""
    row = get_object_or_404(Leave.objects.select_related("person", "deputy"), pk=number, person=person)
    form = LeaveForm(person, of=row, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_leave(row, by=by(person), now=clock.now(), **form.cleaned_data)
            return _back()
        except InvalidChange as error:
            _tell(form, error)
    return _asked(request, form, row)


def back_early(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Take a leave of one's own back; gone already, nothing happens."""
    row = Leave.objects.select_related("person").filter(pk=number, person=person).first()
    if row is not None:
        end_leave(row, by=by(person), now=clock.now())
    return _back()


def _asked(request: HttpRequest, form: LeaveForm, row: Leave | None) -> HttpResponse:
    context = {"frame": frame_for(request), "form": form, "leave": row}
    return render(request, "roadmap/own/leave.html", context, status=NOT_ACCEPTED if form.errors else 200)


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("web:my-mail") + "#leave")


def _tell(form: LeaveForm, error: InvalidChange) -> None:
    for name, message in error.fields.items():
        form.add_error(name if name in form.fields else None, str(message))
