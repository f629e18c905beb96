"""Load a catalogue: read, check, then write through ``editing``, all in one transaction or not at all.

Loading again adds what is new and brings up to date what only the loader ever touched; people's edits stay.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from roadmap.exchange.checks import check_catalogue
from roadmap.exchange.entries import Catalogue, read_catalogue
from roadmap.exchange.place import Placing
from roadmap.exchange.place_milestones import (
    place_baselines,
    place_completions,
    place_confirmations,
    place_links,
    place_milestones,
    place_moves,
    place_updates,
)
from roadmap.exchange.place_people import place_leads, place_organisations, place_people
from roadmap.exchange.place_schedules import place_rules, place_subscriptions
from roadmap.exchange.problems import Problems
from roadmap.exchange.report import LoadReport
from roadmap.exchange.standing import Standings
from roadmap.models.history import Actor

FRAME_BELOW_ROADMAP = ("phases", "pillars", "workstreams", "initiatives", "indicators")


def load_catalogue(paths: Sequence[Path], *, names: Sequence[str] = (), by: Actor, now: datetime) -> LoadReport:
    """Load the files (at least one) as one catalogue of one roadmap; ``names`` are theirs in messages.

    Raises BadCatalogue with every fault found; nothing was loaded then. ``by`` is who loads (nobody, by the command's
    door: that is how the loader knows its own entries again).
    """
    problems = Problems()
    catalogue = read_catalogue(paths, names=names or [str(path) for path in paths], problems=problems)
    with transaction.atomic():
        standings = Standings()
        _unused, stored = standings["roadmap"].of((catalogue.roadmap_code,))
        within = stored.pk if stored is not None else None
        sections = ("roadmap", *catalogue.sections)
        known = {section: standings[section].known_codes(roadmap=within) for section in sections}
        check_catalogue(catalogue, known=known, problems=problems)
        problems.raise_if_any()
        placing = Placing(standings=standings, roadmap_code=catalogue.roadmap_code, by=by, now=now)
        _place_all(placing, catalogue)
    return placing.report


def _place_all(placing: Placing, catalogue: Catalogue) -> None:
    """Write section by section, so that whatever an entry refers to is there before it."""
    sections = catalogue.sections
    for entry in sections["sources"]:
        placing.place(entry)
    if catalogue.roadmap is not None:
        placing.place(catalogue.roadmap)
    place_organisations(placing, sections["organisations"])
    place_people(placing, sections["people"])
    place_leads(placing, sections["organisations"])
    roadmap = placing.roadmap
    if roadmap is None:
        return  # people deleted the whole roadmap
    for section in FRAME_BELOW_ROADMAP:
        for entry in sections[section]:
            row = placing.place(entry, roadmap=roadmap)
            for observation in entry.parts.get("observations", ()):
                placing.place(observation, indicator=row)
    milestones = place_milestones(placing, sections["milestones"])
    place_links(placing, milestones)
    place_baselines(placing, sections["baselines"], roadmap)
    place_moves(placing, milestones)
    place_updates(placing, milestones)
    place_completions(placing, milestones)
    place_confirmations(placing, milestones)
    place_rules(placing, sections["reminder_rules"], roadmap)
    place_subscriptions(placing, sections["subscriptions"], roadmap)
