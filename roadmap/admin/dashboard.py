"""The front page of the administration: where each roadmap stands today, and what asks for somebody's hand."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from roadmap import clock
from roadmap.admin.base import may_see_mail
from roadmap.admin.milestone_rows import STANDINGS
from roadmap.models import Milestone, OutboxMessage, Person, Roadmap
from roadmap.progress.facts import milestone_lines
from roadmap.progress.measure import Figures, Sums, figures_of
from roadmap.progress.reasons import reason_text
from roadmap.progress.rollup import roll_up
from roadmap.progress.shown import shown_percent
from roadmap.vocabulary import MessageState, Provenance, Rag

SHOWN_OF_EACH = 6
ROADMAPS_AT_MOST = 3
SHOWN_STATES = (
    MessageState.PENDING,
    MessageState.SENDING,
    MessageState.UNSURE,
    MessageState.FAILED,
    MessageState.GIVEN_UP,
)


def dashboard(request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """What the template shows. A fixed number of queries a roadmap, however many milestones there are."""
    roadmaps = Roadmap.objects.all()[:ROADMAPS_AT_MOST]
    return {
        "boards": [_board(roadmap, now=now) for roadmap in roadmaps],
        "mail": _mail() if may_see_mail(request) else None,
        "removes_sample": _command("remove_sample") if _has_sample(request) else "",
    }


def _has_sample(request: HttpRequest) -> bool:
    """Whether there are made-up milestones, asked for those who run the installation."""
    is_keeper = isinstance(request.user, Person) and request.user.is_superuser
    return is_keeper and Milestone.objects.filter(provenance=Provenance.SAMPLE).exists()


def _command(name: str) -> str:
    """How a command is given to this installation."""
    return f"{'python3 embedded/bootstrap.py manage' if settings.EMBEDDED else 'python manage.py'} {name}"


def _board(roadmap: Roadmap, *, now: datetime) -> dict[str, Any]:
    as_of = clock.day_in(roadmap.time_zone, at=now)
    overall = roll_up(roadmap, by=(), as_of=as_of).get((), figures_of(Sums()))
    by_phase = roll_up(roadmap, by=("phase",), as_of=as_of)
    counts = {
        "late": overall.late,
        "soon": overall.due_soon,
        "silent": overall.silent,
        "unverified": overall.done - overall.confirmed,
    }
    return {
        "roadmap": roadmap,
        "as_of": as_of,
        "overall": _figures(overall),
        "phases": [
            {
                "phase": phase,
                "days": (phase.gate_on - as_of).days,
                **_figures(by_phase.get((phase.pk,), figures_of(Sums()))),
            }
            for phase in roadmap.phases.all()
        ],
        **_lists(roadmap, counts, as_of=as_of),
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


def _lists(roadmap: Roadmap, counts: dict[str, int], *, as_of: date) -> dict[str, Any]:
    """The first of each standing; a query each, and three for the figures of all that is shown."""
    rows = Milestone.objects.filter(initiative__roadmap=roadmap).select_related("owner").order_by("due_on", "id")
    found = {standing: list(rows.filter(STANDINGS[standing](as_of))[:SHOWN_OF_EACH]) for standing in counts}
    shown = list({one.pk: one for each in found.values() for one in each}.values())
    figures = {line.milestone.pk: line.figures for line in milestone_lines(shown, as_of=as_of)}
    return {
        standing: {
            "count": counts[standing],
            "shown": [
                {"milestone": one, "figures": figures[one.pk], "why": reason_text(figures[one.pk].reason)}
                for one in found[standing]
            ],
        }
        for standing in counts
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
