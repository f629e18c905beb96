"""What part of a roadmap an address asks for by codes: ``?phase=basic&pillar=safe``."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404, HttpRequest

from roadmap.models import Organisation
from roadmap.progress.rollup import DIMENSIONS
from roadmap.web.frame import Frame

OF_MILESTONE = {"initiative": "initiative", "pillar": "initiative__pillar"}  # the others are the milestone's own


@dataclass(frozen=True)
class Part:
    """The milestones that belong to all of some entries: titles and codes by kind, ids for the roll-up, a condition."""

    titles: dict[str, str]
    codes: dict[str, str]
    only: dict[str, Sequence[int]]
    condition: Q


def part_asked_for(request: HttpRequest, *, frame: Frame) -> Part:
    """The part named in the address, the whole roadmap without a name. One query for each kind that is named, two for
    an organisation, which counts with everything below it. Raises Http404 for a code that isn't there."""
    titles, codes = {}, {}
    only: dict[str, Sequence[int]] = {}
    condition = Q(initiative__roadmap=frame.roadmap)
    for kind in DIMENSIONS:
        code = request.GET.get(kind, "").strip()
        if not code:
            continue
        if kind == "organisation":
            unit = Organisation.objects.filter(code=code).first()
            if unit is None:
                raise Http404
            titles[kind] = unit.name
            only[kind] = list(Organisation.objects.subtree_of(unit).order_by().values_list("pk", flat=True))
        else:
            entry = getattr(frame.roadmap, f"{kind}s").filter(code=code).first()
            if entry is None:
                raise Http404
            titles[kind], only[kind] = entry.title, [entry.pk]
        codes[kind] = code
        condition &= Q(**{f"{OF_MILESTONE.get(kind, kind)}__in": only[kind]})
    return Part(titles=titles, codes=codes, only=only, condition=condition)
