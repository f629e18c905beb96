"""Lists' entries written straight from plain rows: the same shapes as the serializers describe, many times as fast.

A test compares each with its serializer, value by value.
"""

from collections.abc import Sequence
from datetime import date, tzinfo
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import models
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language

from roadmap.fields import At, at
from roadmap.models.person import public_name
from roadmap.models.tags import TagsField, tags_in
from roadmap.progress.measure import MilestoneFigures, Reason
from roadmap.progress.page import MeasuredRow, MilestoneRow
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import percent_number

CENT = Decimal("0.01")


@lru_cache(maxsize=4096)
def number(value: Decimal) -> float | int:
    """A JSON number with at most two places."""
    rounded = value.quantize(CENT)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


@lru_cache(maxsize=4096)
def percent(value: Decimal) -> float | int:
    """A JSON number with at most two places: 100 only where it is whole, 0 only where there is nothing."""
    return percent_number(value, decimals=2)


SHOWN = at(At.API)
NAMES = tuple(one.name for one in SHOWN)
BY_CODE = {"roadmap", "source"}  # what the rows know by its code, and not by its id
READ = itemgetter(
    *(
        MilestoneRow._fields.index(
            f"milestone_{one.name}" if one.is_plain else f"{one.name}_{'code' if one.name in BY_CODE else 'id'}"
        )
        for one in SHOWN
    )
)
NUMBERS = [one.name for one in SHOWN if isinstance(one.column, models.DecimalField)]
INSTANTS = [one.name for one in SHOWN if isinstance(one.column, models.DateTimeField)]
TAGS = [one.name for one in SHOWN if isinstance(one.column, TagsField)]


def milestone_entries(measured: Sequence[MeasuredRow]) -> list[dict[str, Any]]:
    """What ``MilestoneEntry`` describes, for a page."""
    zone, language = get_current_timezone(), get_language() or ""
    return [_milestone(one.row, one.figures, one.as_of, zone, language) for one in measured]


def _milestone(row: Any, figures: MilestoneFigures, as_of: date, zone: tzinfo, language: str) -> dict[str, Any]:
    entry: dict[str, Any] = dict(zip(NAMES, READ(row)))  # noqa: B905  # as long, and asked a hundred times a page
    entry["phase"] = _titled(row.phase_id, row.phase_code, row.phase_title_zh, row.phase_title_en)
    entry["pillar"] = _titled(row.pillar_id, row.pillar_code, row.pillar_title_zh, row.pillar_title_en)
    entry["initiative"] = _titled(
        row.initiative_id, row.initiative_code, row.initiative_title_zh, row.initiative_title_en
    )
    if row.workstream_id is not None:
        entry["workstream"] = _titled(
            row.workstream_id, row.workstream_code, row.workstream_title_zh, row.workstream_title_en
        )
    if row.organisation_id is not None:
        entry["organisation"] = {
            "id": row.organisation_id,
            "code": row.organisation_code,
            "name_zh": row.organisation_name_zh,
            "name_en": row.organisation_name_en,
        }
    if row.owner_id is not None:
        entry["owner"] = {"id": row.owner_id, "name": public_name(row.owner_id, row.owner_full_name)}
    entry["source"] = _source(row)
    for name in NUMBERS:
        entry[name] = None if entry[name] is None else number(entry[name])
    for name in INSTANTS:
        entry[name] = entry[name].astimezone(zone)
    for name in TAGS:
        entry[name] = tags_in(entry[name])
    entry["progress"] = _figures(figures, as_of, language)
    entry["latest_update"] = latest_update(row)
    return entry


def _titled(pk: int, code: str, title_zh: str, title_en: str) -> dict[str, Any]:
    return {"id": pk, "code": code, "title_zh": title_zh, "title_en": title_en}


def _figures(figures: MilestoneFigures, as_of: date, language: str) -> dict[str, Any]:
    return {
        "as_of": as_of,
        "planned_percent": percent(figures.planned_percent),
        "earned_percent": percent(figures.earned_percent),
        "verified_percent": percent(figures.verified_percent),
        "rag": figures.rag,
        "reason": {
            "code": figures.reason.code,
            "text": _words(figures.reason, language),
            "number": None if figures.reason.number is None else number(figures.reason.number),
            "day": figures.reason.day,
        },
        "is_done": figures.is_done,
        "is_verified": figures.is_verified,
        "is_cancelled": figures.is_cancelled,
        "is_late": figures.is_late,
        "is_due_soon": figures.is_due_soon,
        "is_silent": figures.is_silent,
        "is_verification_overdue": figures.is_verification_overdue,
        "days_left": figures.days_left,
        "slip_days": figures.slip_days,
    }


def latest_update(row: Any) -> dict[str, Any] | None:
    """What ``LatestUpdate`` describes; None without a report."""
    if row.latest_id is None:
        return None
    return {
        "id": row.latest_id,
        "reported_on": row.latest_reported_on,
        "percent_complete": percent(row.latest_percent_complete),
        "confidence": row.latest_confidence,
        "forecast_on": row.latest_forecast_on,
        "narrative_zh": row.latest_narrative_zh,
        "narrative_en": row.latest_narrative_en,
    }


def _source(row: Any) -> dict[str, Any] | None:
    if row.source_code is None:
        return None
    return {
        "code": row.source_code,
        "title_zh": row.source_title_zh,
        "title_en": row.source_title_en,
        "citation_zh": row.source_citation_zh,
        "citation_en": row.source_citation_en,
        "published_on": row.source_published_on,
        "url": row.source_url,
    }


@lru_cache(maxsize=4096)
def _words(reason: Reason, _language: str) -> str:
    """The sentence in the active language, which ``_language`` names."""
    return reason_text(reason)
