"""Feeds for programs that can't sign in: due dates as a calendar, changes as Atom, under a person's secret address.

The feed of changes stands under an address of its own, too, where reading is public.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from roadmap import clock
from roadmap.api.atom import atom_of
from roadmap.api.etags import tag_with, tagged
from roadmap.api.filters import FieldFilters, lists_of, parameters_of
from roadmap.api.filtersets import MilestoneFilters
from roadmap.api.parameters import check_parameters
from roadmap.api.validators import stand_columns, stand_of, validator_of
from roadmap.calendars.due_dates import calendar_file, gate_day, milestone_day
from roadmap.calendars.edits import edits_behind
from roadmap.editing.tokens import digest_of
from roadmap.models import Change, FeedAddress, Milestone, Person, WorkdayOverride

PAST = timedelta(days=90)
MOST_DAYS, MOST_CHANGES = 2000, 50


class SecretAddress(BaseAuthentication):
    """The secret is a part of the address; an unknown or revoked one is no address at all."""

    def authenticate(self, request: Request) -> tuple[Person, FeedAddress]:
        """Whose it is, and the row with the stand of the plan along: one query. Raises Http404."""
        secret = request.parser_context["kwargs"]["secret"]
        feed = (
            FeedAddress.objects.select_related("person__organisation")
            .filter(digest=digest_of(secret), revoked_at__isnull=True, person__is_active=True)
            .annotate(**stand_columns())
            .first()
        )
        if feed is None:
            raise Http404
        return feed.person, feed


class AsItIs(BaseContentNegotiation):
    """There is one form; calendar programs ask for all sorts of things."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """None is needed."""
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """For problems."""
        return renderers[0], renderers[0].media_type


class Feed(APIView):
    """One file, in the language of whoever reads, with its tag; nothing is made again for who has it already."""

    schema = None
    http_method_names = ["get", "head", "options"]
    content_negotiation_class = AsItIs
    content_type = ""
    known_parameters: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    def get(self, request: Request, secret: str = "") -> HttpResponseBase:
        """The file, or 304."""
        check_parameters(request, known=self.known_parameters, lists=self.lists)
        language = request.user.language if isinstance(request.user, Person) else translation.get_language()
        with translation.override(language):
            validator = validator_of(request, stand_of(request))
            known = tag_with(validator, request)
            if known is not None:
                return _private(HttpResponse(status=304, headers={"ETag": known}))
            answer = _private(HttpResponse(self.content(request), content_type=self.content_type))
        return tagged(answer, request, validator=validator) or answer

    def content(self, request: Request) -> bytes:
        """The file's bytes."""
        raise NotImplementedError


class DueDates(Feed):
    """Due dates from three months ago on, the nearest first, and the gates of their roadmaps; filters as of lists."""

    authentication_classes = (SecretAddress,)
    permission_classes = (IsAuthenticated,)
    content_type = "text/calendar; charset=utf-8"
    filterset_class = MilestoneFilters
    known_parameters = frozenset(parameters_of(MilestoneFilters))
    lists = frozenset(lists_of(MilestoneFilters))

    def content(self, request: Request) -> bytes:
        """The calendar."""
        since = clock.day_in(settings.TIME_ZONE, at=clock.now()) - PAST
        rows = Milestone.objects.filter(due_on__gte=since).select_related(
            "initiative__roadmap", "initiative__pillar", "phase", "organisation"
        )
        found = FieldFilters().filter_queryset(request, rows, self)
        milestones = list(found.order_by("due_on", "pk")[:MOST_DAYS])
        provisional = {
            code: WorkdayOverride.objects.calendar(code).is_provisional
            for code in {one.initiative.roadmap.calendar for one in milestones}
        }
        gates = sorted(
            {one.phase for one in milestones if one.phase.gate_on >= since}, key=lambda phase: (phase.gate_on, phase.pk)
        )
        edits = edits_behind(milestones, gates)
        days = [
            milestone_day(one, edits=edits, is_provisional=provisional[one.initiative.roadmap.calendar])
            for one in milestones
        ]
        days += [gate_day(phase, edits=edits) for phase in gates]
        return calendar_file(days, name=_("Due dates"))


class LatestChanges(Feed):
    """The latest changes."""

    content_type = "application/atom+xml; charset=utf-8"

    def content(self, request: Request) -> bytes:
        """The feed."""
        latest = list(Change.objects.order_by("-revision", "-pk")[:MOST_CHANGES])
        return atom_of(latest, path=request.path)


class ChangesSecretly(LatestChanges):
    """Under a secret address."""

    authentication_classes = (SecretAddress,)
    permission_classes = (IsAuthenticated,)


class ChangesOpenly(LatestChanges):
    """Where reading is public, and for tokens."""


def _private(answer: HttpResponse) -> HttpResponse:
    """Kept by its reader only, who asks each time whether it is still so."""
    answer.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(answer, ["Authorization"])
    return answer
