"""The page behind a mail's “unsubscribe”: looking changes nothing, one click or the page's button does.

A mail program posts without login, cookie or form token (RFC 8058); the signed address alone says who and what.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from roadmap import clock
from roadmap.coded_reasons import coded
from roadmap.digests.subscriptions import change_subscription
from roadmap.models import DigestSubscription, Person
from roadmap.models.history import Actor
from roadmap.outbox.leaving import Leaving, leave, leaving_of
from roadmap.reminders.optional import take_optional_reminders
from roadmap.vocabulary import Door, MessageKind


@dataclass(frozen=True)
class Choice:
    """What the reader of a mail may leave, and take again. ``told`` says in words what it is and what stays."""

    leaving: Leaving
    person: Person
    language: str
    name: str
    told: str
    is_left: bool
    take_again: Callable[[datetime], object]


@csrf_exempt  # the one click comes from a mail program; the address is the secret
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show what would be left; on a POST leave it, or take it again. Doing so twice changes nothing more."""
    choice = _choice(request, leaving_of(token))
    if choice is None:
        return render(request, "roadmap/unsubscribe.html", {"choice": None}, status=404)
    with translation.override(choice.language):
        status = 200
        if request.method == "POST":
            status = _act(request, choice)
            choice = _choice(request, leaving_of(token)) or choice
        context = {"choice": choice, "is_done": request.method == "POST" and status == 200}
        return render(request, "roadmap/unsubscribe.html", context, status=status)


def _act(request: HttpRequest, choice: Choice) -> int:
    """Do what the POST asks for; the answer's status."""
    if request.POST.get("List-Unsubscribe") == "One-Click" or request.POST.get("act") == "leave":
        if not choice.is_left:
            leave(choice.leaving, now=clock.now())
    elif request.POST.get("act") == "return":
        if choice.is_left:
            choice.take_again(clock.now())
    else:
        return 400
    return 200


def _choice(request: HttpRequest, leaving: Leaving | None) -> Choice | None:
    """What the address leaves; None when that, or the account, is gone."""
    if leaving is None:
        return None
    if leaving.kind == MessageKind.REMINDER:
        person = Person.objects.filter(pk=leaving.pk, is_active=True).first()
        return _reminders(request, leaving, person) if person else None
    rows = DigestSubscription.objects.filter(pk=leaving.pk, person__is_active=True)
    subscription = rows.select_related("person", "roadmap").first()
    return _digest(request, leaving, subscription) if subscription else None


def _language(request: HttpRequest, person: Person) -> str:
    """That of the mail, unless the reader chose another one here."""
    return translation.get_language() if settings.LANGUAGE_COOKIE_NAME in request.COOKIES else person.language


def _reminders(request: HttpRequest, leaving: Leaving, person: Person) -> Choice:
    by = Actor(person, Door.MAIL)
    language = _language(request, person)
    with translation.override(language):
        return Choice(
            leaving=leaving,
            person=person,
            language=language,
            name=_("Reminders before due dates, and of what you only watch or contribute to"),
            told=_(
                "What you are responsible for is still sent when it is overdue or escalated to you: please read it."
            ),
            is_left=not person.optional_reminders,
            take_again=lambda now: take_optional_reminders(person, by=by, now=now, reason=coded("subscribed-again")),
        )


def _digest(request: HttpRequest, leaving: Leaving, subscription: DigestSubscription) -> Choice:
    person = subscription.person
    by = Actor(person, Door.MAIL)
    language = _language(request, person)
    with translation.override(language):
        names = {"daily": _("Daily digest"), "weekly": _("Weekly digest"), "monthly": _("Monthly digest")}
        return Choice(
            leaving=leaving,
            person=person,
            language=language,
            name=f"{subscription.roadmap.title} · {names[subscription.frequency]}",
            told=_("Other digests and reminders are not affected."),
            is_left=not subscription.is_active,
            take_again=lambda now: change_subscription(subscription, by=by, now=now, reason=coded("subscribed-again")),
        )
