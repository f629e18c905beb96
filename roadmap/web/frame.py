"""What every page has around its content: its roadmap, the day it shows, the way back to today."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.models import Milestone, Roadmap
from roadmap.progress.as_known import plan_known_at
from roadmap.progress.replay import end_of
from roadmap.vocabulary import Basis, Provenance
from roadmap.written_days import read_day


@dataclass(frozen=True)
class Frame:
    """``as_of`` is the day shown, ``basis`` whether by what is known of it now or by what was known then; ``problem``
    says in words why what was asked for could not be shown.

    ``kept`` (as ``query``: ``""`` or ``"?…"``) goes behind every address of the site, so that day and roadmap stay;
    ``here`` is what else the page's own address asks for, so that its filters stay when the day changes.
    """

    roadmap: Roadmap
    others: list[Roadmap]
    today: date
    as_of: date
    basis: Basis
    problem: str
    kept: dict[str, str]
    here: dict[str, str]
    home: str
    back_to_today: str
    has_sample: bool
    has_mailbox: bool

    @property
    def feed(self) -> str:
        """The address of the feed of changes, where everybody may read it."""
        return reverse("api:changes-atom") if settings.PUBLIC_READING else ""

    @property
    def is_past(self) -> bool:
        """A day before today is shown."""
        return self.as_of != self.today

    @property
    def is_known_then(self) -> bool:
        """Only what was known at the end of the day is shown."""
        return self.basis is Basis.KNOWN

    @property
    def bases(self) -> list[tuple[str, str]]:
        """The two that can be chosen, with their labels."""
        return [(one.value, str(one.label)) for one in Basis]

    @property
    def ends_at(self) -> datetime:
        """The instant at which the day shown ends, where the roadmap is."""
        return clock.instant_at(self.as_of + timedelta(days=1), time.min, zone=self.roadmap.time_zone)

    @property
    def query(self) -> str:
        """``kept`` as the end of an address."""
        return query_of(self.kept)

    def list_address(self, **filters: str) -> str:
        """The address of the list of milestones, narrowed down by ``filters``."""
        return reverse("web:milestones") + query_of(filters | self.kept)


def frame_for(request: HttpRequest, *, code: str | None = None, roadmap: Roadmap | None = None) -> Frame | None:
    """The frame of a page about ``roadmap``, else the one named by ``code`` or ``?roadmap=``, else the default.

    None while no roadmap is loaded. Raises Http404 for an unknown code. Two queries. Where what was known on a past day
    is asked for, everything that is read after this, until the page is made, is as it was then.
    """
    roadmaps = list(Roadmap.objects.select_related("source"))
    asked = roadmap.code if roadmap else code or request.GET.get("roadmap")
    if asked:
        chosen = next((one for one in roadmaps if one.code == asked), None)
        if chosen is None:
            raise Http404
    elif roadmaps:
        chosen = roadmaps[0]
    else:
        return None
    today = clock.day_in(chosen.time_zone, at=clock.now())
    as_of, problem = _day_shown(request.GET.get("as_of", ""), today=today, first=chosen.starts_on)
    shown: ExitStack | None = getattr(request, "plan_shown", None)
    basis, wrong = _basis_asked_for(request.GET.get("basis", "") if shown is not None else "")
    is_first = chosen.pk == roadmaps[0].pk
    kept = {} if is_first else {"roadmap": chosen.code}
    here = {name: str(value) for name, value in request.GET.items() if name not in {"as_of", "basis"}}
    past = {"as_of": as_of.isoformat()} | ({"basis": basis.value} if basis is Basis.KNOWN else {})
    frame = Frame(
        roadmap=chosen,
        others=[one for one in roadmaps if one.pk != chosen.pk],
        today=today,
        as_of=as_of,
        basis=basis,
        problem=problem or wrong,
        kept=kept | (past if as_of != today else {}),
        here=here,
        home=reverse("web:overview") if is_first else reverse("web:roadmap", kwargs={"code": chosen.code}),
        back_to_today=request.path + query_of(here),
        has_sample=Milestone.objects.filter(initiative__roadmap=chosen, provenance=Provenance.SAMPLE).exists(),
        has_mailbox=settings.EMBEDDED,
    )
    if shown is not None and frame.is_past and frame.is_known_then:
        shown.enter_context(plan_known_at(end_of(as_of, zone=chosen.time_zone)))
    return frame


@contextmanager
def plan_shown(request: HttpRequest) -> Iterator[None]:
    """Around the making of a page that may show what was known on a past day."""
    with ExitStack() as stack:
        request.plan_shown = stack  # type: ignore[attr-defined]
        yield


def _basis_asked_for(asked: str) -> tuple[Basis, str]:
    """What is asked for, else the plan as it was, and what is wrong with what was asked."""
    if asked.strip() in {"", *Basis.values}:
        return Basis(asked.strip() or Basis.HAPPENED), ""
    return Basis.HAPPENED, _("“%(asked)s” is neither “happened” nor “known”; the page shows what happened.") % {
        "asked": asked.strip()[:20]
    }


def query_of(values: dict[str, str]) -> str:
    """The end of an address that carries ``values``; nothing for none."""
    return f"?{urlencode(values)}" if values else ""


def _day_shown(asked: str, *, today: date, first: date) -> tuple[date, str]:
    """The day asked for, or today and what is wrong with what was asked."""
    if not asked.strip():
        return today, ""
    try:
        day = read_day(asked)
    except ValueError:
        return today, _("“%(asked)s” is not a date. Write it as 2026-01-31; the page shows today.") % {
            "asked": asked.strip()[:20]
        }
    if day > today:
        return today, _("%(day)s lies ahead, and figures exist up to today only; the page shows today.") % {
            "day": date_format(day, "DATE_FORMAT")
        }
    if day < first:
        return today, _(
            "The roadmap begins on %(first)s; there is nothing to show as of %(day)s. The page shows today."
        ) % {
            "first": date_format(first, "DATE_FORMAT"),
            "day": date_format(day, "DATE_FORMAT"),
        }
    return day, ""
