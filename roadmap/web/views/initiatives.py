"""The page of an initiative."""

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.models import Deliverable, Dependency, Evidence, Initiative, Milestone, ProgressUpdate
from roadmap.progress.facts import MilestoneLine, milestone_lines
from roadmap.progress.measure import measure_group
from roadmap.web.frame import Frame, frame_for
from roadmap.web.presenters.initiative import (
    crossings,
    evidence_view,
    history_view,
    in_phases,
    reports_view,
    slip_words,
)
from roadmap.web.presenters.lines import line_view
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.values import badge_of, figures_view

SHOWN = 10  # of reports and of pieces of evidence
LISTED = 60  # milestones; of more, the open ones, and the list has them all


def initiative_page(request: HttpRequest, code: str) -> HttpResponse:
    """An initiative of the roadmap with its figures and its milestones by due date."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    initiative = frame.roadmap.initiatives.select_related("pillar", "source").filter(code=code).first()
    if initiative is None:
        raise Http404
    lines = milestone_lines(
        Milestone.objects.filter(initiative=initiative).prefetch_related("phase", "organisation", "owner"),
        as_of=frame.as_of,
    )
    for line in lines:
        line.milestone.initiative = initiative
    return render(
        request,
        "roadmap/initiative.html",
        {
            "frame": frame,
            "initiative": initiative,
            "badge": badge_of(initiative.provenance),
            "pillar_address": frame.list_address(pillar=initiative.pillar.code),
            "figures": figures_view(measure_group((line.milestone.weight, line.figures) for line in lines)),
            "why": explain_address(frame, initiative=initiative.code),
            "lines": [line_view(line, as_of=frame.as_of) for line in _listed(lines)],
            "total": len(lines),
            "list_address": frame.list_address(initiative=initiative.code),
            "phases": in_phases(lines, initiative=initiative, frame=frame),
            "slip": slip_words(lines),
            **_told(initiative, frame),
        },
    )


def _listed(lines: list[MilestoneLine]) -> list[MilestoneLine]:
    return lines if len(lines) <= LISTED else [line for line in lines if line.figures.is_open][:LISTED]


def _told(initiative: Initiative, frame: Frame) -> dict[str, object]:
    """What people did about it up to the day shown. Five queries."""
    links = Dependency.objects.filter(
        Q(predecessor__initiative=initiative) ^ Q(successor__initiative=initiative)
    ).select_related("predecessor__initiative", "successor__initiative")
    waits, awaited = crossings(links, initiative=initiative, as_of=frame.as_of)
    updates = ProgressUpdate.every.filter(milestone__initiative=initiative, reported_on__lte=frame.as_of)
    evidence = Evidence.objects.filter(milestone__initiative=initiative, added_at__lt=frame.ends_at)
    records = initiative.history.filter(history_date__lt=frame.ends_at).select_related("history_user")
    items = Deliverable.objects.filter(milestone__initiative=initiative)
    done = Count("pk", filter=Q(done_on__lte=frame.as_of))
    return {
        "deliverables": items.aggregate(total=Count("pk"), done=done),
        "waits": waits,
        "awaited": awaited,
        "reports": reports_view(
            updates.select_related("milestone", "reported_by", "withdrawn_by").order_by("-reported_on", "-id")[:SHOWN]
        ),
        "evidence": evidence_view(
            evidence.select_related("milestone", "added_by").order_by("-added_at", "-id")[:SHOWN], frame=frame
        ),
        "changes": history_view(list(records.order_by("history_date", "history_id"))),
    }
