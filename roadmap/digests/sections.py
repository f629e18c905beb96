"""The milestones worth reading, sorted into sections by what is special about them, in the order of urgency."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.calendars.due_dates import days_off_unknown_text
from roadmap.coded_reasons import in_words as reason_in_words
from roadmap.digests.news import News
from roadmap.digests.standing import turn_text
from roadmap.outbox.wording import COLOURS, address_of, mark_of, shortened, text_bar
from roadmap.progress.differences import is_newly_overdue
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import days_left_text, shown_percent
from roadmap.vocabulary import Rag

# A mail stays below 90 KB (some readers cut longer ones off), which is so many lines with the longest words in them;
# where there is more, each section shows less: of what presses, and of all else
MOST_LINES = 26
SHOWN_LINES = ((10, 5), (8, 4), (7, 3), (5, 2))
PRESSING = ("overdue", "soon")
# where the site lists all of a section: the state that its list of milestones is narrowed down to
STATES = {"overdue": "late", "soon": "due_soon", "silent": "silent", "done": "done", "cancelled": "cancelled"}
TITLE_COLUMNS, NOTE_COLUMNS = 90, 110
SEVERITY = {None: 0, Rag.GREEN: 0, Rag.AMBER: 1, Rag.RED: 2}


@dataclass(frozen=True)
class Line:
    """One milestone in a section; ``note`` says what is special about it there, ``is_new`` that it is so only now."""

    title: str
    address: str
    due: str
    days: str
    is_late: bool
    is_new: bool
    earned: int
    planned: int
    bar: str
    colour: str
    who: str
    note: str
    mark: str


@dataclass(frozen=True)
class _Found:
    """A section before it is put into words: its milestones, what to note of each, and which are in it only now."""

    code: str
    heading: str
    lines: Sequence[MilestoneLine]
    note: Callable[[MilestoneLine], str]
    fresh: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Section:
    """A heading with the first lines below it, how many there are in all, and how many of them are so only now."""

    code: str
    heading: str
    lines: Sequence[Line]
    total: int
    new: int

    @property
    def more(self) -> int:
        """How many lines are left out."""
        return self.total - len(self.lines)

    @property
    def state(self) -> str:
        """The state by which the site's list shows all of them; empty where only its changes do."""
        return STATES.get(self.code, "")


def sections(lines: Sequence[MilestoneLine], news: News) -> list[Section]:
    """The sections of the lines; empty ones are left out."""
    found = [one for one in _found(lines, news) if one.lines]
    for pressing, other in SHOWN_LINES:
        most = {one.code: pressing if one.code in PRESSING else other for one in found}
        if sum(min(most[one.code], len(one.lines)) for one in found) <= MOST_LINES:
            break
    return [_section(one, most[one.code]) for one in found]


def happened(found: Sequence[Section]) -> str:
    """What changed within the window, counted, in one line; empty when nothing did."""
    totals = {section.code: section.total for section in found}
    newly = {section.code: section.new for section in found}
    moved = totals.get("moved", 0)
    counts = [
        (totals.get("done"), _("%(count)d done")),
        (newly.get("overdue"), _("%(count)d newly overdue")),
        (totals.get("worse"), _("%(count)d newly at risk")),
        (totals.get("better"), _("%(count)d back on track")),
        (moved, ngettext("%(count)d date moved", "%(count)d dates moved", moved)),
        (totals.get("added"), _("%(count)d new")),
        (totals.get("cancelled"), _("%(count)d cancelled")),
        (totals.get("reported"), _("%(count)d reported on")),
    ]
    return " · ".join(words % {"count": count} for count, words in counts if count)


def _found(lines: Sequence[MilestoneLine], news: News) -> Iterable[_Found]:
    changes, past = news.changes, news.past_by_key

    def those(keys: Iterable[int]) -> list[MilestoneLine]:
        wanted = frozenset(keys)
        return [line for line in lines if line.milestone.pk in wanted]

    late = [line for line in lines if line.figures.is_late]
    fresh = frozenset(line.milestone.pk for line in late if not _was_late(line, news))
    late.sort(key=lambda line: line.milestone.pk not in fresh)
    soon = [line for line in lines if line.figures.is_due_soon]
    worse = [line for line in lines if _worsened(line, news)]
    better = [line for line in lines if _recovered(line, news)]
    moved, done, reported = those(changes.moved), those(changes.done), those(changes.reported)
    done.sort(key=lambda line: line.milestone.completed_on or date.min, reverse=True)
    reported.sort(key=lambda line: changes.reported[line.milestone.pk].recorded_at, reverse=True)
    silent = [line for line in lines if line.figures.is_silent]

    def turned(line: MilestoneLine) -> str:
        return _said(turn_text(past[line.milestone.pk].figures.rag, line.figures.rag), reason_text(line.figures.reason))

    def planned(line: MilestoneLine) -> str:
        return _said(reason_text(line.figures.reason), _days_off(line.milestone.due_on, news))

    yield _Found("overdue", _("Overdue"), late, _outlook, fresh)
    yield _Found("soon", _("Due in the next 30 days"), soon, planned)
    yield _Found("worse", _("Newly at risk"), worse, turned)
    yield _Found("moved", _("Dates moved"), moved, lambda line: _move(line, news))
    yield _Found("done", _("Done"), done, _done_on)
    yield _Found("better", _("Back on track"), better, turned)
    yield _Found("added", _("New in the plan"), those(changes.added) if news.was_known else [], planned)
    yield _Found("cancelled", _("Cancelled"), those(changes.cancelled), lambda line: "")
    yield _Found("reported", _("Progress reported"), reported, lambda line: _report(line, news))
    yield _Found("silent", _("No report for 30 days or longer"), silent, _last_report)


def _section(found: _Found, most: int) -> Section:
    shown = [_line(line, found.note(line), is_new=line.milestone.pk in found.fresh) for line in found.lines[:most]]
    return Section(found.code, found.heading, shown, len(found.lines), len(found.fresh))


def _was_late(line: MilestoneLine, news: News) -> bool:
    before = news.past_by_key.get(line.milestone.pk)
    was = before.milestone if before is not None else None
    return not is_newly_overdue(was, line.milestone, first=news.since, last=news.today)


def _worsened(line: MilestoneLine, news: News) -> bool:
    """In a worse colour than when its reader was told last; what is late or silent is told of elsewhere."""
    before = news.past_by_key.get(line.milestone.pk)
    told_elsewhere = line.figures.is_late or line.figures.reason.code == "silent"
    return before is not None and not told_elsewhere and _rank(line) > _rank(before)


def _recovered(line: MilestoneLine, news: News) -> bool:
    """Open, and in a better colour than when its reader was told last."""
    before = news.past_by_key.get(line.milestone.pk)
    return before is not None and line.figures.is_open and _rank(line) < _rank(before)


def _rank(line: MilestoneLine) -> int:
    return SEVERITY[line.figures.rag]


def _outlook(line: MilestoneLine) -> str:
    """When it is now expected, by the last report; else how old that is."""
    update = line.latest_update
    if update is not None and update.forecast_on is not None:
        return _("now expected on %(day)s") % {"day": date_format(update.forecast_on, "DATE_FORMAT")}
    return _last_report(line)


def _last_report(line: MilestoneLine) -> str:
    update = line.latest_update
    if update is None:
        return _("no report yet")
    return _("last report on %(day)s") % {"day": date_format(update.reported_on, "DATE_FORMAT")}


def _done_on(line: MilestoneLine) -> str:
    day = line.milestone.completed_on
    return _("done on %(day)s") % {"day": date_format(day, "DATE_FORMAT")} if day else ""


def _move(line: MilestoneLine, news: News) -> str:
    move = news.changes.moved[line.milestone.pk]
    days = (line.milestone.due_on - move.was).days
    if days > 0:
        moved = ngettext("%(count)d day later than %(was)s", "%(count)d days later than %(was)s", days)
    else:
        moved = ngettext("%(count)d day earlier than %(was)s", "%(count)d days earlier than %(was)s", -days)
    said = moved % {"count": abs(days), "was": date_format(move.was, "DATE_FORMAT")}
    if move.reason:
        reason = shortened(reason_in_words(move.reason), width=NOTE_COLUMNS)
        said = _("%(said)s: %(reason)s") % {"said": said, "reason": reason}
    return _said(said, _days_off(line.milestone.due_on, news))


def _days_off(day: date, news: News) -> str:
    """That nobody knows yet whether the day will be worked; empty where it is known."""
    return days_off_unknown_text(day) if news.calendar.is_provisional(day) else ""


def _report(line: MilestoneLine, news: News) -> str:
    update, before = news.changes.reported[line.milestone.pk], news.past_by_key.get(line.milestone.pk)
    told = before.latest_update if before is not None else None
    percents = [told.percent_complete if told is not None else None, update.percent_complete]
    steps = [f"{shown_percent(percent)}%" for percent in percents if percent is not None]
    reporter = update.reported_by.public_name if update.reported_by else ""
    return _said(" → ".join(steps), reporter, shortened(update.narrative, width=NOTE_COLUMNS))


def _said(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _line(line: MilestoneLine, note: str, *, is_new: bool) -> Line:
    milestone, figures = line.milestone, line.figures
    earned = int(shown_percent(figures.earned_percent))
    return Line(
        title=shortened(milestone.title, width=TITLE_COLUMNS),
        address=address_of(f"/milestones/{milestone.code}/"),
        due=date_format(milestone.due_on, "DATE_FORMAT"),
        days=days_left_text(figures.days_left) if figures.days_left is not None else "",
        is_late=figures.is_late,
        is_new=is_new,
        earned=earned,
        planned=int(shown_percent(figures.planned_percent)),
        bar=text_bar(earned, width=10),
        colour=COLOURS[figures.rag or ""],
        who=_said(milestone.owner.public_name if milestone.owner else "", str(milestone.organisation or "")),
        note=note,
        mark=mark_of(milestone.provenance),
    )
