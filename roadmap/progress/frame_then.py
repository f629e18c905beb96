"""What past milestones referred to, put on them as it was last known, so that no page fetches anything."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from roadmap.models import Initiative, Milestone, Organisation, Person, Phase, Pillar, Workstream
from roadmap.progress.replay import last_known

REFERRED: dict[str, type[Any]] = {
    "initiative": Initiative,
    "phase": Phase,
    "workstream": Workstream,
    "organisation": Organisation,
    "owner": Person,
}


def fetch_frame(rows: list[Milestone], *, until: datetime) -> None:
    """Put what the milestones refer to on them, as it was last known; one query a model, and one for the pillars."""
    known = {
        name: _known(model, {getattr(row, f"{name}_id") for row in rows} - {None}, until)
        for name, model in REFERRED.items()
    }
    initiatives = known["initiative"].values()
    pillars = _known(Pillar, {one.pillar_id for one in initiatives}, until)
    for initiative in initiatives:
        put(initiative, "pillar", pillars)
    for row in rows:
        for name, found in known.items():
            put(row, name, found)


def _known(model: type[Any], pks: set[Any], until: datetime) -> dict[Any, Any]:
    """As last known; what has no history that far back, as it was put in by hand, as it is now."""
    found = last_known(model, of=pks, until=until)
    missing = pks - found.keys()
    return found | (model._base_manager.in_bulk(missing) if missing else {})


def put(row: Model, name: str, found: Mapping[Any, Model]) -> None:
    """Put the one of these that the row refers to on it, if it is among them."""
    related = found.get(getattr(row, f"{name}_id"))
    if related is not None:
        setattr(row, name, related)
