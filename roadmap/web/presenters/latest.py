"""The latest changes as the overview lists them, one row a milestone and day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.coded_reasons import in_words as reason_in_words
from roadmap.progress.differences import Edit
from roadmap.progress.latest import BaselineSet, GateMoved, LatestChange, ManyAtOnce, MilestoneChanged
from roadmap.vocabulary import PlanDifference, Rag
from roadmap.web.frame import Frame, query_of
from roadmap.web.presenters.differences import Step, did_by, steps_of
from roadmap.web.presenters.lines import owner_of
from roadmap.web.presenters.values import NOTHING, Badge, Day, Sign, badge_of, day_of, group_sign, percent

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ChangeRow:
    """One row: ``address`` is empty where there is no page any more; ``percent`` with ``sign`` only after a report."""

    day: Day
    title: str
    address: str
    badge: Badge | None
    steps: list[Step]
    said: list[str]
    who: str
    percent_was: str = ""
    percent: str = ""
    sign: Sign | None = None


def latest_view(changes: Iterable[LatestChange], *, frame: Frame) -> list[ChangeRow]:
    """The rows, in the order given."""
    return [_row(one, frame) for one in changes]


def _row(one: LatestChange, frame: Frame) -> ChangeRow:
    match one:
        case MilestoneChanged():
            return _milestone(one, frame)
        case ManyAtOnce():
            return _many(one, frame)
        case GateMoved():
            was, now = one.move.was, one.move.now
            phase = now or was
            before, after = (date_format(each.gate_on) if each else NOTHING for each in (was, now))
            steps = [Step(_("Gate"), before if was else "", after)]
            return _of_frame(one.day, phase.title if phase else NOTHING, steps, one.edit, frame, part="h-frame")
        case BaselineSet():
            title = _("Baseline “%(name)s”, approved on %(day)s") % {
                "name": one.baseline.name,
                "day": date_format(one.baseline.approved_on),
            }
            return _of_frame(one.day, title, [], one.edit, frame, part="h-frame")


def _milestone(one: MilestoneChanged, frame: Frame) -> ChangeRow:
    difference, report = one.difference, one.report
    milestone, plan = difference.shown, [kind for kind in difference.kinds if kind != PlanDifference.REPORTED]
    said = [reason_in_words(difference.reason) if plan else "", report.narrative if report else ""]
    row = ChangeRow(
        day=day_of(one.day),
        title=milestone.title,
        address=reverse("web:milestone", args=[milestone.code]) + frame.query if difference.now else "",
        badge=badge_of(milestone.provenance),
        steps=[step for kind in plan for step in _steps(one, kind)],
        said=[text for text in dict.fromkeys(said) if text],
        who=_who(one, is_of_plan=bool(plan)),
    )
    if report is None or not difference.now:
        return row
    before = difference.percent_was
    return replace(
        row,
        percent_was="" if before is None else percent(before),
        percent=percent(report.percent_complete),
        sign=group_sign(Rag(report.confidence)),
    )


def _who(one: MilestoneChanged, *, is_of_plan: bool) -> str:
    edits = one.difference.edits
    if one.report and not is_of_plan:
        return owner_of(one.report.reported_by)
    return did_by(edits[-1]) if edits else ""


def _steps(one: MilestoneChanged, kind: PlanDifference) -> list[Step]:
    """As the page of changes says it; what is new or gone is said in words there, by its heading."""
    heading = {PlanDifference.ADDED: _("New milestone"), PlanDifference.REMOVED: _("Taken out of the plan")}
    steps = steps_of(one.difference, kind)
    return [Step(heading[kind], "", _("due %(day)s") % {"day": steps[0].after})] if kind in heading else steps


def _many(one: ManyAtOnce, frame: Frame) -> ChangeRow:
    if one.kind == PlanDifference.ADDED:
        title = ngettext("%(count)d new milestone", "%(count)d new milestones", one.total)
    else:
        title = ngettext(
            "%(count)d milestone taken out of the plan", "%(count)d milestones taken out of the plan", one.total
        )
    return ChangeRow(
        day=day_of(one.day),
        title=title % {"count": one.total},
        address=changes_address(one.day, frame, part=one.kind.value),
        badge=None,
        steps=[],
        said=[],
        who="",
    )


def _of_frame(day: date, title: str, steps: list[Step], edit: Edit, frame: Frame, *, part: str) -> ChangeRow:
    return ChangeRow(
        day=day_of(day),
        title=title,
        address=changes_address(day, frame, part=part),
        badge=None,
        steps=steps,
        said=[reason_in_words(edit.reason)] if edit.reason else [],
        who=did_by(edit),
    )


def changes_address(day: date, frame: Frame, *, part: str = "") -> str:
    """The page of what changed on that day, at one of its sections."""
    first = max(day - DAY, frame.roadmap.starts_on)
    span = {"from": first.isoformat(), "to": day.isoformat()}
    return reverse("web:changes") + query_of(frame.kept | span) + (f"#{part}" if part else "")
