"""What people answered to reminders, for whoever asks later: read only, as answers are given by their persons alone."""

from django.contrib import admin
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from roadmap.admin.lists import InstantRangeFilter
from roadmap.admin.outbox import MailPage
from roadmap.models import Answer


@admin.register(Answer)
class AnswerAdmin(MailPage):
    """Each form that was sent, and what was recorded of it."""

    list_display = ["at", "person", "milestone", "kind", "recorded", "door", "taken_back_at"]
    list_filter = [("kind", ChoicesDropdownFilter), ("door", ChoicesDropdownFilter), ("at", InstantRangeFilter)]
    search_fields = ["milestone__title_zh", "milestone__title_en", "milestone__code", "person__full_name"]
    list_select_related = ["milestone", "person", "update"]
    fields = ["at", "person", "milestone", "kind", "due_on", "update", "until", "completed_on", "door", "taken_back_at"]

    @display(description=gettext_lazy("Recorded"))
    def recorded(self, answer: Answer) -> str:
        """The report, the day until which is snoozed, or nothing but the acknowledgement."""
        return str(answer.update or answer.until or "—")
