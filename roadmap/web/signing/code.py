"""The page that asks for the second factor's code, after the password. Wrong codes count as failed sign-ins do."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from roadmap.editing.second_factor import WRONG, is_right_code
from roadmap.models import Person
from roadmap.web.signing.gate import note_code_given
from roadmap.web.signing.limits import begin_attempt, locked_text

TOO_MANY = 429


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and let whoever gives it in."""
    person: Person | None = request.awaiting  # type: ignore[attr-defined]
    onward = _onward(request)
    if person is None:
        return HttpResponseRedirect(onward if request.user.is_authenticated else reverse("account_login"))
    wrong, status = "", 200
    if request.method == "POST":
        attempt = begin_attempt(request, f"code of {person.pk}")
        if attempt.locked_seconds:
            wrong, status = locked_text(attempt.locked_seconds), TOO_MANY
        elif is_right_code(person, request.POST.get("code", "")):
            attempt.was_right()
            note_code_given(request, person)
            return HttpResponseRedirect(onward)
        else:
            wrong, status = str(WRONG), 422
    context = {"wrong": wrong, "next": request.GET.get("next", ""), "person": person}
    return render(request, "roadmap/signing/code.html", context, status=status)


def _onward(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if is_ours else reverse("web:overview")
