"""The page of one's own second factor: switch it on by an app's first code, get recovery codes, switch it off."""

from base64 import b32encode
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters

from roadmap import clock
from roadmap.editing.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    renew_recovery_codes,
    switch_off_second_factor,
    waiting_device,
)
from roadmap.errors import InvalidChange, RoadmapError
from roadmap.models import Person
from roadmap.web.frame import frame_for
from roadmap.web.own.doors import by
from roadmap.web.signing.gate import is_required_of, note_code_given


@sensitive_post_parameters("code")
def second_factor(request: HttpRequest, person: Person) -> HttpResponse:
    """How it stands, and on a POST the act that it names. A look changes nothing."""
    wrong, codes = "", []
    act, code = request.POST.get("act", ""), request.POST.get("code", "")
    try:
        if act == "begin":
            begin_second_factor(person)
            return HttpResponseRedirect(request.get_full_path())
        if act == "confirm":
            codes = confirm_second_factor(person, code, by=by(person), now=clock.now())
            note_code_given(request, person)
        elif act == "codes":
            codes = renew_recovery_codes(person, code, now=clock.now())
        elif act == "off":
            switch_off_second_factor(person, code, by=by(person), now=clock.now(), is_required=is_required_of(person))
            return HttpResponseRedirect(reverse("web:second-factor"))
    except RoadmapError as error:
        wrong = str(error.fields.get("code", error.message) if isinstance(error, InvalidChange) else error.message)
    context: dict[str, Any] = {
        "frame": frame_for(request),
        "person": person,
        "wrong": wrong,
        "codes": codes,
        "is_required": is_required_of(person),
        "next": request.GET.get("next", "") if request.GET.get("next", "").startswith("/admin/") else "",
    }
    device = waiting_device(person) if person.second_factor_since is None else None
    if device is not None:
        secret = b32encode(device.bin_key).decode().rstrip("=")
        context["secret"] = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        context["picture"] = _picture(device.config_url)
    return render(request, "roadmap/signing/second_factor.html", context, status=422 if wrong else 200)


def _picture(text: str) -> str:
    """The text as a QR code: an SVG element with attributes only, as the policy allows no styles in pages."""
    svg = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=4, light="#ffffff", dark="#000000")
    return mark_safe(svg)  # noqa: S308  # of numbers and our own colours
