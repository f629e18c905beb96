"""The page of one's own mail, and its acts. A look changes nothing; each act leads back to what it was about."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.digests.subscriptions import change_subscription, pause, subscribe, unsubscribe
from roadmap.editing.watching import stop_watching, watch
from roadmap.errors import InvalidChange
from roadmap.models import DigestSubscription, Milestone, Person, Roadmap, Watch
from roadmap.reminders.optional import leave_optional_reminders, take_optional_reminders
from roadmap.web.frame import frame_for
from roadmap.web.own.doors import by
from roadmap.web.own.forms import PARTS, NewSubscriptionForm, PauseForm, SubscriptionForm
from roadmap.web.own.leave import leave_around
from roadmap.web.own.page import AT_HAND, digest_view, own_digests, own_watches

NOT_ACCEPTED = 422


def my_mail(request: HttpRequest, person: Person) -> HttpResponse:
    """What comes to the person by mail, and the ways to change it."""
    return _my_mail(request, person)


def new_digest(request: HttpRequest, person: Person) -> HttpResponse:
    """Ask for a new subscription to the roadmap that ``?roadmap=`` names, else to the first; take it in."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    form = NewSubscriptionForm(person, frame.roadmap, of=None, data=request.POST or None)
    form.initial.update(parts_asked(form, request))
    if request.method == "POST" and form.is_valid():
        try:
            made = subscribe(person, frame.roadmap, by=by(person), now=clock.now(), **form.cleaned_data)
            return _back_to(made.pk)
        except InvalidChange as error:
            _tell(form, error)
    context = {"frame": frame, "form": form, "roadmap": frame.roadmap, "digest": None}
    return render(request, "roadmap/own/digest.html", context, status=NOT_ACCEPTED if form.errors else 200)


def parts_asked(form: SubscriptionForm, request: HttpRequest) -> dict[str, object]:
    """What the address limits a new subscription to, as ``?pillar=safe``; what isn't there is left out."""
    fields: Any = form.fields
    asked = {
        name: fields[name].queryset.filter(code=request.GET[name]).first() for name in PARTS if name in request.GET
    }
    return {name: part.pk for name, part in asked.items() if part is not None}


def digest(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Ask what to change in a subscription, and change it; one that is paused or ended starts anew."""
    row = own_digest(person, number)
    form = SubscriptionForm(person, row.roadmap, of=row, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_subscription(row, by=by(person), now=clock.now(), **form.cleaned_data)
            return _back_to(row.pk)
        except InvalidChange as error:
            _tell(form, error)
    frame = frame_for(request, roadmap=row.roadmap)
    context = {"frame": frame, "form": form, "roadmap": row.roadmap, "digest": digest_view(row, now=clock.now())}
    return render(request, "roadmap/own/digest.html", context, status=NOT_ACCEPTED if form.errors else 200)


def pause_digest(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """No issue before the day that is asked for."""
    row = own_digest(person, number)
    form = PauseForm(request.POST)
    if form.is_valid():
        try:
            pause(row, by=by(person), now=clock.now(), until=form.cleaned_data["until"])
            return _back_to(row.pk)
        except InvalidChange as error:
            return _my_mail(request, person, refused=row.pk, why=str(error.message))
    return _my_mail(request, person, refused=row.pk, why=_("Give a day, such as 2026-01-31."))


def stop_digest(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """End the subscription."""
    row = own_digest(person, number)
    if row.is_active:
        unsubscribe(row, by=by(person), now=clock.now())
    return _back_to(row.pk)


def start_digest(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Let a paused or ended one come again."""
    row = own_digest(person, number)
    if not row.is_active or row.paused_until:
        change_subscription(row, by=by(person), now=clock.now())
    return _back_to(row.pk)


def optional_reminders(request: HttpRequest, person: Person) -> HttpResponse:
    """Leave what may be left of one's reminders, or take it again."""
    if request.POST.get("act") == "leave" and person.optional_reminders:
        leave_optional_reminders(person, by=by(person), now=clock.now())
    elif request.POST.get("act") == "return" and not person.optional_reminders:
        take_optional_reminders(person, by=by(person), now=clock.now())
    return HttpResponseRedirect(reverse("web:my-mail") + "#reminders")


def stop_watch(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """End a watch of one's own; ended already, nothing happens."""
    row = Watch.objects.filter(pk=number, person=person).first()
    if row is not None:
        stop_watching(row, by=by(person))
    return HttpResponseRedirect(reverse("web:my-mail") + "#watches")


def watch_milestone(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """Begin to watch the milestone, or stop (``act=stop``); asked for what is so already, nothing happens."""
    milestone = get_object_or_404(Milestone, code=code)
    row = Watch.objects.filter(milestone=milestone, person=person).first()
    if request.POST.get("act") == "stop":
        if row is not None:
            stop_watching(row, by=by(person))
    elif row is None:
        watch(person, by=by(person), now=clock.now(), milestone=milestone)
    return HttpResponseRedirect(reverse("web:milestone", kwargs={"code": code}))


def own_digest(person: Person, number: int) -> DigestSubscription:
    """The person's own subscription of that number; anybody else's isn't there."""
    return get_object_or_404(DigestSubscription.objects.select_related(*AT_HAND), pk=number, person=person)


def _my_mail(request: HttpRequest, person: Person, *, refused: int | None = None, why: str = "") -> HttpResponse:
    context = {
        "frame": frame_for(request),
        "person": person,
        "digests": own_digests(person, now=clock.now()),
        "watches": own_watches(person),
        "leave": leave_around(person, now=clock.now()),
        "roadmaps": list(Roadmap.objects.all()),
        "refused": refused,
        "why": why,
    }
    return render(request, "roadmap/own/mail.html", context, status=NOT_ACCEPTED if refused else 200)


def _back_to(number: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('web:my-mail')}#digest-{number}")


def _tell(form: SubscriptionForm, error: InvalidChange) -> None:
    for name, message in error.fields.items():
        form.add_error(name if name in form.fields else None, str(message))
