"""Tokens, one's own and those of accounts that one manages; and service accounts."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api.filtersets import ServiceAccountFilters, TokenFilters
from roadmap.api.serializers.accounts import (
    MadeToken,
    NewServiceAccount,
    NewToken,
    ServiceAccountEntry,
    TokenEntry,
)
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.editing.service_accounts import close_service_account, create_service_account
from roadmap.editing.tokens import make_token, revoke_token
from roadmap.errors import InvalidChange
from roadmap.models import ApiToken, Person
from roadmap.rights import managed_accounts
from roadmap.vocabulary import PersonKind, Scope


class Personal(ReadOnlyResource):
    """What is somebody's own: nobody reads it without signing in, and a token needs a scope for writing it."""

    http_method_names = ["get", "head", "options", "post", "delete"]
    write_scope = Scope.ACCOUNT
    is_personal = True
    is_grave = True


@extend_schema_view(
    list=extend_schema(summary="List tokens", description="Your own, and those of accounts that you manage."),
    retrieve=extend_schema(summary="Show a token"),
    create=extend_schema(
        summary="Make a token",
        description="Its text is in this answer, and never again. A token makes tokens of its own scopes only.",
        request=NewToken,
        responses={201: MadeToken},
        examples=[
            OpenApiExample(
                "For a program that reports",
                value={"name": "nightly", "scopes": ["read", "progress:write"], "expires_at": "2027-12-31T00:00:00Z"},
                request_only=True,
            )
        ],
    ),
    destroy=extend_schema(
        summary="Revoke a token", description="It stays in the list, with the time of its end.", responses={204: None}
    ),
)
class Tokens(Personal):
    """Keys for the API."""

    serializer_class = TokenEntry
    filterset_class = TokenFilters
    ordering_fields = ("id", "created_at")
    queryset = ApiToken.objects.select_related("person")

    def get_queryset(self) -> QuerySet[ApiToken]:
        """Those of accounts that the caller manages."""
        return super().get_queryset().filter(person__in=managed_accounts(self.person))

    def create(self, request: Request) -> Response:
        """Make one; the answer that is kept for repetitions doesn't have its text."""
        values = self.accepted(NewToken)
        person = self._account(values.pop("person", None))
        token, text = make_token(person, by=self.actor, now=clock.now(), **values)
        response = Response(
            MadeToken(token, context={"text": text}).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": reverse("api:token-detail", args=[token.pk], request=request)},
        )
        response.kept_data = MadeToken(token).data  # type: ignore[attr-defined]
        return response

    def destroy(self, request: Request, pk: str) -> Response:
        """Revoke."""
        revoke_token(self.get_object(), by=self.actor, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _account(self, pk: int | None) -> Person:
        if pk is None:
            return self.person
        account = managed_accounts(self.person).select_related("organisation").filter(pk=pk).first()
        if account is None:
            raise InvalidChange({"person": _("There is no such account, or you don't manage it.")})
        return account


@extend_schema_view(
    list=extend_schema(summary="List service accounts", description="Those that you manage."),
    retrieve=extend_schema(summary="Show a service account"),
    create=extend_schema(
        summary="Make a service account",
        description="For the programme office, and for leads within their organisation. It acts under its own name, by "
        "tokens only; its role counts in its organisation and below.",
        request=NewServiceAccount,
        responses={201: ServiceAccountEntry},
        examples=[
            OpenApiExample(
                "The inspection system",
                value={
                    "username": "inspection-system",
                    "full_name": "查验系统",
                    "organisation": "gacc",
                    "role": "contributor",
                },
                request_only=True,
            )
        ],
    ),
    destroy=extend_schema(
        summary="Close a service account",
        description="Its tokens are revoked; what it did keeps its name.",
        responses={204: None},
    ),
)
class ServiceAccounts(Personal):
    """Accounts of organisations' programs."""

    serializer_class = ServiceAccountEntry
    filterset_class = ServiceAccountFilters
    search_fields = ("username", "full_name")
    ordering_fields = ("id", "username")
    queryset = Person.objects.filter(kind=PersonKind.SERVICE).select_related("organisation").order_by("id")

    def get_queryset(self) -> QuerySet[Person]:
        """Those that the caller manages."""
        return super().get_queryset().filter(pk__in=managed_accounts(self.person).values("pk"))

    def create(self, request: Request) -> Response:
        """Make one."""
        values: dict[str, Any] = self.accepted(NewServiceAccount)
        made = create_service_account(by=self.actor, **values)
        address = reverse("api:service-account-detail", args=[made.pk], request=request)
        return Response(ServiceAccountEntry(made).data, status=status.HTTP_201_CREATED, headers={"Location": address})

    def destroy(self, request: Request, pk: str) -> Response:
        """Shut it out, and revoke its tokens."""
        close_service_account(self.get_object(), by=self.actor, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
