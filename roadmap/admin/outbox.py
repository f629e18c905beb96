"""What became of reminders and digests: every reminder, every mail; a failed one can be sent again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from roadmap import clock
from roadmap.admin.base import ReadOnlyAdmin, may_handle_mail, may_see_mail
from roadmap.admin.lists import InstantRangeFilter
from roadmap.coded_reasons import in_words
from roadmap.models import OutboxMessage, ReminderOccurrence
from roadmap.outbox.resend import send_again
from roadmap.vocabulary import MessageState


class MailPage(ReadOnlyAdmin):
    """Mail of everybody: the programme office's and auditors' to read."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The programme office, and auditors."""
        return super().has_view_permission(request, obj) and may_see_mail(request)


@admin.register(ReminderOccurrence)
class ReminderOccurrenceAdmin(MailPage):
    """Reminders that came of the rules."""

    list_display = ["milestone", "recipient", "occurrence", "rule", "planned_at", "shown_mail"]
    list_filter = [("rule", RelatedDropdownFilter), ("planned_at", InstantRangeFilter)]
    search_fields = ["milestone__title_zh", "milestone__title_en", "recipient__full_name", "recipient__email"]
    list_select_related = ["milestone", "recipient", "rule", "message"]
    fields = ["milestone", "recipient", "occurrence", "rule", "planned_at", "message"]

    @display(description=gettext_lazy("mail"))
    def shown_mail(self, reminder: ReminderOccurrence) -> str:
        """What became of it."""
        return reminder.message.get_state_display() if reminder.message else _("included in a later one")


@admin.register(OutboxMessage)
class OutboxMessageAdmin(MailPage):
    """Every mail and what became of it; a failed one can be sent again."""

    list_display = [
        "shown_state",
        "kind",
        "recipient",
        "shown_subject",
        "created_at",
        "sent_at",
        "attempts",
        "repeats",
        "error",
    ]
    list_display_links = ["shown_subject"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("created_at", InstantRangeFilter),
    ]
    search_fields = ["subject", "recipient__full_name", "address", "key"]
    list_select_related = ["recipient"]
    ordering = ["-created_at", "-id"]
    readonly_fields = ["shown_error"]
    actions = ["send_chosen_again"]
    actions_detail = ["show_mail", "send_this_again"]
    fields = [
        ("state", "kind"),
        ("recipient", "address", "language"),
        "subject",
        ("created_at", "deliver_after", "sent_at"),
        ("attempts", "repeats", "committing_at"),
        "message_id",
        "shown_error",
        "key",
    ]

    @display(description=gettext_lazy("state"), ordering="state")
    def shown_state(self, message: OutboxMessage) -> SafeString:
        """In words and colour."""
        return format_html('<span class="rm-badge rm-{}">{}</span>', message.state, message.get_state_display())

    @display(description=gettext_lazy("subject"), ordering="subject")
    def shown_subject(self, message: OutboxMessage) -> str:
        """Known once it is rendered."""
        return message.subject or _("(not written yet)")

    @display(description=gettext_lazy("last error"))
    def error(self, message: OutboxMessage) -> str:
        """Its beginning."""
        return in_words(message.last_error)[:80]

    @display(description=gettext_lazy("last error"))
    def shown_error(self, message: OutboxMessage) -> str:
        """All of it."""
        return in_words(message.last_error)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxMessage]:
        """Without the mails themselves."""
        rows: QuerySet[OutboxMessage] = super().get_queryset(request)
        return rows.defer("rendered")

    def has_resend_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The programme office; on a mail's own page, if it failed."""
        message = self.get_object(request, str(object_id)) if object_id and request.method == "GET" else None
        return may_handle_mail(request) and (message is None or message.state == MessageState.FAILED)

    @action(description=gettext_lazy("Show the mail"), icon="preview")
    def show_mail(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the page that shows it, as text and HTML, and hands it out as a file."""
        return HttpResponseRedirect(reverse("admin:mail", args=[object_id]))

    @admin.action(description=gettext_lazy("Send failed ones again"), permissions=["resend"])
    def send_chosen_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        """Those of the chosen ones that failed."""
        number = sum(send_again(message, now=clock.now()) for message in queryset.filter(state=MessageState.FAILED))
        told = ngettext("%(count)d mail will be sent again.", "%(count)d mails will be sent again.", number)
        messages.info(request, told % {"count": number})

    @action(description=gettext_lazy("Send again"), icon="forward_to_inbox", permissions=["resend"])
    def send_this_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then put it back among the waiting if it failed."""
        message = self.get_object(request, object_id)
        if message is None:
            raise Http404
        if request.method == "POST":
            if send_again(message, now=clock.now()):
                messages.success(request, _("It will be sent again."))
            else:
                messages.warning(request, _("Only a failed mail can be sent again."))
            return HttpResponseRedirect("../change/")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Send again to %(address)s?") % {"address": message.address},
            "subtitle": None,
            "opts": self.opts,
            "form": forms.Form(),
            "told": in_words(message.last_error),
            "back": reverse("admin:roadmap_outboxmessage_change", args=[message.pk]),
        }
        return TemplateResponse(request, "admin/roadmap/ask.html", context)
