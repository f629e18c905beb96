"""How far a whole is, in words: against plan, and against what its reader was told last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from roadmap.digests.news import News
from roadmap.digests.sparks import Spark, spark_of
from roadmap.forecast.words import news_sentence
from roadmap.models import Phase
from roadmap.outbox.wording import COLOURS, gate_text, shortened, text_bar
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.measure import Figures, measure_group
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import days_left_text, shown_percent
from roadmap.vocabulary import Rag

UNMOVED = "0.0"
TITLE_COLUMNS = 90
Lines = Sequence[MilestoneLine]


@dataclass(frozen=True)
class Standing:
    """A whole on a day: whole percents, differences in points with their sign, health in words and colour.

    ``change`` and ``planned_change`` are since the reader's last one, empty where there is nothing to compare with;
    ``turned`` says how the health changed since, empty when it didn't; ``forecast`` is the verdict on a gate.
    """

    title: str
    when: str
    days: str
    days_left: int
    earned: int
    verified: int
    planned: int
    variance: str
    bar: str
    colour: str
    health: str
    done: int
    confirmed: int
    total: int
    change: str
    planned_change: str
    turned: str
    spark: Spark | None
    forecast: str = ""

    @property
    def has_moved(self) -> bool:
        """Progress or plan differs from what its reader was told last."""
        return {self.change, self.planned_change} - {"", UNMOVED} != set()


def whole(lines: Lines, past: Lines, news: News) -> tuple[Standing, Figures]:
    """All of the lines beside those of the past, in words and as figures."""
    return _standing("", "", 0, lines, past, news)


def gates(lines: Lines, past: Lines, news: News) -> list[Standing]:
    """Each phase in which any of the lines are, with its gate."""
    found = []
    for phase in news.phases:
        own = [line for line in lines if line.milestone.phase_id == phase.pk]
        if own:
            then = [line for line in past if line.milestone.phase_id == phase.pk]
            found.append(_gate(phase, own, then, news))
    return found


def _gate(phase: Phase, lines: Lines, past: Lines, news: News) -> Standing:
    days_left = (phase.gate_on - news.today).days
    standing = _standing(phase.title, gate_text(phase), days_left, lines, past, news)[0]
    return replace(standing, forecast=_forecast(phase, news))


def _forecast(phase: Phase, news: News) -> str:
    """The verdict on the whole phase, and how its chance has changed; empty where there is none."""
    made = news.forecast
    gate = next((one for one in made.gates if one.phase == phase.pk), None) if made else None
    if made is None or gate is None or not gate.open_milestones:
        return ""
    deciding = {driver.milestone for driver in gate.drivers}
    titles = {
        line.milestone.pk: shortened(line.milestone.title, width=TITLE_COLUMNS)
        for line in news.present.lines
        if line.milestone.pk in deciding
    }
    before = news.forecast_then.get(phase.pk)
    return news_sentence(gate, before, since=news.since, titles=titles, milestones=made.milestones)


def _standing(title: str, when: str, days_left: int, lines: Lines, past: Lines, news: News) -> tuple[Standing, Figures]:
    figures, before = _measured(lines), _measured(past)
    earned, planned = int(shown_percent(figures.earned)), int(shown_percent(figures.planned))
    comparable = bool(before.weight)
    return (
        Standing(
            title=title,
            when=when,
            days=days_left_text(days_left),
            days_left=days_left,
            earned=earned,
            verified=int(shown_percent(figures.verified)),
            planned=planned,
            variance=points(figures.schedule_variance),
            bar=text_bar(earned),
            colour=COLOURS[figures.rag or ""],
            health=reason_text(figures.reason),
            done=figures.done,
            confirmed=figures.confirmed,
            total=figures.total,
            change=points(figures.earned - before.earned) if comparable else "",
            planned_change=points(figures.planned - before.planned) if comparable else "",
            turned=turn_text(before.rag, figures.rag),
            spark=spark_of(_over_time(lines, news)),
        ),
        figures,
    )


def points(difference: Decimal) -> str:
    """A difference of percentages, signed, to one decimal: ``+2.3``, ``−11.0``, ``0.0``."""
    rounded = difference.quantize(Decimal("0.1"))
    if not rounded:
        return UNMOVED
    return f"+{rounded}" if rounded > 0 else f"−{-rounded}"


def turn_text(before: Rag | None, now: Rag | None) -> str:
    """How a colour changed, in words; empty when it didn't, or when there was or is none."""
    if before is None or now is None or before == now:
        return ""
    return _("from %(before)s to %(now)s") % {"before": _colour(before), "now": _colour(now)}


def _colour(rag: Rag) -> str:
    return {Rag.GREEN: _("on track"), Rag.AMBER: _("at risk"), Rag.RED: _("off track")}[rag]


def _measured(lines: Iterable[MilestoneLine]) -> Figures:
    return measure_group((line.milestone.weight, line.figures) for line in lines)


def _over_time(lines: Lines, news: News) -> list[Decimal | None]:
    """The weighted earned percent of the lines on each of the days of the sparkline."""
    courses = [
        (line.milestone.weight, news.earned[line.milestone.pk]) for line in lines if line.milestone.pk in news.earned
    ]
    days = len(courses[0][1]) if courses else 0
    values: list[Decimal | None] = []
    for day in range(days):
        known = [(weight, course[day]) for weight, course in courses]
        counted = [(weight, earned) for weight, earned in known if earned is not None]
        total = sum((weight for weight, _earned in counted), Decimal(0))
        values.append(sum((weight * earned for weight, earned in counted), Decimal(0)) / total if total else None)
    return values
