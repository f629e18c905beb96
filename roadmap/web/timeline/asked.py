"""What the timeline's address asks for: ``?zoom=quarter&from=2026-10-01&open=review&arrows=all`` and the filters.

Everything travels in links, so that nothing needs a script and a view can be sent to somebody.
"""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Max, Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.models import Milestone
from roadmap.web.charts.windows import (
    FIRST,
    LAST,
    MONTHS,
    Window,
    months_around,
    neighbours,
    whole_years,
    window_around,
)
from roadmap.web.filters import Filters, filters_from
from roadmap.web.frame import Frame, query_of
from roadmap.web.presenters.timeline import Plan, window_title
from roadmap.written_days import read_day

MOST = 1500  # milestones that one drawing still shows legibly
OPEN_UP_TO = 60  # milestones whose initiatives are all open unless asked otherwise
ARROWS_UP_TO = 60


@dataclass(frozen=True)
class Choice:
    """A link of the page; one that is chosen is where the reader is."""

    label: str
    address: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Asked:
    """``opened`` are codes of initiatives; ``asked_open`` is the address's own word for them, None without one."""

    window: Window
    filters: Filters
    kept: dict[str, str]
    day: date
    opened: set[str]
    asked_open: str | None
    arrows: str
    problem: str
    codes: tuple[str, ...] = ()
    dependencies: int = 0

    @property
    def in_address(self) -> dict[str, str]:
        """All that is asked, as an address carries it."""
        window = {"zoom": self.window.zoom, "from": self.window.first.isoformat()}
        if self.window.zoom in ("near", "all"):
            window = {} if self.window.zoom == "near" else {"zoom": "all"}
        opened = {} if self.asked_open is None else {"open": self.asked_open}
        arrows = {"arrows": self.arrows} if self.arrows else {}
        return self.filters.asked | self.kept | window | opened | arrows

    @property
    def window_in_address(self) -> dict[str, str]:
        """What the form of filters carries along besides the day and roadmap."""
        return {name: value for name, value in self.in_address.items() if name in ("zoom", "from", "open", "arrows")}

    @property
    def shows_arrows(self) -> bool:
        """Few arrows are shown unless taken away, many only when asked for; between rows of open initiatives only."""
        return self.arrows == "all" or (self.arrows != "none" and self.dependencies <= ARROWS_UP_TO)

    def is_crowded(self, total: int) -> bool:
        """Whether so many milestones are more than a drawing can show."""
        return total > MOST

    def opened_for(self, plan: Plan) -> "Asked":
        """The same, knowing what there is to draw: all initiatives are open where there is little of it."""
        drawn = {line.milestone.initiative_id for line in plan.lines}
        codes = tuple(one.code for one in plan.initiatives if one.pk in drawn)
        asked = self.asked_open or ("all" if self.asked_open is None and len(plan.lines) <= OPEN_UP_TO else "")
        opened = set(codes) if asked == "all" else {code for code in asked.split(",") if code in codes}
        return replace(self, opened=opened, codes=codes, dependencies=len(plan.dependencies))

    def at(self, **changed: str) -> str:
        """The address with some of it changed; an empty value takes it away."""
        values = {name: value for name, value in (self.in_address | changed).items() if value}
        return reverse("web:timeline") + query_of(values)

    def toggled(self, code: str) -> str:
        """The address with this initiative open if it is closed, and the other way round."""
        opened = self.opened ^ {code}
        return self.at(open=",".join(sorted(opened)) or "none") + f"#lane-{code}-wide"

    @property
    def zooms(self) -> list[Choice]:
        """The ways to look nearer or from further away, around the same days."""
        around = self.day if self.window.first <= self.day <= self.window.last else self.window.first
        labels = {
            "year": _("Year"),
            "half": _("Half-year"),
            "quarter": _("Quarter"),
            "month": _("Month"),
        }
        near = Choice(_("Around today"), self.at(zoom="", **{"from": ""}), self.window.zoom == "near")
        whole = Choice(
            pgettext("timeline", "All years"), self.at(zoom="all", **{"from": ""}), self.window.zoom == "all"
        )
        return [near, whole] + [
            Choice(label, self.at(zoom=zoom, **{"from": around.isoformat()}), self.window.zoom == zoom)
            for zoom, label in labels.items()
        ]

    def nearer(self, first: date, last: date) -> str:
        """The address of the least span that shows both days, nearer than this one, with all initiatives open."""
        zooms = list(reversed(MONTHS))
        zooms = zooms[: zooms.index(self.window.zoom)] if self.window.zoom in MONTHS else zooms
        fits = (zoom for zoom in zooms if window_around(first, zoom=zoom).last >= last)
        zoom = next(fits, zooms[-1] if zooms else self.window.zoom)
        return self.at(zoom=zoom, open="all", **{"from": first.isoformat()})

    @property
    def earlier(self) -> Choice | None:
        """The window before."""
        return self._beside(neighbours(self.window)[0])

    @property
    def later(self) -> Choice | None:
        """The window after."""
        return self._beside(neighbours(self.window)[1])

    def _beside(self, day: date | None) -> Choice | None:
        if day is None:
            return None
        zoom = "year" if self.window.zoom == "near" else self.window.zoom
        title = window_title(window_around(day, zoom=zoom))
        return Choice(title, self.at(zoom=zoom, **{"from": day.isoformat()}))

    @property
    def ways(self) -> list[Choice]:
        """Opening and closing all, and dependencies on or off."""
        ways = []
        if self.opened != set(self.codes):
            ways.append(Choice(_("Open all initiatives"), self.at(open="all")))
        if self.opened:
            ways.append(Choice(_("Close all initiatives"), self.at(open="none")))
        if not self.opened:
            return ways  # dependencies are shown between rows of open initiatives
        if self.dependencies and self.shows_arrows:
            ways.append(Choice(_("Hide dependencies"), self.at(arrows="none")))
        elif self.dependencies:
            words = _("Show %(count)s dependencies") % {"count": self.dependencies}
            ways.append(Choice(words, self.at(arrows="all")))
        return ways

    @property
    def files(self) -> list[Choice]:
        """The drawing to take away."""
        query = query_of(self.in_address)
        labels = {"svg": _("Drawing as SVG"), "png": _("Drawing as PNG"), "pdf": _("Drawing as PDF")}
        return [Choice(label, reverse(f"web:timeline-{kind}") + query) for kind, label in labels.items()]

    @property
    def as_list(self) -> str:
        """The same milestones as a list, a page at a time."""
        return reverse("web:milestones") + query_of(self.filters.asked | self.kept)

    @property
    def cleared(self) -> str:
        """The query without filters."""
        return query_of(self.kept | self.window_in_address)


def asked_for(request: HttpRequest, *, frame: Frame) -> Asked:
    """What the address asks for; what can't be read is said in ``problem`` and left out. Seven queries."""
    zoom, text = request.GET.get("zoom", "").strip(), request.GET.get("from", "").strip()
    day, problem = frame.as_of, ""
    if text:
        try:
            day = read_day(text)
        except ValueError:
            problem = _("“%(asked)s” is not a date, and is left out. Write it as 2026-01-31.") % {"asked": text[:20]}
    if not FIRST <= day <= LAST:
        day = frame.as_of
    if zoom in MONTHS:
        window = window_around(day, zoom=zoom)
    elif zoom != "all":
        window = months_around(frame.as_of)
    else:
        phases = frame.roadmap.phases.values_list("starts_on", "gate_on")
        marks = Milestone.objects.filter(initiative__roadmap=frame.roadmap).order_by()
        ends = marks.aggregate(Min("due_on"), Max("due_on"), Min("completed_on"), Max("completed_on")).values()
        known = [frame.roadmap.starts_on, *(day for pair in phases for day in pair), *ends]
        window = whole_years(day for day in known if day is not None)
    asked_open = request.GET.get("open")
    return Asked(
        window=window,
        filters=filters_from(request, frame=frame),
        kept=frame.kept,
        day=frame.as_of,
        opened=set(),
        asked_open=asked_open[:2000] if asked_open else None,
        arrows=request.GET.get("arrows", "") if request.GET.get("arrows") in ("all", "none") else "",
        problem=problem,
    )
