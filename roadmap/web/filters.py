"""The filters of the list of milestones: what was asked in the address, and the rows that answer it."""

from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.models import Milestone, Organisation
from roadmap.models.milestone import open_on
from roadmap.progress.conditions import (
    cancelled_on,
    done_on,
    due_soon_on,
    overdue_on,
    silent_on,
    unowned_on,
    verification_overdue_on,
)
from roadmap.progress.facts import MilestoneLine
from roadmap.web.frame import Frame, query_of
from roadmap.web.presenters.values import state_of, state_words
from roadmap.written_days import read_day

USUAL = ("state", "organisation", "phase")  # what the bar of filters shows at once
DUE_LOOKUPS = {"due_on_after": "due_on__gte", "due_on_before": "due_on__lte"}  # named as the API names them


@dataclass(frozen=True)
class Choice:
    """One option of a select."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Select:
    """One select of the form; ``choices`` come without the empty one."""

    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class Chip:
    """A filter in force in words, and the query that takes it away."""

    label: str
    value: str
    without: str


@dataclass(frozen=True)
class Filters:
    """What was asked: text to look for, a state, codes by the name of their part, and first and last due date.

    ``problem`` says in words which of the dates can't be read, and is left out therefore; ``address`` is all that the
    page's address asks for.
    """

    text: str
    state: str
    codes: dict[str, str]
    due: dict[str, date]
    selects: list[Select]
    problem: str = ""
    address: dict[str, str] = field(default_factory=dict)

    @property
    def usual(self) -> list[Select]:
        """The selects that stand in the bar, in its order."""
        return [one for name in USUAL for one in self.selects if one.name == name]

    @property
    def others(self) -> list[Select]:
        """The selects behind them."""
        return [one for one in self.selects if one.name not in USUAL]

    @property
    def chips(self) -> list[Chip]:
        """What is in force, each to be taken away by itself."""
        found = [("q", _("Text"), self.text)] if self.text else []
        for select in self.selects:
            chosen = {"state": self.state, **self.codes}[select.name]
            words = next((one.label.strip() for one in select.choices if one.is_chosen), chosen)
            found += [(select.name, select.label, words)] if chosen else []
        labels = {"due_on_after": _("Due from"), "due_on_before": _("Due until")}
        found += [(name, labels[name], date_format(day, "DATE_FORMAT")) for name, day in self.due.items()]
        return [
            Chip(label, words, query_of({key: text for key, text in self.address.items() if key not in {name, "page"}}))
            for name, label, words in found
        ]

    @property
    def asked(self) -> dict[str, str]:
        """The filters in force, as an address carries them."""
        days = {name: day.isoformat() for name, day in self.due.items()}
        all_of_them = {"q": self.text, "state": self.state, **self.codes, **days}
        return {name: value for name, value in all_of_them.items() if value}


def filters_from(request: HttpRequest, *, frame: Frame) -> Filters:
    """The filters in the address. Five queries for the options; unknown values filter everything away."""
    roadmap = frame.roadmap
    options = {
        "phase": (_("Phase"), [(one.code, one.title) for one in roadmap.phases.all()]),
        "pillar": (_("Pillar"), [(one.code, one.title) for one in roadmap.pillars.all()]),
        "workstream": (_("Workstream"), [(one.code, one.title) for one in roadmap.workstreams.all()]),
        "initiative": (_("Initiative"), [(one.code, one.title) for one in roadmap.initiatives.all()]),
        "organisation": (
            _("Organisation"),
            [(one.code, "\N{EM SPACE}" * (one.path.count("/") - 1) + one.name) for one in Organisation.objects.all()],
        ),
        "state": (_("State"), list(state_labels().items())),
    }
    asked = {name: request.GET.get(name, "").strip() for name in (*options, "q")}
    selects = [
        Select(
            name=name,
            label=label,
            choices=[Choice(value=value, label=text, is_chosen=value == asked[name]) for value, text in choices],
        )
        for name, (label, choices) in options.items()
        if choices
    ]
    state = asked.pop("state")
    due, problem = _due_between(request)
    text = asked.pop("q")[:100]
    address = {name: str(value) for name, value in request.GET.items()}
    return Filters(text=text, state=state, codes=asked, due=due, selects=selects, problem=problem, address=address)


def _due_between(request: HttpRequest) -> tuple[dict[str, date], str]:
    """The first and the last due date asked for, and what can't be read of them."""
    due, problem = {}, ""
    for name in DUE_LOOKUPS:
        text = request.GET.get(name, "").strip()
        try:
            if text:
                due[name] = read_day(text)
        except ValueError:
            problem = _("“%(asked)s” is not a date, and is left out. Write it as 2026-01-31.") % {"asked": text[:20]}
    return due, problem


def state_labels() -> dict[str, str]:
    """The states that the list can be narrowed down to."""
    words = state_words()
    return {
        "open": pgettext("milestone", "Open"),
        "late": words["late"],
        "due_soon": _("Due within 30 days"),
        "risk": words["risk"],
        "silent": _("Without a report for 30 days"),
        "track": words["track"],
        "unowned": _("Without an owner"),
        "done": words["done"],
        "cancelled": words["cancelled"],
    }


def matching(filters: Filters, *, frame: Frame) -> QuerySet[Milestone]:
    """The milestones that the filters let through, as far as the database can tell (see ``passes``)."""
    found = Milestone.objects.filter(initiative__roadmap=frame.roadmap).select_related(
        "initiative__pillar", "phase", "workstream", "organisation", "owner"
    )
    paths = {
        "phase": "phase__code",
        "pillar": "initiative__pillar__code",
        "workstream": "workstream__code",
        "initiative": "initiative__code",
    }
    for name, path in paths.items():
        if filters.codes[name]:
            found = found.filter(**{path: filters.codes[name]})
    found = found.filter(**{DUE_LOOKUPS[name]: day for name, day in filters.due.items()})
    if filters.codes["organisation"]:
        unit = Organisation.objects.filter(code=filters.codes["organisation"]).values("path")[:1]
        found = found.filter(organisation__path__startswith=unit)
    if filters.text:
        found = found.filter(reduce(and_, (_mentions(word) for word in filters.text.split()), Q()))
    if filters.state:
        found = found.filter(_in_state(filters.state, as_of=frame.as_of))
    return found


def open_ones_of(organisation: Organisation, *, frame: Frame) -> QuerySet[Milestone]:
    """The milestones of the organisation and of all below it that are open on the day shown, by due date."""
    nothing = dict.fromkeys(("phase", "pillar", "workstream", "initiative"), "")
    asked = Filters(text="", state="open", codes=nothing | {"organisation": organisation.code}, due={}, selects=[])
    return matching(asked, frame=frame)


def needs_measuring(filters: Filters) -> bool:
    """Whether the state asked for is worked out from reports, so that a page can't be cut before measuring."""
    return filters.state in {"risk", "track"}


def passes(line: MilestoneLine, filters: Filters) -> bool:
    """Whether a measured milestone is in the state asked for."""
    return state_of(line.figures) == filters.state


def _mentions(word: str) -> Q:
    own = ("code", "title_zh", "title_en", "description_zh", "description_en", "owner__full_name")
    # practices that are no initiative of their own stand in an initiative's description
    names = (*own, *(f"initiative__{name}" for name in own[1:5]))
    return reduce(lambda left, right: left | right, (Q(**{f"{name}__icontains": word}) for name in names))


def _in_state(state: str, *, as_of: date) -> Q:
    """The state on a day by its dates; a superset for the states that ``needs_measuring``."""
    match state:
        case "done":
            return done_on(as_of)
        case "cancelled":
            return cancelled_on(as_of)
        case "late":
            return overdue_on(as_of)
        case "due_soon":
            return due_soon_on(as_of)
        case "silent":
            return silent_on(as_of)
        case "unowned":
            return unowned_on(as_of)
        case "risk":
            return open_on(as_of) | verification_overdue_on(as_of)
        case "open" | "track":
            return open_on(as_of)
    return Q(pk=None)
