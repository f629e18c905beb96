"""The small values that all pages show: percentages, signed points, signs of health, marks of provenance, dates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.models import Person
from roadmap.progress.measure import Figures, MilestoneFigures
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import percent_number, shown_percent
from roadmap.vocabulary import Provenance, Rag

NOTHING = "—"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Sign:
    """A state for eye and ear: the name of a shape (its colour follows from it), and a word."""

    shape: str
    word: str


@dataclass(frozen=True)
class Badge:
    """The mark of an entry that nobody vouches for yet: sample or derived."""

    kind: str
    word: str
    meaning: str


@dataclass(frozen=True)
class Day:
    """A date for ``<time>``: the ISO form, the written form, and that with the weekday."""

    iso: str
    text: str
    full: str


@dataclass(frozen=True)
class FiguresView:
    """A group's figures in words; ``*_x`` are percentages for drawing.

    ``is_empty`` without milestones; ``is_ahead`` while nothing is planned or earned yet.
    """

    earned: str
    verified: str
    planned: str
    earned_fine: str
    verified_fine: str
    planned_fine: str
    earned_x: float
    verified_x: float
    planned_x: float
    variance: str
    variance_words: str
    spi: str
    spi_number: float | None
    spi_words: str
    sign: Sign
    reason: str
    total: int
    done: int
    confirmed: int
    late: int
    due_soon: int
    silent: int
    is_empty: bool
    is_ahead: bool


def percent(value: Decimal, *, decimals: int = 0) -> str:
    """``48%`` or ``48.2%``. Only what is whole shows as 100%, only nothing as 0%."""
    return f"{shown_percent(value, decimals=decimals)}%"


def signed(value: Decimal, *, decimals: int = 1) -> str:
    """``+2.0``, ``−5.1`` with a true minus sign, ``0.0`` without one."""
    shown = f"{abs(value):.{decimals}f}"
    if Decimal(shown) == 0:
        return shown
    return f"{'+' if value > 0 else MINUS}{shown}"


def day_of(day: date) -> Day:
    """The day in the active language."""
    text = date_format(day, "DATE_FORMAT")
    full = _("%(weekday)s, %(day)s") % {"weekday": date_format(day, "l"), "day": text}
    return Day(iso=day.isoformat(), text=text, full=full)


def group_sign(rag: Rag | None) -> Sign:
    """The health of a group."""
    match rag:
        case Rag.GREEN:
            return Sign("green", pgettext("health", "On track"))
        case Rag.AMBER:
            return Sign("amber", pgettext("health", "At risk"))
        case Rag.RED:
            return Sign("red", pgettext("health", "Off track"))
    return Sign("none", NOTHING)


def state_of(figures: MilestoneFigures) -> str:
    """The state of a milestone by which pages sort and draw it: done, cancelled, late, risk or track.

    What is reported as done and too long not verified is at risk.
    """
    if figures.is_cancelled:
        return "cancelled"
    if figures.is_done:
        return "risk" if figures.is_verification_overdue else "done"
    if figures.is_late:
        return "late"
    return "track" if figures.rag == Rag.GREEN else "risk"


def state_words() -> dict[str, str]:
    """The word for each state, in the order of a legend."""
    return {
        "done": pgettext("milestone", "Done"),
        "track": pgettext("milestone", "On track"),
        "risk": pgettext("milestone", "At risk"),
        "late": pgettext("milestone", "Overdue"),
        "cancelled": pgettext("milestone", "Cancelled"),
    }


def milestone_sign(figures: MilestoneFigures) -> Sign:
    """The state of a milestone as a sign."""
    word = sign_word("done" if figures.is_done else state_of(figures), is_verified=figures.is_verified)
    return Sign(state_of(figures), word)


def sign_word(state: str, *, is_verified: bool) -> str:
    """The word for a milestone's state; one that is done is told apart until somebody confirmed it."""
    if state == "done" and not is_verified:
        return pgettext("milestone", "Reported done")
    return state_words()[state]


def badge_of(provenance: str) -> Badge | None:
    """The badge of sample and derived entries; sourced and entered ones need none."""
    match provenance:
        case Provenance.SAMPLE:
            return Badge("sample", pgettext("badge", "Sample"), _("Invented to try the program out"))
        case Provenance.DERIVED:
            return Badge("derived", pgettext("badge", "Derived"), _("Our own planning, not stated by the source"))
    return None


def figures_view(figures: Figures) -> FiguresView:
    """A group's figures as pages show them."""
    return FiguresView(
        earned=percent(figures.earned),
        verified=percent(figures.verified),
        planned=percent(figures.planned),
        earned_fine=percent(figures.earned, decimals=1),
        verified_fine=percent(figures.verified, decimals=1),
        planned_fine=percent(figures.planned, decimals=1),
        earned_x=percent_number(figures.earned, decimals=1),
        verified_x=percent_number(figures.verified, decimals=1),
        planned_x=percent_number(figures.planned, decimals=1),
        variance=signed(figures.schedule_variance),
        variance_words=variance_words(figures.schedule_variance),
        spi=NOTHING if figures.spi is None else f"{figures.spi:.2f}",
        spi_number=None if figures.spi is None else round(float(figures.spi), 4),
        spi_words=_spi_words(figures.spi),
        sign=group_sign(figures.rag),
        reason=reason_text(figures.reason),
        total=figures.total,
        done=figures.done,
        confirmed=figures.confirmed,
        late=figures.late,
        due_soon=figures.due_soon,
        silent=figures.silent,
        is_empty=not figures.total,
        is_ahead=bool(figures.weight) and not figures.planned and not figures.earned,
    )


def variance_words(variance: Decimal) -> str:
    """How far ahead of or behind its plan something is."""
    points = f"{abs(variance):.1f}"
    if Decimal(points) == 0:
        return _("exactly as planned")
    if variance < 0:
        return _("%(points)s percentage points behind plan") % {"points": points}
    return _("%(points)s percentage points ahead of plan") % {"points": points}


def _spi_words(spi: Decimal | None) -> str:
    if spi is None:
        return _("nothing was planned to be done yet")
    return _("of every 100 percentage points planned by now, %(count)s are reached") % {"count": f"{spi * 100:.0f}"}


def public_title(row: Model | None) -> str:
    """What the public reads for a row: a person's public name, anything else's title; a dash for none."""
    if row is None:
        return NOTHING
    return row.public_name if isinstance(row, Person) else str(row)
