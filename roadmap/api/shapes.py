"""Lists' entries written straight from plain rows: the same shapes as the serializers describe, many times as fast.

A test compares each with its serializer, value by value.
"""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language

from roadmap.models.person import public_name
from roadmap.models.tags import tags_in
from roadmap.progress.measure import MilestoneFigures, Reason
from roadmap.progress.page import MeasuredRow
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


def milestone_entries(measured: Sequence[MeasuredRow]) -> list[dict[str, Any]]:
    """What ``MilestoneEntry`` describes, for a page."""
    zone, language = get_current_timezone(), get_language() or ""
    return [_milestone(one.row, one.figures, one.as_of, zone, language) for one in measured]


def _milestone(row: Any, figures: MilestoneFigures, as_of: date, zone: tzinfo, language: str) -> dict[str, Any]:
    return {
        "id": row.milestone_id,
        "code": row.milestone_code,
        "roadmap": row.roadmap_code,
        "phase": _titled(row.phase_id, row.phase_code, row.phase_title_zh, row.phase_title_en),
        "pillar": _titled(row.pillar_id, row.pillar_code, row.pillar_title_zh, row.pillar_title_en),
        "workstream": row.workstream_id
        and _titled(row.workstream_id, row.workstream_code, row.workstream_title_zh, row.workstream_title_en),
        "initiative": _titled(row.initiative_id, row.initiative_code, row.initiative_title_zh, row.initiative_title_en),
        "organisation": row.organisation_id
        and {
            "id": row.organisation_id,
            "code": row.organisation_code,
            "name_zh": row.organisation_name_zh,
            "name_en": row.organisation_name_en,
        },
        "owner": row.owner_id and {"id": row.owner_id, "name": public_name(row.owner_id, row.owner_full_name)},
        "title_zh": row.milestone_title_zh,
        "title_en": row.milestone_title_en,
        "description_zh": row.milestone_description_zh,
        "description_en": row.milestone_description_en,
        "acceptance_criteria_zh": row.milestone_acceptance_criteria_zh,
        "acceptance_criteria_en": row.milestone_acceptance_criteria_en,
        "planned_start_on": row.milestone_planned_start_on,
        "due_on": row.milestone_due_on,
        "completed_on": row.milestone_completed_on,
        "cancelled_on": row.milestone_cancelled_on,
        "verify_by": row.milestone_verify_by,
        "verified_on": row.milestone_verified_on,
        "status": row.milestone_status,
        "weight": number(row.milestone_weight),
        "tags": tags_in(row.milestone_tags),
        "progress": _figures(figures, as_of, language),
        "latest_update": latest_update(row),
        "provenance": row.milestone_provenance,
        "source": _source(row),
        "version": row.milestone_version,
        "created_at": _instant(row.milestone_created_at, zone),
        "updated_at": _instant(row.milestone_updated_at, zone),
    }


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


def _instant(value: datetime, zone: tzinfo) -> datetime:
    return value.astimezone(zone)


@lru_cache(maxsize=4096)
def _words(reason: Reason, _language: str) -> str:
    """The sentence in the active language, which ``_language`` names."""
    return reason_text(reason)
