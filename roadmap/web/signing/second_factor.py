"""The pages of one's own second factors: add an app or a passkey, see recovery codes once, get new ones, remove."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from roadmap import clock
from roadmap.editing.second_factor import factors_of, note_factor_added, note_recovery_codes, remove_factor
from roadmap.errors import NotAllowed
from roadmap.models import Person
from roadmap.web.frame import frame_for
from roadmap.web.own.doors import by
from roadmap.web.signing.gate import is_required_of, must_have_one
from roadmap.web.signing.sessions import end_sessions_elsewhere


def second_factor(request: HttpRequest, person: Person) -> HttpResponse:
    """How it stands, and on a POST the act that it names. A look changes nothing."""
    wrong, act, number = "", request.POST.get("act", ""), request.POST.get("number", "")
    if act == "codes" and factors_of(person).exists():
        with transaction.atomic():
            generate_recovery_codes(request)
            note_recovery_codes(person, by=by(person), now=clock.now())
        return HttpResponseRedirect(reverse("mfa_view_recovery_codes"))
    if act == "remove" and number.isdecimal() and number.isascii():
        try:
            remove_factor(person, int(number), by=by(person), now=clock.now(), is_required=is_required_of(person))
            return HttpResponseRedirect(reverse("mfa_index"))
        except NotAllowed as error:
            wrong = str(error.message)
    factors = list(factors_of(person))
    codes = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "frame": frame_for(request),
        "person": person,
        "wrong": wrong,
        "app": next((one for one in factors if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "must_have_one": must_have_one(person),
        "is_required": is_required_of(person),
        "takes_passkeys": takes_passkeys(request),
    }
    return render(request, "roadmap/signing/second_factor.html", context, status=422 if wrong else 200)


def takes_passkeys(request: HttpRequest) -> bool:
    """Whether browsers make passkeys for this address: only over HTTPS, or on this very machine by its name."""
    return request.is_secure() or request.get_host().partition(":")[0] == "localhost"


class Adds:
    """A page of allauth that adds a factor: kept in the history, and told by mail, in one transaction with it."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it. With the first one, whoever is signed in elsewhere by password alone is so no more."""
        person: Any = self.request.user
        with transaction.atomic():
            had = set(factors_of(person).values_list("pk", flat=True))
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            (added,) = factors_of(person).exclude(pk__in=had)
            if note_factor_added(added, by=by(person), now=clock.now()):
                end_sessions_elsewhere(self.request, person)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Said in a way that machines know, too."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class AddApp(Adds, ActivateTOTPView):
    """A secret for an app, as a picture, and the first code that it makes of it."""

    template_name = "roadmap/signing/factor_app.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever has one is told so on the page of all."""
        if factors_of(request.user).filter(type=Authenticator.Type.TOTP).exists():  # type: ignore[arg-type]
            return HttpResponseRedirect(reverse("mfa_index"))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the secret to type, in groups of four."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return {**context, "frame": frame_for(self.request), "secret": grouped}


class AddPasskey(Adds, AddWebAuthnView):
    """A passkey that the browser makes."""

    template_name = "roadmap/signing/factor_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the form as it was sent, too."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, **kwargs, "frame": frame_for(self.request)}


class RecoveryCodesOnce(ViewRecoveryCodesView):
    """The codes, the first time; later only how many are left."""

    template_name = "roadmap/signing/recovery_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way on."""
        person: Any = self.request.user
        onward = reverse("admin:index" if person.is_staff else "web:account")
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "frame": frame_for(self.request), "onward": onward}


def _own(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view of allauth as a page of one's own, which is handed the person."""
    return lambda request, person, **captured: view(request, **captured)


add_app = sensitive_post_parameters("code")(_own(AddApp.as_view()))
add_passkey = sensitive_post_parameters("credential")(_own(AddPasskey.as_view()))
recovery_codes = _own(RecoveryCodesOnce.as_view())
