"""Reminders of a milestone as they go out: those ahead, and those told. Whom they reached, by name only."""

from rest_framework import serializers

from roadmap.api.serializers.outgoing import Outgoing, OutgoingModel
from roadmap.api.serializers.references import PersonReference
from roadmap.models import ReminderOccurrence, ReminderRule
from roadmap.vocabulary import Audience, MessageState


class RuleReference(OutgoingModel):
    """The rule that speaks."""

    class Meta:
        model = ReminderRule
        fields = ["id", "code", "name_zh", "name_en", "kind"]


class ReminderAhead(Outgoing):
    """A threshold that isn't crossed yet. Whoever reports, completes or reschedules may make it go away."""

    rule = RuleReference()
    audiences = serializers.ListField(
        child=serializers.ChoiceField(choices=Audience.choices), source="rule.audiences", help_text="Who is to be told."
    )
    occurrence = serializers.CharField(source="threshold.name", help_text="Such as `due=2026-12-31/T-30`.")
    at = serializers.DateTimeField(source="threshold.at")
    is_provisional = serializers.BooleanField(
        source="threshold.is_provisional", help_text="Counted in days off that aren't published yet."
    )


class ReminderTold(OutgoingModel):
    """A threshold that was crossed, for one person. ``state`` is null where it went into later news or was left out."""

    rule = RuleReference()
    recipient = PersonReference()
    told_as = serializers.ChoiceField(choices=Audience.choices, source="audience")
    state = serializers.ChoiceField(choices=MessageState.choices, source="message.state", default=None, allow_null=True)
    sent_at = serializers.DateTimeField(source="message.sent_at", default=None, allow_null=True)

    class Meta:
        model = ReminderOccurrence
        fields = [
            "id",
            "rule",
            "recipient",
            "told_as",
            "occurrence",
            "is_provisional",
            "planned_at",
            "state",
            "sent_at",
        ]


class MilestoneReminders(Outgoing):
    """What is to come, all of it, and a page of what was told."""

    next_look_at = serializers.DateTimeField(
        allow_null=True, help_text="When the planner looks at the milestone next; null: when somebody changes it."
    )
    ahead = ReminderAhead(many=True, help_text="The next eight of each rule, earliest first.")
    next = serializers.URLField(allow_null=True, help_text="Address of the next page; null on the last one.")
    previous = serializers.URLField(allow_null=True, help_text="Address of the page before; null on the first one.")
    results = ReminderTold(many=True)
