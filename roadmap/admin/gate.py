"""The switch for all mail: whether it goes out, is held, or waits for the mail server. The office holds it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from roadmap import clock
from roadmap.admin.base import actor_of, may_handle_mail
from roadmap.admin.forms import ReasonField
from roadmap.admin.outbox import MailPage
from roadmap.coded_reasons import in_words
from roadmap.models import DeliveryGate
from roadmap.outbox.hold import hold, release


class ReasonForm(forms.Form):
    """Why; kept in the history."""

    reason = ReasonField()


@admin.register(DeliveryGate)
class DeliveryGateAdmin(MailPage):
    """One entry, ``mail``, made at the first look for mail."""

    list_display = ["name", "shown_state", "shown_reason", "held_since", "closed_until", "sent_total"]
    actions_detail = ["hold_this", "release_this"]
    fields = [
        ("name", "shown_state"),
        ("held_since", "held_by"),
        "shown_reason",
        ("closed_until", "probes"),
        ("sent_total", "last_tick_at"),
    ]
    readonly_fields = ["shown_state", "shown_reason"]

    @display(description=gettext_lazy("state"))
    def shown_state(self, gate: DeliveryGate) -> SafeString:
        """In words and colour."""
        if gate.held_since is not None:
            return format_html('<span class="rm-badge rm-failed">{}</span>', _("Paused: nothing is sent"))
        if gate.closed_until is not None:
            return format_html('<span class="rm-badge rm-unsure">{}</span>', _("Waits for the mail server"))
        return format_html('<span class="rm-badge rm-sent">{}</span>', _("Open"))

    @display(description=gettext_lazy("reason for the pause"))
    def shown_reason(self, gate: DeliveryGate) -> str:
        """In the reader's language where the program itself held it."""
        return in_words(gate.held_reason)

    def has_hold_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The programme office, while it isn't held."""
        return self._may(request, object_id, is_held=False)

    def has_release_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The programme office, while it is held."""
        return self._may(request, object_id, is_held=True)

    @action(description=gettext_lazy("Pause sending"), icon="pause_circle", permissions=["hold"])
    def hold_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then let nothing out."""
        gate, form = self._asked(request, object_id)
        if form.is_valid():
            hold(gate.name, reason=form.cleaned_data["reason"], by=actor_of(request), now=clock.now())
            messages.success(request, _("Nothing is sent until sending is resumed."))
            return HttpResponseRedirect("../change/")
        return self._ask(request, gate, form, title=_("Pause all sending?"))

    @action(description=gettext_lazy("Resume sending"), icon="play_circle", permissions=["release"])
    def release_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then let everything out that waits."""
        gate, form = self._asked(request, object_id)
        if form.is_valid():
            release(gate.name, by=actor_of(request), reason=form.cleaned_data["reason"])
            messages.success(request, _("Mail waiting is sent now."))
            return HttpResponseRedirect("../change/")
        return self._ask(request, gate, form, title=_("Send all mail waiting?"))

    def _may(self, request: HttpRequest, object_id: Any, *, is_held: bool) -> bool:
        gate = self.get_object(request, str(object_id)) if object_id and request.method == "GET" else None
        return may_handle_mail(request) and (gate is None or (gate.held_since is not None) is is_held)

    def _asked(self, request: HttpRequest, object_id: str) -> tuple[DeliveryGate, ReasonForm]:
        gate = self.get_object(request, object_id)
        if gate is None:
            raise Http404
        return gate, ReasonForm(request.POST if request.method == "POST" else None)

    def _ask(self, request: HttpRequest, gate: DeliveryGate, form: ReasonForm, *, title: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "told": in_words(gate.held_reason),
            "back": reverse("admin:roadmap_deliverygate_change", args=[gate.pk]),
        }
        return TemplateResponse(request, "admin/roadmap/ask.html", context)
