"""Leave and invitations, as they come in and go out."""

from rest_framework import serializers

from roadmap.api.fields import DeputyField, PersonField, ReferenceField
from roadmap.api.serializers.acts import Reason
from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.api.serializers.references import OrganisationReference, PersonReference
from roadmap.models import Invitation, Leave, Organisation, Person
from roadmap.vocabulary import Language, Role


class LeaveChange(Reason):
    """Days, deputy and what becomes of digests; what isn't given stays."""

    from_on = serializers.DateField(help_text="The first day away.")
    until_on = serializers.DateField(help_text="The last day away.")
    deputy = DeputyField(Person.objects.filter(is_active=True), help_text="Gets the reminders during the leave.")
    digests_pause = serializers.BooleanField(
        required=False, help_text="The first one afterwards then covers all of it."
    )


class NewLeave(LeaveChange):
    """A new leave, of oneself or of somebody whose leave one may arrange."""

    person = PersonField(Person.objects.select_related("organisation"), required=False, help_text="You without it.")


class LeaveEntry(OutgoingModel):
    """From when until when a person is away, and who is reminded in their place."""

    person = PersonReference()
    deputy = PersonReference()

    class Meta:
        model = Leave
        fields = ["id", "person", "from_on", "until_on", "deputy", "digests_pause"]


class NewInvitation(Reason):
    """Whom to invite. They sign in by their address."""

    full_name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=150)
    role = serializers.ChoiceField(choices=Role.choices)
    organisation = ReferenceField(Organisation.objects.all(), required=False, allow_null=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False, help_text="zh-hans without it.")


class InvitationEntry(OutgoingModel):
    """A person's latest invitation. Its link goes to them by mail and is shown nowhere else."""

    person = PersonReference()
    email = serializers.EmailField(source="person.email")
    role = serializers.ChoiceField(source="person.role", choices=Role.choices)
    organisation = OrganisationReference(source="person.organisation", allow_null=True)
    invited_by = PersonReference(allow_null=True)
    used_at = serializers.DateTimeField(help_text="When it was accepted.", allow_null=True)
    revoked_at = serializers.DateTimeField(help_text="When it was withdrawn.", allow_null=True)

    class Meta:
        model = Invitation
        fields = [
            *["id", "person", "email", "role", "organisation", "invited_by"],
            *["made_at", "expires_at", "used_at", "revoked_at"],
        ]
