"""Query parameters outside the filters: none that is unknown or unreadable, one value each, or several of a list; and
the day ``as_of`` with its ``basis``."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from roadmap.api.problems import BadParameter
from roadmap.vocabulary import Basis
from roadmap.written_days import RIGHT_DAY, read_day_of_program

PAST_DAY = {"as_of", "basis"}


def check_parameters(request: Request, *, known: Collection[str], lists: Collection[str] = ()) -> None:
    """Raise BadParameter for each parameter that isn't known here, comes twice, or holds a NUL character.

    Those of ``lists`` may come twice: ``?a=x&a=y`` is from here on ``?a=x,y``, which readers write by hand.
    """
    if unknown := {name: _unknown(name, known) for name in request.query_params if name not in known}:
        raise BadParameter(unknown, code="unknown")
    wrong = {}
    for name, values in request.query_params.lists():
        if len(values) > 1 and name not in lists:
            wrong[name] = _("Give this parameter once.")
        elif any("\x00" in value for value in values):
            wrong[name] = _("This can't contain a NUL character.")
    if wrong:
        raise BadParameter(wrong)
    joined = request.query_params.copy()
    for name, values in request.query_params.lists():
        joined[name] = ",".join(values)
    request._request.GET = joined  # type: ignore[assignment]


def _unknown(name: str, known: Collection[str]) -> str:
    """That there is no such parameter, and which there are."""
    if not known:
        return _("There is no parameter “%(name)s” here; this address takes none.") % {"name": name[:40]}
    words = ", ".join(sorted(known))
    return _("There is no parameter “%(name)s” here; there are: %(words)s.") % {"name": name[:40], "words": words}


def day_asked_for(request: Request) -> date | None:
    """The day of ``?as_of=2026-06-30``; None without it. Raises BadParameter for anything that is no day."""
    text = request.query_params.get("as_of")
    if text is None:
        return None
    try:
        return read_day_of_program(text)
    except ValueError:
        raise BadParameter({"as_of": RIGHT_DAY}) from None


def basis_asked_for(request: Request) -> Basis:
    """What ``?basis=`` means by that day; what happened without it. Raises BadParameter for any other word."""
    text = request.query_params.get("basis", Basis.HAPPENED)
    if text not in Basis.values:
        raise BadParameter({"basis": _("Name one of these: %(words)s.") % {"words": ", ".join(Basis.values)}})
    return Basis(text)
