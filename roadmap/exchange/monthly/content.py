"""What a month's report says, worked out from the plan as it was known at the month's end. No layout."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.digests.content import Content, content_of
from roadmap.digests.filters import Filters
from roadmap.digests.news import News, news_of
from roadmap.digests.readings import Reading
from roadmap.digests.sections import Section
from roadmap.digests.standing import Standing, points
from roadmap.errors import RoadmapError
from roadmap.exchange.monthly.document import CurvePoint, Grid, Part, Report
from roadmap.models import Milestone, Roadmap
from roadmap.outbox.render import BatchMemory
from roadmap.progress.as_known import plan_known_at
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.reasons import reason_text
from roadmap.progress.replay import end_of
from roadmap.progress.series import month_ends, progress_series
from roadmap.progress.shown import percent_number
from roadmap.progress.summary import RoadmapSummary, roadmap_summary
from roadmap.vocabulary import Frequency, Rag, Role

MOST_OVERDUE, MOST_NAMED, MOST_READINGS, LONGEST_WORDS = 5, 2, 4, 60  # so that it is one page
NUMERALS = "一二三四五六七八九十"
ELSEWHERE = {"overdue", "soon", "silent", "reported"}  # sections of a digest that the report tells of elsewhere
UNDECIDED_FOR = timedelta(days=30)


class NoSuchReport(RoadmapError):
    """A month that the roadmap hasn't reached, or that lies before it began."""


def monthly_report(roadmap: Roadmap, *, month: date, now: datetime) -> Report:
    """The report of the month in which the day ``month`` lies, in the active language, as its end was known then; of
    the present month as of today. Raises NoSuchReport."""
    first = month.replace(day=1)
    today = clock.day_in(roadmap.time_zone, at=now)
    (last,) = month_ends(first, first)
    as_of = min(last, today)
    if first > today or last < roadmap.starts_on:
        raise NoSuchReport(_("There is no report of this month."))
    end = min(end_of(as_of, zone=roadmap.time_zone), now)
    start = clock.instant_at(first, time.min, zone=roadmap.time_zone)
    with plan_known_at(end) if end < now else nullcontext():
        if end >= now or Milestone.objects.filter(initiative__roadmap=roadmap).exists():
            return _reported(roadmap, first, start=start, end=end, is_over=last < today)
    later = _("The plan was entered later: from what is known of this month now.")
    return replace(_reported(roadmap, first, start=start, end=end, is_over=True), remark=later)


def _reported(roadmap: Roadmap, first: date, *, start: datetime, end: datetime, is_over: bool) -> Report:
    news = news_of(roadmap, start=start, end=end, frequency=Frequency.MONTHLY, memory=BatchMemory(end))
    content = content_of(news, Filters(roadmap.pk, None, None, None, None, None))
    return _report(first, news, content, roadmap_summary(roadmap, as_of=news.today), is_over=is_over)


def _report(first: date, news: News, content: Content, summary: RoadmapSummary, *, is_over: bool) -> Report:
    roadmap = news.roadmap
    late = sorted((one for one in news.present.lines if one.figures.is_late), key=lambda one: one.milestone.due_on)
    parts = [
        Part(_("Overall"), [_overall(content), *([content.happened] if content.happened else [])], has_curve=True),
        Part(_("Gates"), [_gate(one) for one in content.gates]),
        Part(_("Pillars"), table=_pillars(summary)),
        Part(_("What changed this month"), _changed(content.sections)),
        Part(_("Overdue, and why"), *_overdue(late, news)),
        Part(_("Decisions needed"), _decisions(late, news)),
        Part(_("Indicators"), [_reading(one) for one in content.readings[:MOST_READINGS]]),
    ]
    shown = [one for one in parts if one.paragraphs or one.table]
    month = date_format(first, "YEAR_MONTH_FORMAT")
    return Report(
        title=_("%(roadmap)s: progress report, %(month)s") % {"roadmap": roadmap.title, "month": month},
        addressee=_("To the leadership of the programme:"),
        parts=[
            Part(_numbered(place, one.heading), _items(one.paragraphs), one.table, one.has_curve)
            for place, one in enumerate(shown)
        ],
        closing=_("Submitted for your attention."),
        signature=str(Role.OFFICE.label),
        dated=date_format(summary.as_of, "DATE_FORMAT"),
        annex_title=_("Annex: milestones by organisation"),
        annexes=_annexes(news),
        remark="" if is_over else _("The month isn't over: as of %(day)s.") % {"day": date_format(summary.as_of)},
        curve=_curve(roadmap, summary),
        key_planned=_("planned"),
        key_actual=_("actual"),
        as_of=summary.as_of,
    )


def _numbered(place: int, heading: str) -> str:
    """As official reports number their parts."""
    return f"{NUMERALS[place]}、{heading}" if _is_chinese() else f"{place + 1}. {heading}"


def _items(paragraphs: Sequence[str]) -> list[str]:
    """Numbered where there are several."""
    if len(paragraphs) < 2:
        return list(paragraphs)
    return [
        f"（{NUMERALS[place]}）{one}" if _is_chinese() else f"({place + 1}) {one}"
        for place, one in enumerate(paragraphs[: len(NUMERALS)])
    ]


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _overall(content: Content) -> str:
    whole, figures = content.whole, content.figures
    text = _(
        "%(health)s. Actual progress is %(actual)d%%, planned %(planned)d%%, a variance of %(variance)s percentage "
        "points; %(done)d of %(total)d milestones are done, %(late)d overdue."
    )
    told = text % {
        "health": _health(figures.rag),
        "actual": whole.earned,
        "planned": whole.planned,
        "variance": whole.variance,
        "done": whole.done,
        "total": whole.total,
        "late": figures.late,
    }
    if not whole.change:
        return told
    since = _("In the month actual progress moved by %(change)s percentage points, the plan by %(planned)s.")
    return _sentences(told, since % {"change": whole.change, "planned": whole.planned_change})


def _sentences(*each: str) -> str:
    return ("" if _is_chinese() else " ").join(each)


def _health(rag: str | None) -> str:
    return str(Rag(rag).label) if rag else _("Not begun")


def _gate(gate: Standing) -> str:
    text = _("%(title)s (%(when)s, %(days)s): actual %(actual)d%%, planned %(planned)d%%; %(health)s.") % {
        "title": gate.title,
        "when": gate.when,
        "days": gate.days,
        "actual": gate.earned,
        "planned": gate.planned,
        "health": gate.health,
    }
    return _sentences(text, gate.forecast) if gate.forecast else text


def _pillars(summary: RoadmapSummary) -> Grid | None:
    rows = []
    for pillar in summary.pillars:
        figures = summary.by_pillar[pillar.pk]
        if figures.total:
            rows.append(
                [
                    pillar.title,
                    str(percent_number(figures.planned, decimals=0)),
                    str(percent_number(figures.earned, decimals=0)),
                    points(figures.schedule_variance),
                    f"{figures.done}/{figures.total}",
                    str(figures.late),
                    _health(figures.rag),
                ]
            )
    head = [_("Pillar"), *_percents(), _("Variance"), _("Done"), _("Overdue"), _("Health")]
    return Grid(head, rows) if rows else None


def _percents() -> list[str]:
    return [capfirst(_("planned (%)")), capfirst(_("actual (%)"))]


def _changed(sections: Sequence[Section]) -> list[str]:
    found = []
    for one in sections:
        if one.code in ELSEWHERE:
            continue
        named = [line.title + _beside(_shortened(line.note)) for line in one.lines[:MOST_NAMED]]
        text = _("%(heading)s (%(count)d): %(named)s") % {
            "heading": one.heading,
            "count": one.total,
            "named": _("; ").join(named),
        }
        found.append(text + (_(" and others") if one.total > len(named) else ""))
    return found


def _beside(words: str) -> str:
    return _(" (%(words)s)") % {"words": words} if words else ""


def _overdue(late: Sequence[MilestoneLine], news: News) -> tuple[list[str], Grid | None]:
    if not late:
        return [_("Nothing is overdue.")], None
    head = [_("Milestone"), _("Organisation · owner"), _("Due"), _("Overdue by"), _("Expected"), _("Last words on it")]
    rows = []
    for one in late[:MOST_OVERDUE]:
        milestone, update = one.milestone, one.latest_update
        days = (news.today - milestone.due_on).days
        rows.append(
            [
                milestone.title,
                _who(one),
                milestone.due_on.isoformat(),
                ngettext("%(count)d day", "%(count)d days", days) % {"count": days},
                update.forecast_on.isoformat() if update and update.forecast_on else "–",
                _shortened(update.narrative) if update and update.narrative else _("no report says why"),
            ]
        )
    more = len(late) - len(rows)
    text = ngettext("%(count)d milestone is overdue.", "%(count)d milestones are overdue.", len(late))
    told = text % {"count": len(late)}
    if more:
        told = _sentences(told, _("The longest overdue are listed, all of them in the annex."))
    return [told], Grid(head, rows, wide=(0, 1, 5))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1]}…"


def _who(one: MilestoneLine) -> str:
    return " · ".join(str(each) for each in (one.milestone.organisation, one.milestone.owner) if each) or _(
        "nobody yet"
    )


def _decisions(late: Sequence[MilestoneLine], news: News) -> list[str]:
    """What somebody has to decide, by rules that anybody can check, each with the first milestones that it is about."""
    still = [one for one in news.present.lines if one.figures.is_open]
    beyond = [one for one in still if one.latest_update and _is_beyond_gate(one)]
    unexplained = [
        one
        for one in late
        if one not in beyond and news.today - one.milestone.due_on > UNDECIDED_FOR and not _is_forecast(one)
    ]
    unowned = [one for one in still if one.milestone.owner is None]
    asked = (
        (beyond, _("Expected after the gate of their phase: move the gate, or give them more hands")),
        (unexplained, _("Overdue for more than 30 days without a new date: reschedule or cancel")),
        (unowned, _("Without an owner: name one")),
    )
    found = []
    for lines, words in asked:
        if lines:
            titles = _("; ").join(one.milestone.title for one in lines[:MOST_NAMED])
            told = _("%(heading)s (%(count)d): %(named)s") % {"heading": words, "count": len(lines), "named": titles}
            found.append(told + (_(" and others") if len(lines) > MOST_NAMED else ""))
    return found or [_("None.")]


def _is_forecast(one: MilestoneLine) -> bool:
    return one.latest_update is not None and one.latest_update.forecast_on is not None


def _is_beyond_gate(one: MilestoneLine) -> bool:
    update = one.latest_update
    return update is not None and update.forecast_on is not None and update.forecast_on > one.milestone.phase.gate_on


def _reading(one: Reading) -> str:
    beside = _("; ").join(each for each in (one.previous, one.target) if each)
    return _("%(title)s: %(value)s") % {"title": one.title, "value": one.value} + _beside(beside)


def _annexes(news: News) -> list[Part]:
    """Every organisation's milestones, in the order of the tree; those of none at the end."""
    by_path: defaultdict[tuple[str, str], list[MilestoneLine]] = defaultdict(list)
    for one in news.present.lines:
        organisation = one.milestone.organisation
        key = (organisation.path, str(organisation)) if organisation else ("\uffff", _("No organisation"))
        by_path[key].append(one)
    head = [_("Milestone"), _("Owner"), _("Due"), *_percents(), _("Status"), _("Why")]
    return [
        Part(name, table=Grid(head, [_annex_row(one) for one in lines], wide=(0, 6)))
        for (_path, name), lines in sorted(by_path.items())
    ]


def _annex_row(one: MilestoneLine) -> list[str]:
    milestone, figures = one.milestone, one.figures
    return [
        milestone.title,
        str(milestone.owner or "–"),
        milestone.due_on.isoformat(),
        str(percent_number(figures.planned_percent, decimals=0)),
        str(percent_number(figures.earned_percent, decimals=0)),
        str(milestone.get_status_display()),
        reason_text(figures.reason),
    ]


def _curve(roadmap: Roadmap, summary: RoadmapSummary) -> list[CurvePoint]:
    first, as_of = roadmap.starts_on, summary.as_of
    last = max([as_of, *(one.phase.gate_on for one in summary.phases)])
    days = sorted({first, as_of, last, *(day for day in month_ends(first, last) if first <= day <= last)})
    span = (last - first).days or 1
    return [
        CurvePoint((one.day - first).days / span, float(one.planned), None if one.earned is None else float(one.earned))
        for one in progress_series(roadmap, days=days, today=as_of)
    ]
