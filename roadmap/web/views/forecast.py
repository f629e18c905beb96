"""Will the gates be made: the forecast of the day shown, at ``/forecast/``."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from roadmap.forecast.kept import latest_forecast
from roadmap.forecast.past import judgement_of
from roadmap.forecast.words import history_text, judgement_lines, made_text
from roadmap.models import Milestone
from roadmap.models.bilingual import in_language
from roadmap.web.frame import frame_for
from roadmap.web.presenters.forecast import gate_views


def forecast_page(request: HttpRequest) -> HttpResponse:
    """The last forecast up to the day shown, and how those before it came true."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    made = latest_forecast(frame.roadmap, up_to=frame.as_of)
    values: dict[str, object] = {
        "frame": frame,
        "judged": judgement_lines(judgement_of(frame.roadmap, up_to=frame.as_of)),
    }
    if made is not None:
        named = {pk for gate in made.gates for pk in [*gate.path, *(one.milestone for one in gate.drivers)]}
        rows = Milestone.objects.filter(pk__in=named).values_list("pk", "code", "title_zh", "title_en")
        language = get_language()
        names = {pk: (code, in_language(chinese, english, language)) for pk, code, chinese, english in rows}
        gates = gate_views(made, phases=list(frame.roadmap.phases.all()), names=names)
        values |= {"made": made_text(made), "gates": gates, "trust": history_text(made)}
    return render(request, "roadmap/forecast.html", values)
