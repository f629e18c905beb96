"""Forecasts in sentences that bear reading aloud: the same on pages, in mails and at the terminal.

Texts are in the active language; ``titles`` are the titles of milestones, by id.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.forecast.figures import GateForecast, MilestoneForecast, RoadmapForecast
from roadmap.forecast.judged import Judgement

THIN = 10  # milestones on record below which a forecast rests on the assumption more than on them
SAYS_SOMETHING = 20  # forecasts that came true, from which on shares of them say something


def gate_sentence(
    gate: GateForecast,
    *,
    gate_title: str,
    titles: Mapping[int, str],
    milestones: Sequence[MilestoneForecast],
) -> str:
    """The verdict on a gate: how likely it is, by when it is safe to expect it, and why."""
    values = {
        "gate": gate_title,
        "chance": chance_text(gate.chance),
        "day": date_format(gate.gate_on),
        "p50": date_format(gate.span.p50),
        "p80": date_format(gate.span.p80),
        "why": why(gate, titles=titles, milestones=milestones),
    }
    if not gate.open_milestones:
        return _("%(gate)s: all of its milestones are done.") % values
    if not gate.chance and gate.gate_on < gate.span.p50:
        return (
            _("%(gate)s: almost certainly not complete by %(day)s; P50 = %(p50)s, P80 = %(p80)s, because %(why)s.")
            % values
        )
    return _("%(gate)s: %(chance)s to be complete by %(day)s; P80 = %(p80)s, because %(why)s.") % values


def short_sentence(gate: GateForecast) -> str:
    """The verdict beside the gate's own name and day."""
    values = {"chance": chance_text(gate.chance), "p80": date_format(gate.span.p80)}
    return _("%(chance)s to be complete by then; P80 = %(p80)s") % values


def news_sentence(
    gate: GateForecast,
    before: GateForecast | None,
    *,
    since: date,
    titles: Mapping[int, str],
    milestones: Sequence[MilestoneForecast],
) -> str:
    """The verdict for whoever knows the gate's day, and how the chance has changed since ``before`` was forecast."""
    values = {
        "chance": chance_text(gate.chance),
        "change": _change(gate, before),
        "since": date_format(since),
        "p80": date_format(gate.span.p80),
        "why": why(gate, titles=titles, milestones=milestones),
    }
    if before is None:
        return _("Forecast of the phase: %(chance)s to be complete by then; P80 = %(p80)s, because %(why)s.") % values
    return (
        _(
            "Forecast of the phase: %(chance)s to be complete by then, %(change)s since %(since)s; P80 = %(p80)s, "
            "because %(why)s."
        )
        % values
    )


def _change(gate: GateForecast, before: GateForecast | None) -> str:
    points = round(gate.chance * 100) - round(before.chance * 100) if before else 0
    if points == 0:
        return _("unchanged")
    down = ngettext("down %(count)d percentage point", "down %(count)d percentage points", -points)
    up = ngettext("up %(count)d percentage point", "up %(count)d percentage points", points)
    return (up if points > 0 else down) % {"count": abs(points)}


def milestone_sentence(one: MilestoneForecast) -> str:
    """When an open milestone will be done, how likely by its due date, and how much time it has by the plan."""
    values = {
        "p50": date_format(one.span.p50),
        "p80": date_format(one.span.p80),
        "chance": chance_text(one.chance),
        "basis": basis_text(one.basis),
    }
    said = _("P50 = %(p50)s, P80 = %(p80)s; %(chance)s to be done by its due date, from %(basis)s.") % values
    return f"{said} {_float_text(one.total_float)}"


def _float_text(days: int) -> str:
    if days >= 0:
        spare = ngettext(
            "By the plan it can be %(count)d working day later without missing a gate.",
            "By the plan it can be %(count)d working days later without missing a gate.",
            days,
        )
        return spare % {"count": days}
    short = ngettext(
        "By the plan it delays a gate by %(count)d working day.",
        "By the plan it delays a gate by %(count)d working days.",
        -days,
    )
    return short % {"count": -days}


def why(gate: GateForecast, *, titles: Mapping[int, str], milestones: Sequence[MilestoneForecast]) -> str:
    """What decides the gate most, as the end of a sentence without a full stop; empty where all is done."""
    if not gate.drivers:
        return ""
    driver = gate.drivers[0].milestone
    own = next(one for one in milestones if one.milestone == driver)
    late = (own.span.p50 - own.due_on).days
    values = {
        "milestone": titles.get(driver, f"#{driver}"),
        "p50": date_format(own.span.p50),
        "chance": chance_text(own.chance),
        "late": ngettext("%(count)d day", "%(count)d days", late) % {"count": late},
    }
    if late > 0:
        return _("“%(milestone)s”, which decides most, is expected on %(p50)s, %(late)s after its due date") % values
    return _("“%(milestone)s”, which decides most, has %(chance)s to be done by its due date") % values


def chance_text(chance: float) -> str:
    """A chance in percent. What is open is neither certain nor impossible, whatever trials say."""
    if chance < 0.01:
        return _("less than 1%")
    return _("more than 99%") if chance > 0.99 else f"{chance * 100:.0f}%"


def history_text(made: RoadmapForecast) -> str:
    """What the forecast rests on, and how far to trust it."""
    count = sum(made.on_record.values())
    if count < THIN:
        return ngettext(
            "Only %(count)d forecast date, pace or plan of this roadmap has come true or failed so far: the forecast "
            "rests mostly on an assumption (half of all takes 1.1 times as long as promised, one in five 1.7 times), "
            "and is wide.",
            "Only %(count)d forecast dates, paces and plans of this roadmap have come true or failed so far: the "
            "forecast rests mostly on an assumption (half of all takes 1.1 times as long as promised, one in five 1.7 "
            "times), and is wide.",
            count,
        ) % {"count": count}
    return _("It rests on how %(count)d forecast dates, paces and plans of this roadmap came true.") % {"count": count}


def made_text(made: RoadmapForecast) -> str:
    """For which day and how it was made."""
    return _("Forecast of %(day)s, from %(trials)d trials") % {"day": date_format(made.day), "trials": made.trials}


def basis_text(basis: str) -> str:
    """What a milestone's forecast starts from."""
    texts = {"owner": _("the owner's forecast date"), "pace": _("its pace so far"), "plan": _("its plan")}
    return texts[basis]


def judgement_lines(judged: Judgement) -> list[str]:
    """How past forecasts came true, a sentence each; one that says so where there are too few to tell."""
    if judged.by_p50 is None or judged.by_p80 is None:
        return [_("No milestone that was forecast has been done since: nothing can be said of past forecasts yet.")]
    lines = [
        _("Forecasts that can be judged: %(count)d; milestones done since: %(milestones)d")
        % {"count": judged.number, "milestones": judged.milestones},
        _("done by P50: %(p50)s (should be 50%%); done by P80: %(p80)s (should be 80%%)")
        % {"p50": _share(judged.by_p50), "p80": _share(judged.by_p80)},
        _("Brier score of the chances: %(brier)s (0 is perfect, tossing a coin gives 0.25)")
        % {"brier": f"{judged.brier:.2f}"},
        _("off by %(own)s days on average; the due dates were off by %(due)s")
        % {"own": f"{judged.missed_by:.1f}", "due": f"{judged.due_date_missed_by:.1f}"},
    ]
    if judged.owners_missed_by is not None:
        lines.append(
            _("where owners had reported a forecast date, that was off by %(days)s days on average")
            % {"days": f"{judged.owners_missed_by:.1f}"}
        )
    if judged.number < SAYS_SOMETHING:
        lines.append(_("These are too few to say how far forecasts can be trusted."))
    return lines


def _share(part: float) -> str:
    return f"{part * 100:.0f}%"
