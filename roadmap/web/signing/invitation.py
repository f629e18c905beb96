"""The page behind an invitation's link: a look changes nothing; a password, given twice, uses the link up.

Links are signed by a key of 256 bits or more: nobody guesses one, so wrong ones aren't counted and lock nobody out.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from roadmap import clock
from roadmap.editing.invitations import accept_invitation, invitation_of
from roadmap.errors import InvalidChange
from roadmap.models import Person
from roadmap.web.signing.gate import awaiting
from roadmap.web.signing.limits import note_known

GONE, NOT_ACCEPTED = 410, 422


class FirstPasswordForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password, again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both the same."""
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        return cleaned


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the first password, and take it in."""
    found = invitation_of(token)
    if found is None:
        return render(request, "roadmap/signing/invitation.html", {"state": "unknown"}, status=404)
    has_chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    with translation.override(translation.get_language() if has_chosen else found.person.language):
        form = FirstPasswordForm(request.POST if request.method == "POST" else None)
        visitor: Any = awaiting(request) or request.user
        signed_in = visitor if isinstance(visitor, Person) and visitor != found.person else None
        context = {
            "state": "asked",
            "form": form,
            "invitation": found,
            "hints": password_validators_help_texts(),
            "signed_in": signed_in,
        }
        if not found.is_open(now=clock.now()) or not found.person.is_active:
            context["state"] = "used" if found.used_at else "gone"
            return render(request, "roadmap/signing/invitation.html", context, status=GONE)
        if request.method == "POST" and form.is_valid():
            try:
                accept_invitation(found, form.cleaned_data["password"], now=clock.now(), signed_in=signed_in)
                note_known(request, found.person.username)
                context["state"] = "done"
            except InvalidChange as error:
                form.add_error("password" if "password" in error.fields else None, str(error.message))
        status = NOT_ACCEPTED if form.errors else 200
        return render(request, "roadmap/signing/invitation.html", context, status=status)
