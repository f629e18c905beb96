"""What a digest holds for readers with the same filters, window and language. The parts are in the files beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from roadmap.calendars.due_dates import calendar_file, gate_day, milestone_day
from roadmap.digests.filters import Filters, chosen
from roadmap.digests.news import News
from roadmap.digests.readings import Reading, readings
from roadmap.digests.sections import Section, happened, sections
from roadmap.digests.standing import Standing, gates, whole
from roadmap.outbox.render import Attachment
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.measure import Figures
from roadmap.vocabulary import Provenance

CALENDAR_DAYS, READINGS = 15, 5


@dataclass(frozen=True)
class Content:
    """All that a digest says, in the active language. ``due_dates`` is how many of them the attached calendar holds."""

    whole: Standing
    figures: Figures
    happened: str
    gates: Sequence[Standing]
    sections: Sequence[Section]
    readings: Sequence[Reading]
    more_readings: int
    has_sample: bool
    has_derived: bool
    due_dates: int
    attachments: tuple[Attachment, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing to act on, and nothing new."""
        return not (self.sections or self.readings)


def content_of(news: News, filters: Filters) -> Content:
    """The content. No queries."""
    lines, past = chosen(news.present, filters), chosen(news.past, filters)
    standing, figures = whole(lines, past, news)
    found = sections(lines, news)
    values = readings(news.values, pillar=filters.pillar) if filters.covers_indicators else []
    marks = {line.milestone.provenance for line in lines}
    if values:
        marks |= {new.observation.provenance for new in news.values}
    ahead = [line for line in lines if line.figures.is_open and line.milestone.due_on >= news.today][:CALENDAR_DAYS]
    return Content(
        whole=standing,
        figures=figures,
        happened=happened(found),
        gates=gates(lines, past, news),
        sections=found,
        readings=values[:READINGS],
        more_readings=max(len(values) - READINGS, 0),
        has_sample=Provenance.SAMPLE in marks,
        has_derived=Provenance.DERIVED in marks,
        due_dates=len(ahead),
        attachments=(_calendar(ahead, news),) if ahead else (),
    )


def _calendar(lines: Sequence[MilestoneLine], news: News) -> Attachment:
    """The due dates ahead, nearest first, with the gates ahead of their phases."""
    phases = {line.milestone.phase_id for line in lines}
    days = [
        milestone_day(line.milestone, edits=news.edits, is_provisional=news.calendar.is_provisional) for line in lines
    ]
    days += [
        gate_day(phase, edits=news.edits) for phase in news.phases if phase.pk in phases and phase.gate_on >= news.today
    ]
    name = _("Due dates · %(roadmap)s") % {"roadmap": news.roadmap.title}
    return Attachment("due-dates.ics", "calendar", calendar_file(days, name=name))
