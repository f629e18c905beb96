"""The chain over the history: its head, to be kept elsewhere, and a check of all of it."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.chain.head import as_file, current_head
from roadmap.chain.seal import seal_everything
from roadmap.chain.verify import verify_chain
from roadmap.chain.words import finding_text
from roadmap.models.without_history import REASONS


def chain_page(request: HttpRequest) -> HttpResponse:
    """The head; when asked to (POST), the result of walking the whole chain."""
    left_out = [(apps.get_model("roadmap", name)._meta.verbose_name, reason) for name, reason in REASONS.items()]
    context: dict[str, Any] = {"title": _("Check of the change records"), "subtitle": None, "left_out": left_out}
    if request.method == "POST":
        seal_everything(now=clock.now())
        verdict = verify_chain()
        context |= {"verdict": verdict, "faults": [finding_text(finding) for finding in verdict.found]}
    context |= {"head": current_head()}
    return TemplateResponse(request, "admin/roadmap/chain.html", {**admin.site.each_context(request), **context})


def head_file(request: HttpRequest) -> HttpResponse:
    """The head as a file; its name tells its number."""
    head = current_head()
    name = f"history-head-{head.number}.json"
    return HttpResponse(
        as_file(head),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
