"""What concerns people beside their tokens: leave, and invitations."""

from django.db.models import Exists, OuterRef, QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.account_rights import invitations_managed_by, leave_arranged_by
from roadmap.api.filtersets import LeaveFilters
from roadmap.api.openapi_webhooks import EMPTY, NO_MEMBERS, Nothing
from roadmap.api.serializers.people import InvitationEntry, LeaveChange, LeaveEntry, NewInvitation, NewLeave
from roadmap.api.viewsets.accounts import Personal
from roadmap.editing.invitations import invite_again, invite_person, take_invitation_back
from roadmap.editing.leave import change_leave, end_leave, enter_leave
from roadmap.models import Invitation, Leave


@extend_schema_view(
    list=extend_schema(
        summary="List leave",
        description="Your own; for leads that of their branch, for the programme office everybody's.",
    ),
    retrieve=extend_schema(summary="Show a leave"),
    create=extend_schema(
        summary="Enter a leave",
        description="During it, reminders go to the deputy. Reminders that wait are considered again.",
        request=NewLeave,
        responses={201: LeaveEntry},
        examples=[
            OpenApiExample(
                "Two weeks",
                value={"from_on": "2027-02-01", "until_on": "2027-02-14", "deputy": "zhao.min"},
                request_only=True,
            )
        ],
    ),
    partial_update=extend_schema(
        summary="Change a leave",
        request=LeaveChange,
        responses=LeaveEntry,
        examples=[OpenApiExample("Back earlier", value={"until_on": "2027-02-07"}, request_only=True)],
    ),
    destroy=extend_schema(
        summary="Take a leave back", description="Whether it lies ahead or is under way.", responses={204: None}
    ),
)
class LeaveOfPeople(Personal):
    """Who is away when, and who is reminded instead."""

    http_method_names = ["get", "head", "options", "post", "patch", "delete"]
    serializer_class = LeaveEntry
    filterset_class = LeaveFilters
    ordering_fields = ("id", "from_on")
    queryset = Leave.objects.select_related("person__organisation", "deputy").order_by("id")

    def get_queryset(self) -> QuerySet[Leave]:
        """What the caller may arrange."""
        return super().get_queryset().filter(pk__in=leave_arranged_by(self.person).values("pk"))

    def create(self, request: Request) -> Response:
        """Enter it."""
        values = self.accepted(NewLeave)
        person = values.pop("person", self.person)
        made = enter_leave(person, by=self.actor, now=clock.now(), **values)
        address = reverse("api:leave-detail", args=[made.pk], request=request)
        return Response(LeaveEntry(made).data, status=status.HTTP_201_CREATED, headers={"Location": address})

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change it."""
        values = self.accepted(LeaveChange, partial=True, kept=lambda: self.get_object().deputy_id)
        return Response(LeaveEntry(change_leave(self.get_object(), by=self.actor, now=clock.now(), **values)).data)

    def destroy(self, request: Request, pk: str) -> Response:
        """Take it back."""
        end_leave(self.get_object(), by=self.actor, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(
    list=extend_schema(
        summary="List invitations",
        description="The latest of each person whom you may invite: the programme office anybody, leads their branch.",
    ),
    retrieve=extend_schema(summary="Show an invitation"),
    create=extend_schema(
        summary="Invite a person",
        description="They get a mail, in their language, with a link that works once, and set a password.",
        request=NewInvitation,
        responses={201: InvitationEntry},
        examples=[
            OpenApiExample(
                "Somebody who reports",
                value={
                    "full_name": "钱学敏",
                    "email": "qian@example.org",
                    "role": "contributor",
                    "organisation": "gacc",
                },
                request_only=True,
            )
        ],
    ),
    destroy=extend_schema(
        summary="Take an invitation back",
        description="The link ends and the account is closed, until the person is invited again.",
        responses={204: None},
    ),
)
class Invitations(Personal):
    """Links by which people set their first password."""

    serializer_class = InvitationEntry
    ordering_fields = ("id", "made_at")
    queryset = (
        Invitation.objects.filter(~Exists(Invitation.objects.filter(person=OuterRef("person"), pk__gt=OuterRef("pk"))))
        .select_related("person__organisation", "invited_by")
        .order_by("id")
    )

    def get_queryset(self) -> QuerySet[Invitation]:
        """Of those whom the caller may invite."""
        return super().get_queryset().filter(pk__in=invitations_managed_by(self.person).values("pk"))

    def create(self, request: Request) -> Response:
        """Invite; the user name is the address."""
        made = invite_person(by=self.actor, now=clock.now(), **self.accepted(NewInvitation))
        return self._made(made, request)

    @extend_schema(
        summary="Invite a person again",
        description="A new link by mail; earlier ones end. Not once they have accepted one.",
        request=NO_MEMBERS,
        responses={201: InvitationEntry},
        examples=[EMPTY],
    )
    @action(detail=True, methods=["post"], url_name="again")
    def again(self, request: Request, pk: str) -> Response:
        """A new link."""
        self.accepted(Nothing)
        return self._made(invite_again(self.get_object().person, by=self.actor, now=clock.now()), request)

    def destroy(self, request: Request, pk: str) -> Response:
        """Take it back."""
        take_invitation_back(self.get_object().person, by=self.actor, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _made(self, made: Invitation, request: Request) -> Response:
        address = reverse("api:invitation-detail", args=[made.pk], request=request)
        return Response(InvitationEntry(made).data, status=status.HTTP_201_CREATED, headers={"Location": address})
