"""What the list of milestones can be narrowed to."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from roadmap.admin.milestone_rows import with_standing
from roadmap.models import Milestone, Organisation
from roadmap.models.tags import bears

UNTITLED = "untitled"


class StandingFilter(DropdownFilter):
    """How milestones stand today."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The words of the progress page."""
        return [
            ("open", pgettext_lazy("milestone", "Open")),
            ("late", _("Overdue")),
            ("month", _("Due this month")),
            ("soon", _("Due soon")),
            ("silent", _("No recent report")),
            ("unverified", _("Not verified")),
            ("unverified-long", _("Too long not verified")),
            (UNTITLED, _("Title missing in one language")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Milestone]) -> QuerySet[Milestone]:
        """Those that stand so."""
        if self.value() == UNTITLED:
            return queryset.filter(Q(title_zh="") | Q(title_en=""))
        known = {value for value, _label in self.lookup_choices}
        return with_standing(queryset, str(self.value())) if self.value() in known else queryset


class MineFilter(DropdownFilter):
    """Whose milestones."""

    title = _("whose")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Mine, my organisation's, nobody's."""
        return [("mine", _("Mine")), ("ours", _("My organisation's")), ("nobody", _("Without an owner"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Milestone]) -> QuerySet[Milestone]:
        """Those that are."""
        person: Any = request.user
        match self.value():
            case "mine":
                return queryset.filter(owner=person)
            case "ours":
                if person.organisation is None:
                    return queryset.none()
                return queryset.filter(organisation__path__startswith=person.organisation.path)
            case "nobody":
                return queryset.filter(owner=None)
        return queryset


class OrganisationFilter(DropdownFilter):
    """An organisation with everything below it."""

    title = _("organisation")
    parameter_name = "organisation_path"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The tree, moved in by depth."""
        return [(one.path, "\u3000" * (one.path.count("/") - 1) + one.name) for one in Organisation.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Milestone]) -> QuerySet[Milestone]:
        """Those of the subtree."""
        return queryset.filter(organisation__path__startswith=self.value()) if self.value() else queryset


class TagFilter(DropdownFilter):
    """One of the tags that are in use."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All of them, in the order of the alphabet. One query."""
        used = Milestone.objects.exclude(tags=[]).order_by().values_list("tags", flat=True).distinct()
        return [(tag, tag) for tag in sorted({tag for tags in used for tag in tags})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Milestone]) -> QuerySet[Milestone]:
        """Those that bear it."""
        return queryset.filter(bears(str(self.value()))) if self.value() else queryset
