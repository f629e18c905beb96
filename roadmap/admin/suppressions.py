"""Addresses that mail doesn't reach: why, since when, by what evidence; a person lifts it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from roadmap import clock
from roadmap.admin.base import actor_of, may_handle_mail
from roadmap.admin.outbox import MailPage
from roadmap.admin.refusals import put_on_form
from roadmap.errors import RoadmapError
from roadmap.models import Person, SuppressedAddress
from roadmap.outbox.suppressing import lift


@admin.register(SuppressedAddress)
class SuppressedAddressAdmin(MailPage):
    """Nothing is sent to them; what must be read goes to the organisation's lead."""

    list_display = ["address", "shown_people", "shown_state", "reason", "since", "shown_evidence"]
    list_filter = [("reason", ChoicesDropdownFilter)]
    search_fields = ["address", "evidence"]
    ordering = ["lifted_at", "-since"]
    actions_detail = ["lift_this"]
    fields = [("address", "shown_people"), ("reason", "since"), "evidence", "message", ("lifted_at", "lifted_by")]
    readonly_fields = ["shown_people"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SuppressedAddress]:
        """With what the page shows of the mail."""
        rows: QuerySet[SuppressedAddress] = super().get_queryset(request)
        holder = Person.objects.alias(lowered=Lower("email")).filter(lowered=OuterRef("address"))
        name = holder.values(name=Coalesce(NullIf("full_name", Value("")), "username", output_field=CharField()))[:1]
        return rows.select_related("message", "lifted_by").defer("message__rendered").annotate(whose=Subquery(name))

    @display(description=gettext_lazy("whose"))
    def shown_people(self, suppression: SuppressedAddress) -> str:
        """Whose address it is now; nobody's once they have another one."""
        return getattr(suppression, "whose", None) or _("no longer anybody's")

    @display(description=gettext_lazy("state"))
    def shown_state(self, suppression: SuppressedAddress) -> SafeString:
        """In words and colour."""
        if suppression.lifted_at is None:
            return format_html('<span class="rm-badge rm-failed">{}</span>', _("Nothing is sent"))
        return format_html('<span class="rm-badge rm-withdrawn">{}</span>', _("Lifted"))

    @display(description=gettext_lazy("what the mail server said"))
    def shown_evidence(self, suppression: SuppressedAddress) -> str:
        """Its beginning."""
        return suppression.evidence[:80]

    def has_lift_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The programme office, while it holds."""
        found = self.get_object(request, str(object_id)) if object_id else None
        return may_handle_mail(request) and found is not None and found.lifted_at is None

    @action(description=gettext_lazy("Send to it again"), icon="mark_email_read", permissions=["lift"])
    def lift_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then lift it."""
        suppression = self.get_object(request, object_id)
        if suppression is None:
            raise Http404
        form = forms.Form(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            try:
                lift(suppression, by=actor_of(request), now=clock.now())
            except RoadmapError as error:
                put_on_form(error, form)
            else:
                messages.success(request, _("Mail is sent to this address again."))
                return HttpResponseRedirect(reverse("admin:roadmap_suppressedaddress_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Send to %(address)s again?") % {"address": suppression.address},
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "told": suppression.evidence,
            "back": reverse("admin:roadmap_suppressedaddress_change", args=[suppression.pk]),
        }
        return TemplateResponse(request, "admin/roadmap/ask.html", context)
