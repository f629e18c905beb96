"""Organisations side by side, and the page of one: its branch, its milestones, its people."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.models import Organisation, Person
from roadmap.progress.facts import milestone_lines
from roadmap.progress.rollup import roll_up
from roadmap.rights import may_see_people
from roadmap.vocabulary import PersonKind
from roadmap.web.filters import open_ones_of
from roadmap.web.frame import Frame, frame_for
from roadmap.web.presenters.league import NO_FIGURES, League, league, table_of
from roadmap.web.presenters.lines import line_view
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.values import badge_of, figures_view
from roadmap.web.takeaway.tables import file_addresses, table_file

OPEN_SHOWN = 30


@dataclass(frozen=True)
class Member:
    """Somebody of the branch."""

    name: str
    role: str
    unit: str
    leads: bool


def organisation_list(request: HttpRequest) -> HttpResponse:
    """Every organisation of the tree with its figures, sorted by ``?sort=``."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    table = _league_of_all(frame, sort=request.GET.get("sort", ""))
    files = file_addresses("organisations", frame.kept | ({} if table.in_tree else {"sort": request.GET["sort"]}))
    return render(request, "roadmap/organisations.html", {"frame": frame, "league": table, "files": files})


def organisation_file(request: HttpRequest, *, kind: str) -> HttpResponse:
    """The same table, in the same order, as a file."""
    frame = frame_for(request)
    if frame is None:
        raise Http404
    table = table_of(_league_of_all(frame, sort=request.GET.get("sort", "")))
    return table_file(table, kind=kind, name=f"{frame.roadmap.code}-organisations-{frame.as_of}")


def _league_of_all(frame: Frame, *, sort: str) -> League:
    figures = roll_up(frame.roadmap, by=("organisation",), as_of=frame.as_of)
    return league(
        list(Organisation.objects.all()),
        {key: one for (key,), one in figures.items() if key is not None},
        sort=sort,
        frame=frame,
    )


def organisation_page(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation with all below it."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    tree = list(Organisation.objects.select_related("lead", "source"))
    unit = next((one for one in tree if one.code == code), None)
    if unit is None:
        raise Http404
    found = roll_up(frame.roadmap, by=("organisation",), as_of=frame.as_of)
    figures = {key: one for (key,), one in found.items() if key is not None}
    below = [one for one in tree if one.path.startswith(unit.path) and one.pk != unit.pk]
    lines = milestone_lines(open_ones_of(unit, frame=frame)[:OPEN_SHOWN], as_of=frame.as_of)
    may_see = isinstance(request.user, Person) and may_see_people(request.user, unit)
    own = figures.get(unit.pk, NO_FIGURES)
    return render(
        request,
        "roadmap/organisation.html",
        {
            "frame": frame,
            "unit": unit,
            "badge": badge_of(unit.provenance),
            "above": [one for one in tree if unit.path.startswith(one.path) and one.pk != unit.pk],
            "lead": unit.lead.public_name if unit.lead else "",
            "figures": figures_view(own),
            "why": explain_address(frame, organisation=unit.code),
            "league": league(below, figures, sort=request.GET.get("sort", ""), frame=frame) if below else None,
            "lines": [line_view(line, as_of=frame.as_of) for line in lines],
            "open_total": own.total - own.done,
            "list_address": frame.list_address(organisation=unit.code),
            "may_see_people": may_see,
            "members": _members(unit) if may_see else [],
        },
    )


def _members(unit: Organisation) -> list[Member]:
    """Those who work in the branch, the unit's own first. One query."""
    people = Person.objects.filter(
        organisation__path__startswith=unit.path, kind=PersonKind.HUMAN, is_active=True
    ).select_related("organisation")
    return [
        Member(
            name=person.public_name,
            role=str(person.get_role_display()),
            unit=person.organisation.name if person.organisation else "",
            leads=person.pk == unit.lead_id,
        )
        for person in people.order_by("organisation__path", "full_name", "pk")
    ]
