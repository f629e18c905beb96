"""The filters of each list."""

from collections.abc import Callable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema_field

from roadmap import clock
from roadmap.api.days import on_day
from roadmap.api.fields import as_id
from roadmap.api.filters import (
    BooleanFilter,
    DayFilter,
    IdFilter,
    InstantFilter,
    ReferenceFilter,
    SubtreeFilter,
    WordsFilter,
)
from roadmap.api.parameters import day_asked_for
from roadmap.api.problems import BadParameter
from roadmap.models import Indicator, Initiative, Milestone, Organisation, Phase, Pillar, Roadmap, Workstream
from roadmap.models.milestone import open_on
from roadmap.models.tags import bears
from roadmap.progress.conditions import overdue_on, silent_on, verification_overdue_on
from roadmap.vocabulary import Door, MilestoneStatus, Provenance, Rag


class MarkedFilters(FilterSet):
    """By where an entry comes from, and by its code."""

    code = CharFilter()
    provenance = WordsFilter(choices=Provenance.choices, lookup_expr="in")


class FrameFilters(MarkedFilters):
    """Of what belongs to a roadmap."""

    roadmap = ReferenceFilter(Roadmap, field_name="roadmap")


class PillarPartFilters(FrameFilters):
    """Of what belongs to a pillar too."""

    pillar = ReferenceFilter(Pillar, field_name="pillar")


class OrganisationFilters(MarkedFilters):
    """Of the tree: ``within`` takes a whole branch."""

    parent = ReferenceFilter(Organisation, field_name="parent")
    within = SubtreeFilter(Organisation, field_name="")


class MilestoneFilters(MarkedFilters):
    """Of milestones; ``organisation`` takes its whole branch."""

    roadmap = ReferenceFilter(Roadmap, field_name="initiative__roadmap")
    phase = ReferenceFilter(Phase, field_name="phase")
    pillar = ReferenceFilter(Pillar, field_name="initiative__pillar")
    workstream = ReferenceFilter(Workstream, field_name="workstream")
    initiative = ReferenceFilter(Initiative, field_name="initiative")
    organisation = SubtreeFilter(Organisation, field_name="organisation")
    owner = CharFilter(method="of_owner")
    tag = CharFilter(method="bearing")
    status = WordsFilter(choices=MilestoneStatus.choices, lookup_expr="in")
    due_on = DayFilter()
    due_on_after = DayFilter(field_name="due_on", lookup_expr="gte")
    due_on_before = DayFilter(field_name="due_on", lookup_expr="lte")
    updated_since = InstantFilter(field_name="updated_at", lookup_expr="gte")
    is_open = BooleanFilter(method="being_open")
    is_late = BooleanFilter(method="being_late")
    is_silent = BooleanFilter(method="being_silent")
    is_verification_overdue = BooleanFilter(method="being_unverified")

    @extend_schema_field({"type": "string", "description": "The owner's id, or `me`."})
    def of_owner(self, rows: QuerySet[Milestone], _name: str, value: str) -> QuerySet[Milestone]:
        """Of a person, by id or as ``me``."""
        if value == "me":
            return rows.filter(owner_id=self.request.user.pk) if self.request.user.pk else rows.none()
        pk = as_id(value)
        if pk is None:
            raise BadParameter({"owner": _("Write a person's id, or me.")})
        return rows.filter(owner_id=pk)

    @extend_schema_field({"type": "string", "description": "A whole tag, in either case."})
    def bearing(self, rows: QuerySet[Milestone], _name: str, value: str) -> QuerySet[Milestone]:
        """Those that have the tag."""
        return rows.filter(bears(value))

    def being_open(self, rows: QuerySet[Milestone], _name: str, value: bool) -> QuerySet[Milestone]:
        """Neither done nor cancelled on the day that is asked for, or the others."""
        return self._in_state(rows, open_on, value)

    def being_late(self, rows: QuerySet[Milestone], _name: str, value: bool) -> QuerySet[Milestone]:
        """Open past their due date, on the day that is asked for."""
        return self._in_state(rows, overdue_on, value)

    def being_silent(self, rows: QuerySet[Milestone], _name: str, value: bool) -> QuerySet[Milestone]:
        """Without a recent report, on the day that is asked for."""
        return self._in_state(rows, silent_on, value)

    def being_unverified(self, rows: QuerySet[Milestone], _name: str, value: bool) -> QuerySet[Milestone]:
        """Reported as done and too long not verified, on the day that is asked for."""
        return self._in_state(rows, verification_overdue_on, value)

    def _in_state(self, rows: QuerySet[Milestone], condition: Callable[[date], Q], wanted: bool) -> QuerySet[Milestone]:
        found = on_day(condition, as_of=day_asked_for(self.request), now=clock.now())
        return rows.filter(found) if wanted else rows.exclude(found)


class ProgressUpdateFilters(FilterSet):
    """Of reports."""

    milestone = ReferenceFilter(Milestone, field_name="milestone")
    roadmap = ReferenceFilter(Roadmap, field_name="milestone__initiative__roadmap")
    organisation = SubtreeFilter(Organisation, field_name="milestone__organisation")
    confidence = WordsFilter(choices=Rag.choices, lookup_expr="in")
    door = WordsFilter(choices=Door.choices, lookup_expr="in")
    provenance = WordsFilter(choices=Provenance.choices, lookup_expr="in")
    reported_by = IdFilter(field_name="reported_by_id")
    reported_on = DayFilter()
    reported_on_after = DayFilter(field_name="reported_on", lookup_expr="gte")
    reported_on_before = DayFilter(field_name="reported_on", lookup_expr="lte")
    recorded_since = InstantFilter(field_name="recorded_at", lookup_expr="gte")
    is_withdrawn = BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True)


class ExternalReferenceFilters(FilterSet):
    """Of other systems' names."""

    system = CharFilter()
    reference = CharFilter()
    milestone = ReferenceFilter(Milestone, field_name="milestone")


class DependencyFilters(FilterSet):
    """Of what waits for what."""

    roadmap = ReferenceFilter(Roadmap, field_name="successor__initiative__roadmap")
    predecessor = ReferenceFilter(Milestone, field_name="predecessor")
    successor = ReferenceFilter(Milestone, field_name="successor")
    provenance = WordsFilter(choices=Provenance.choices, lookup_expr="in")


class BaselineFilters(FilterSet):
    """Of approved plans."""

    roadmap = ReferenceFilter(Roadmap, field_name="roadmap")


class TokenFilters(FilterSet):
    """Of tokens."""

    person = IdFilter(field_name="person_id")


class ServiceAccountFilters(FilterSet):
    """Of service accounts; ``organisation`` takes its whole branch."""

    organisation = SubtreeFilter(Organisation, field_name="organisation")
    is_active = BooleanFilter()


class SubscriptionFilters(FilterSet):
    """Of digest subscriptions."""

    person = IdFilter(field_name="person_id")
    roadmap = ReferenceFilter(Roadmap, field_name="roadmap")
    is_active = BooleanFilter()


class LeaveFilters(FilterSet):
    """Of leave."""

    person = IdFilter(field_name="person_id")


class WebhookFilters(FilterSet):
    """Of webhooks."""

    person = IdFilter(field_name="person_id")
    is_active = BooleanFilter()


class ObservationFilters(FilterSet):
    """Of observed values."""

    indicator = ReferenceFilter(Indicator, field_name="indicator")
    roadmap = ReferenceFilter(Roadmap, field_name="indicator__roadmap")
    pillar = ReferenceFilter(Pillar, field_name="indicator__pillar")
    provenance = WordsFilter(choices=Provenance.choices, lookup_expr="in")
    period = CharFilter()
    ends_on_after = DayFilter(field_name="ends_on", lookup_expr="gte")
    ends_on_before = DayFilter(field_name="ends_on", lookup_expr="lte")
