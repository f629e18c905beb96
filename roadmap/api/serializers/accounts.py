"""Tokens and service accounts, as they come in and go out. A token's text goes out once."""

from collections.abc import Collection
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from roadmap.api.fields import ReferenceField
from roadmap.api.serializers.acts import Reason
from roadmap.api.serializers.incoming import Incoming
from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.api.serializers.references import OrganisationReference, PersonReference
from roadmap.models import ApiToken, Organisation, Person
from roadmap.vocabulary import Role, Scope


class NewToken(Incoming):
    """A new token, of oneself or of an account that one manages."""

    name = serializers.CharField(max_length=80, help_text="What it is for, such as dashboard.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=len(Scope)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Never without it.")
    person = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="The account's id; you without it."
    )


class TokenEntry(OutgoingModel):
    """A token; of its text only the first characters are known."""

    person = PersonReference()
    scopes = serializers.SerializerMethodField()

    class Meta:
        model = ApiToken
        fields = [
            *["id", "person", "name", "prefix", "scopes", "created_at", "expires_at", "revoked_at", "last_used_on"],
        ]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices)))
    def get_scopes(self, token: ApiToken) -> Collection[Scope]:
        """What it may be used for."""
        return [scope for scope in Scope if scope in token.scope_set]


class MadeToken(TokenEntry):
    """A token that was just made, with its text."""

    token = serializers.SerializerMethodField(
        allow_null=True, help_text="Shown this once; null when the answer comes again under an Idempotency-Key."
    )

    class Meta(TokenEntry.Meta):
        fields = [*TokenEntry.Meta.fields, "token"]

    def get_token(self, token: ApiToken) -> str | None:
        """The text, where it is given along."""
        text: Any = self.context.get("text")
        return text  # type: ignore[no-any-return]


class NewServiceAccount(Reason):
    """A new account of an organisation's program."""

    username = serializers.SlugField(max_length=150, help_text="Unique among all accounts.")
    full_name = serializers.CharField(max_length=120, help_text="By which readers of the history know it.")
    organisation = ReferenceField(Organisation.objects.all())
    role = serializers.ChoiceField(choices=Role.choices, required=False, help_text="A contributor without it.")


class ServiceAccountEntry(OutgoingModel):
    """An account of an organisation's program."""

    organisation = OrganisationReference(allow_null=True)

    class Meta:
        model = Person
        fields = ["id", "username", "full_name", "organisation", "role", "is_active"]
