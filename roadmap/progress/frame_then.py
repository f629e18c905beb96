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
        name: last_known(model, of={getattr(row, f"{name}_id") for row in rows} - {None}, until=until)
        for name, model in REFERRED.items()
    }
    initiatives = known["initiative"].values()
    pillars = last_known(Pillar, of={one.pillar_id for one in initiatives}, until=until)
    for initiative in initiatives:
        put(initiative, "pillar", pillars)
    for row in rows:
        for name, found in known.items():
            put(row, name, found)


def put(row: Model, name: str, found: Mapping[Any, Model]) -> None:
    """What has no history, as it was put into the database by hand, is left to be fetched."""
    related = found.get(getattr(row, f"{name}_id"))
    if related is not None:
        setattr(row, name, related)
