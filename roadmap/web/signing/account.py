"""Signing in and out, and one's password: allauth's views with the site's pages."""

from http import HTTPStatus
from typing import Any

from allauth.account import views as of_accounts
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from roadmap import clock
from roadmap.editing.tokens import live_tokens, revoke_tokens
from roadmap.models import Person
from roadmap.web.frame import frame_for
from roadmap.web.own.doors import by
from roadmap.web.signing.adapter import SIGNED_IN_BEFORE
from roadmap.web.signing.sessions import device_words, end_sessions_elsewhere, note_new_key, sessions_of
from roadmap.web.signing.single_sign_on import CAME_BY_IT, end_session_address


def locked_or(status: HTTPStatus, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with the state of a lock where there is one, otherwise with ``status``."""
    seconds = getattr(request, "locked_seconds", 0)
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS if seconds else status
    if seconds:
        response["Retry-After"] = str(seconds)
    return response


class SignIn(of_accounts.LoginView):
    """The one door of website and administration."""

    template_name = "roadmap/signing/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the other way in, where there is one."""
        return {**super().get_context_data(**kwargs), "single_sign_on": settings.SINGLE_SIGN_ON}

    def form_invalid(self, form: Any) -> HttpResponse:
        """A lock is said in a way that machines know, too."""
        return locked_or(HTTPStatus.OK, self.request, super().form_invalid(form))

    def get_default_success_url(self) -> str | None:
        """From the administration's door to the administration, also when a code is asked for in between."""
        return reverse("admin:index") if self.request.path == reverse("admin:login") else None


class SignOut(of_accounts.LogoutView):
    """Out of the site; whoever came by the organisation's provider is offered to leave that too."""

    template_name = "roadmap/signing/sign_out.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Out, and a page where there is more to leave."""
        provider = settings.SINGLE_SIGN_ON if self.request.session.get(CAME_BY_IT) else None
        response: HttpResponse = super().post(*args, **kwargs)
        if provider and (address := end_session_address(self.request)):
            context = {"address": address, "provider": provider.name}
            return render(self.request, "roadmap/signing/signed_out.html", context)
        return response


class WithHints:
    """Says what a password has to be like."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the hints."""
        return {**super().get_context_data(**kwargs), "hints": password_validators_help_texts()}  # type: ignore[misc]


class ChangePassword(WithHints, of_accounts.PasswordChangeView):
    """By the present one."""

    template_name = "roadmap/signing/password.html"

    def get_default_success_url(self) -> str:
        """To the page of one's account, which offers what else may be to do."""
        return reverse("web:account") + "?changed=password"


class ResetPassword(of_accounts.PasswordResetView):
    """Ask for a link."""

    template_name = "roadmap/signing/reset.html"


class ResetFromKey(WithHints, of_accounts.PasswordResetFromKeyView):
    """The page behind the link."""

    template_name = "roadmap/signing/reset_from_key.html"

    def logout(self) -> None:
        """Whoever else was signed in here is kept in mind: they may have given the password."""
        before = self.request.user.pk
        super().logout()
        self.request.session[SIGNED_IN_BEFORE] = before


class SignInAgain(of_accounts.ReauthenticateView):
    """Before what is grave, some minutes after signing in."""

    template_name = "roadmap/signing/again.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever has no password shows it where they signed in."""
        if isinstance(request.user, Person) and settings.SINGLE_SIGN_ON and not request.user.has_usable_password():
            onward = urlencode({"again": "", "next": request.GET.get("next", "")})
            return HttpResponseRedirect(f"{reverse('single_sign_on')}?{onward}")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """On, under another key of the session."""
        self.request.session.cycle_key()
        note_new_key(self.request, self.request.user)
        response: HttpResponse = super().form_valid(form)
        return response


def account_page(request: HttpRequest, person: Person) -> HttpResponse:
    """What belongs to one's account: how one signs in, where one is signed in, one's API tokens."""
    here, provider = request.session.session_key, settings.SINGLE_SIGN_ON
    context = {
        "person": person,
        "frame": frame_for(request),
        "changed": request.GET.get("changed", ""),
        "sessions": [
            {"session": one, "device": device_words(one.user_agent), "is_here": one.session_key == here}
            for one in sessions_of(person)
        ],
        "tokens": live_tokens(person, now=clock.now()),
        "provider": provider,
        "is_connected": provider and SocialAccount.objects.filter(user=person, provider=provider.id).exists(),
    }
    return render(request, "roadmap/signing/account.html", context)


def end_sessions(request: HttpRequest, person: Person, number: int | None = None) -> HttpResponse:
    """One of them, or all but this one."""
    if number is None:
        end_sessions_elsewhere(request, person)
    for one in sessions_of(person):
        if one.pk == number:
            one.end()
    return _back("sessions")


def end_tokens(request: HttpRequest, person: Person, number: int | None = None) -> HttpResponse:
    """One of them, or all."""
    tokens = live_tokens(person, now=clock.now())
    revoke_tokens(tokens if number is None else tokens.filter(pk=number), by=by(person), now=clock.now())
    return _back("tokens")


def _back(changed: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("web:account") + f"?changed={changed}")


sign_out = SignOut.as_view()
sign_in = SignIn.as_view()
again = login_required(SignInAgain.as_view())
change_password = ChangePassword.as_view()
reset_password = ResetPassword.as_view()
reset_from_key = ResetFromKey.as_view()
