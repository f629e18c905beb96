"""The front page of the administration: where each roadmap stands today, and what asks for somebody's hand."""

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from roadmap import clock
from roadmap.admin.base import may_see_mail
from roadmap.models import OutboxMessage, Roadmap
from roadmap.progress.measure import Figures
from roadmap.progress.queries import RoadmapProgress, roadmap_progress
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import shown_percent
from roadmap.vocabulary import MessageState, Rag

SHOWN_OF_EACH = 6
ROADMAPS_AT_MOST = 3
SHOWN_STATES = (MessageState.PENDING, MessageState.SENDING, MessageState.UNSURE, MessageState.FAILED)


def dashboard(request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """What the template shows. A fixed number of queries a roadmap, however many milestones there are."""
    roadmaps = Roadmap.objects.order_by("code")[:ROADMAPS_AT_MOST]
    return {
        "boards": [_board(roadmap, now=now) for roadmap in roadmaps],
        "mail": _mail() if may_see_mail(request) else None,
    }


def _board(roadmap: Roadmap, *, now: datetime) -> dict[str, Any]:
    progress = roadmap_progress(roadmap, as_of=clock.day_in(roadmap.time_zone, at=now))
    return {
        "roadmap": roadmap,
        "as_of": progress.as_of,
        "overall": _figures(progress.overall),
        "phases": [{"phase": one.phase, "days": one.days_to_gate, **_figures(one.figures)} for one in progress.phases],
        "late": _lines(progress, "is_late"),
        "soon": _lines(progress, "is_due_soon"),
        "silent": _lines(progress, "is_silent"),
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "figures": figures,
        "earned": shown_percent(figures.earned),
        "verified": shown_percent(figures.verified),
        "planned": shown_percent(figures.planned),
        "rag": figures.rag or "none",
        "rag_label": Rag(figures.rag).label if figures.rag else "–",
        "why": reason_text(figures.reason),
    }


def _lines(progress: RoadmapProgress, claim: str) -> dict[str, Any]:
    found = [line for line in progress.lines if getattr(line.figures, claim)]
    return {
        "count": len(found),
        "shown": [
            {"milestone": line.milestone, "figures": line.figures, "why": reason_text(line.figures.reason)}
            for line in found[:SHOWN_OF_EACH]
        ],
    }


def _mail() -> list[dict[str, Any]]:
    counts = dict(
        OutboxMessage.objects.filter(state__in=SHOWN_STATES).order_by().values_list("state").annotate(Count("pk"))
    )
    address = reverse("admin:roadmap_outboxmessage_changelist")
    return [
        {
            "state": state,
            "label": state.label,
            "count": counts.get(state, 0),
            "address": f"{address}?state__exact={state}",
        }
        for state in SHOWN_STATES
    ]
