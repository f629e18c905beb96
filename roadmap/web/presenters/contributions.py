"""What a group's figures are made of, in words: the sums, the formulas with their numbers, each milestone's share."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from roadmap.models.bilingual import in_language
from roadmap.progress.explain import Contribution
from roadmap.progress.measure import Sums, figures_of
from roadmap.progress.shown import percent_number
from roadmap.web.presenters.explained import Explanation
from roadmap.web.presenters.values import NOTHING, Badge, badge_of, figures_view, percent


@dataclass(frozen=True)
class ShareView:
    """One milestone's part: ``points`` and ``planned_points`` are what it adds to the group's figures, in percent."""

    code: str
    title: str
    badge: Badge | None
    weight: str
    planned: str
    planned_why: str
    planned_points: str
    earned: str
    earned_why: str
    points: str
    points_x: float
    is_verified: bool
    counts: bool


def formulas(sums: Sums) -> list[Explanation]:
    """Each figure of the group with the sum or quotient that it comes from."""
    view = figures_view(figures_of(sums))
    weight = _number(sums.weight)

    def mean(figure: str, value: str, total: Decimal, of: str) -> Explanation:
        text = _("Sum of weight × %(of)s, %(sum)s, divided by the sum of weights, %(weight)s.") % {
            "of": of,
            "sum": _number(total.scaleb(-2)),
            "weight": weight,
        }
        return Explanation(figure=figure, value=value, text=text)

    spi_text = (
        _("Actual divided by planned: %(earned)s / %(planned)s.") if sums.planned else _("Nothing is planned yet.")
    )
    return [
        mean(pgettext("value", "Actual"), view.earned_fine, sums.earned, _("percent actual")),
        mean(pgettext("value", "Verified"), view.verified_fine, sums.verified, _("percent verified")),
        mean(pgettext("value", "Planned"), view.planned_fine, sums.planned, _("percent planned")),
        Explanation(
            figure=_("Schedule variance"),
            value=view.variance,
            text=_("Actual minus planned, in percentage points: %(earned)s − %(planned)s.")
            % {"earned": view.earned_fine, "planned": view.planned_fine},
        ),
        Explanation(
            figure=_("Progress index (actual ÷ planned)"),
            value=view.spi,
            text=spi_text % {"earned": view.earned_fine, "planned": view.planned_fine},
        ),
        Explanation(figure=_("State"), value=view.sign.word, text=view.reason + pgettext("end of a sentence", ".")),
    ]


def share_views(contributions: Iterable[Contribution], *, weight: Decimal) -> list[ShareView]:
    """The shares in a group whose milestones weigh ``weight`` in all."""
    return [_share(one, weight=weight) for one in contributions]


def _share(one: Contribution, *, weight: Decimal) -> ShareView:
    row = one.row

    def points(value: Decimal) -> Decimal:
        return 100 * value / weight if weight else Decimal(0)

    return ShareView(
        code=row.milestone_code,
        title=in_language(row.milestone_title_zh, row.milestone_title_en, get_language()),
        badge=badge_of(row.milestone_provenance),
        weight=_number(one.weight),
        planned=percent(one.planned_percent),
        planned_why=_planned_words(one),
        planned_points=f"{points(one.planned_value):.2f}" if one.counts else NOTHING,
        earned=percent(one.earned_percent),
        earned_why=_earned_words(one),
        points=f"{points(one.earned_value):.2f}" if one.counts else NOTHING,
        points_x=percent_number(one.earned_percent, decimals=1),
        is_verified=bool(one.verified_percent),
        counts=one.counts,
    )


def _planned_words(one: Contribution) -> str:
    dates = {
        "start": date_format(one.starts_on, "SHORT_DATE_FORMAT"),
        "due": date_format(one.due_on, "SHORT_DATE_FORMAT"),
    }
    if one.planned_from == "baseline":
        return _("baseline: %(start)s to %(due)s") % dates
    return _("plan: %(start)s to %(due)s") % dates


def _earned_words(one: Contribution) -> str:
    row = one.row
    if not one.counts:
        return _("cancelled, doesn't count")
    match one.earned_from:
        case "completion":
            return _("done on %(day)s") % {"day": date_format(row.milestone_completed_on, "SHORT_DATE_FORMAT")}
        case "report":
            return _("reported for %(day)s") % {"day": date_format(row.latest_reported_on, "SHORT_DATE_FORMAT")}
        case "deliverables":
            return _("by its deliverables")
    return _("nothing reported")


def _number(value: Decimal) -> str:
    """A sum as people read it: two places at most, without zeros that say nothing."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
