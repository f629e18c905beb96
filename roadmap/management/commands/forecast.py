"""``manage.py forecast``: will we make the gates; and how past forecasts came true."""

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.forecast.keep import make_forecast
from roadmap.forecast.kept import latest_forecast, titles_of
from roadmap.forecast.past import judgement_of
from roadmap.forecast.words import gate_sentence, history_text, judgement_lines, made_text
from roadmap.management import terminal
from roadmap.models import Roadmap


class Command(terminal.Command):
    """``manage.py forecast [--roadmap CODE] [--judge]``; forecasts anew only what has changed since the last time."""

    help = (
        "Says of each gate how likely it is to be complete by its day, and why; with --judge, how past ones came true."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Of which roadmap, and whether past forecasts are judged instead."""
        parser.add_argument("--roadmap", metavar="CODE", help="only this one; all of them without it")
        parser.add_argument("--judge", action="store_true", help="how past forecasts came true")

    def handle(self, *_args: object, **options: Any) -> None:
        """Forecast where needed, and tell."""
        with translation.override(terminal.terminal_language()):
            roadmaps = Roadmap.objects.all()
            if options["roadmap"]:
                roadmaps = roadmaps.filter(code=options["roadmap"])
                if not roadmaps:
                    raise CommandError(_("There is no roadmap “%(code)s”.") % {"code": options["roadmap"]})
            for roadmap in roadmaps:
                self.stdout.write("\n".join([roadmap.title, *(_judged if options["judge"] else _forecast)(roadmap)]))


def _judged(roadmap: Roadmap) -> list[str]:
    return judgement_lines(judgement_of(roadmap, up_to=_today(roadmap)))


def _forecast(roadmap: Roadmap) -> list[str]:
    make_forecast(roadmap, now=clock.now())
    made = latest_forecast(roadmap, up_to=_today(roadmap))
    if made is None:
        return [_("No milestone is open: there is nothing to forecast.")]
    gates, titles = roadmap.phases.in_bulk(), titles_of(made)
    sentences = (
        gate_sentence(gate, gate_title=gates[gate.phase].title, titles=titles, milestones=made.milestones)
        for gate in made.gates
        if gate.phase in gates
    )
    return [
        made_text(made),
        *sentences,
        history_text(made),
    ]


def _today(roadmap: Roadmap) -> date:
    return clock.day_in(roadmap.time_zone, at=clock.now())
