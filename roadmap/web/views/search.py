"""Search of all that the pages show."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.progress.facts import milestone_lines
from roadmap.web.frame import frame_for
from roadmap.web.presenters.found import hit_groups
from roadmap.web.searching import found_in, words_of


def search_page(request: HttpRequest) -> HttpResponse:
    """What has the words of ``?q=``, by kind, the best first; without words, where to begin."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    asked = words_of(request.GET.get("q", ""))
    found = found_in(frame.roadmap, asked) if asked else []
    milestones = [row for one in found if one.kind == "milestones" for row in one.rows]
    lines = {line.milestone.pk: line for line in milestone_lines(milestones, as_of=frame.as_of)}
    groups = hit_groups(found, asked, lines=lines, frame=frame)
    return render(request, "roadmap/search.html", {"frame": frame, "asked": asked, "groups": groups})
