"""Digest subscriptions, as they come in and go out."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from roadmap.api.fields import ReferenceField
from roadmap.api.serializers.acts import Reason
from roadmap.api.serializers.incoming import Incoming
from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.api.serializers.references import EntryReference, OrganisationReference, PersonReference
from roadmap.models import DigestSubscription, Initiative, Organisation, Phase, Pillar, Roadmap
from roadmap.vocabulary import Frequency, Language

LANGUAGES = [("", ""), *Language.choices]


@extend_schema_field({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"})
class ClockField(serializers.TimeField):
    """A time of day, wherever its reader is: without an offset, which JSON Schema's own format asks for."""


class SubscriptionChange(Reason):
    """Schedule and filters; what isn't given stays."""

    frequency = serializers.ChoiceField(choices=Frequency.choices, required=False)
    weekday = serializers.IntegerField(min_value=1, max_value=7, required=False, help_text="1 is Monday; if weekly.")
    month_day = serializers.IntegerField(
        min_value=1, max_value=31, required=False, help_text="If monthly; the last day where a month is shorter."
    )
    send_at = ClockField(required=False, help_text="As 08:30, local to the reader.")
    time_zone = serializers.CharField(max_length=40, required=False, allow_blank=True, help_text="Empty: the reader's.")
    language = serializers.ChoiceField(choices=LANGUAGES, required=False, help_text="Empty: the reader's.")
    phase = ReferenceField(Phase.objects.all(), required=False, allow_null=True)
    pillar = ReferenceField(Pillar.objects.all(), required=False, allow_null=True)
    initiative = ReferenceField(Initiative.objects.all(), required=False, allow_null=True)
    organisation = ReferenceField(Organisation.objects.all(), required=False, allow_null=True)
    only_mine = serializers.BooleanField(required=False)
    skip_when_empty = serializers.BooleanField(required=False)


class NewSubscription(SubscriptionChange):
    """A new subscription, of oneself, or for the programme office of anybody."""

    roadmap = ReferenceField(Roadmap.objects.all())
    person = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="The reader's id; you without it."
    )


class Pause(Incoming):
    """No issue before that day; the first after it covers the whole pause."""

    until = serializers.DateField()


class SubscriptionEntry(OutgoingModel):
    """When a person gets which digest."""

    person = PersonReference()
    roadmap = EntryReference()
    phase = EntryReference(allow_null=True)
    pillar = EntryReference(allow_null=True)
    initiative = EntryReference(allow_null=True)
    organisation = OrganisationReference(allow_null=True)
    send_at = ClockField()
    language = serializers.ChoiceField(choices=LANGUAGES, help_text="Empty: the reader's.")

    class Meta:
        model = DigestSubscription
        fields = [
            *["id", "person", "roadmap", "frequency", "weekday", "month_day", "send_at", "time_zone", "language"],
            *["phase", "pillar", "initiative", "organisation", "only_mine", "skip_when_empty"],
            *["is_active", "paused_until", "next_issue_at"],
        ]
