"""The cards that other sites show: a gate with its figures, the matrix of pillars by phase."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.formats import date_format

from roadmap.models import Phase
from roadmap.progress.rollup import roll_up
from roadmap.web.frame import Frame, frame_for
from roadmap.web.presenters.league import NO_FIGURES
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.values import FiguresView, badge_of, day_of, figures_view


@dataclass(frozen=True)
class Cell:
    """A figure of the matrix; ``column`` names its phase for narrow screens, ``why`` explains it on the site."""

    column: str
    figures: FiguresView
    why: str


def gate_card(request: HttpRequest, code: str) -> HttpResponse:
    """A phase: the days to its gate, and progress against plan."""
    frame, phases = _frame_and_phases(request)
    phase = next((one for one in phases if one.code == code), None)
    if phase is None:
        raise Http404
    figures = roll_up(frame.roadmap, by=("phase",), as_of=frame.as_of)
    context = {
        "phase": phase,
        "gate": day_of(phase.gate_on),
        "gate_badge": badge_of(phase.days_provenance),
        "days": abs((phase.gate_on - frame.as_of).days),
        "has_passed": phase.gate_on < frame.as_of,
        "figures": figures_view(figures.get((phase.pk,), NO_FIGURES)),
        "why": _why(frame, phase=phase.code),
    }
    return _card(request, "roadmap/embed/gate.html", frame, context)


def matrix_card(request: HttpRequest) -> HttpResponse:
    """Each pillar's progress in each phase."""
    frame, phases = _frame_and_phases(request)
    figures = roll_up(frame.roadmap, by=("pillar", "phase"), as_of=frame.as_of)
    rows = [
        (
            pillar.title,
            [
                Cell(
                    phase.title,
                    figures_view(figures.get((pillar.pk, phase.pk), NO_FIGURES)),
                    _why(frame, phase=phase.code, pillar=pillar.code),
                )
                for phase in phases
            ],
        )
        for pillar in frame.roadmap.pillars.all()
    ]
    return _card(request, "roadmap/embed/matrix.html", frame, {"phases": phases, "rows": rows})


def _why(frame: Frame, **only: str) -> str:
    """A whole address, as the card stands on another site."""
    return f"{settings.SITE_URL}{explain_address(frame, **only)}"


def _frame_and_phases(request: HttpRequest) -> tuple[Frame, list[Phase]]:
    """The frame with the phases of its roadmap. Raises Http404 while there is no roadmap."""
    frame = frame_for(request)
    if frame is None:
        raise Http404
    return frame, list(frame.roadmap.phases.all())


def _card(request: HttpRequest, template: str, frame: Frame, context: dict[str, object]) -> HttpResponse:
    theme = request.GET.get("theme", "")
    return render(
        request,
        template,
        context
        | {
            "frame": frame,
            "theme": theme if theme in ("light", "dark") else "",
            "language": "en" if (translation.get_language() or "").startswith("en") else "zh-Hans",
            "as_of": date_format(frame.as_of),
            "site": settings.SITE_URL,
        },
    )
