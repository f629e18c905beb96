"""The act of confirming that a milestone is done: by somebody other than those who reported it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from roadmap import clock
from roadmap.account_rights import brought_in, hands_behind, hands_of, makers_of_programs
from roadmap.editing.locking import locked_milestone
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Deliverable, Evidence, Milestone, Person, ProgressUpdate
from roadmap.models.history import Actor, note_change
from roadmap.outbox.withdraw import withdraw_reminders_about
from roadmap.rights import require_verify, verifiers_of
from roadmap.validity import check_whole
from roadmap.vocabulary import MilestoneStatus


def verify_completion(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    verified_on: date | None = None,
    reason: str = "",
    expected_version: int | None = None,
) -> Milestone:
    """Confirm that a done milestone is done; reopening it takes the confirmation back.

    ``verified_on`` is the day of a confirmation that is told later (default: the roadmap's today).

    Raises NotAllowed outside the actor's rights, for programs, for whoever owns it, reported on it last or completed
    it, or could have done so under another name, and for whom one of those brought in; InvalidChange unless it is done,
    has evidence and isn't confirmed yet, or for a day before it was done or to come; StaleEdit.
    """
    with transaction.atomic():
        current = locked_milestone(milestone, expected_version)
        today = clock.day_in(current.initiative.roadmap.time_zone, at=now)
        require_verifiable(current, by=by, today=today)
        if verified_on is not None and not (current.completed_on or today) <= verified_on <= today:
            raise InvalidChange({"verified_on": _("Give a day from its completion to today.")})
        current.verified_at, current.verified_by, current.verified_on = now, by.person, verified_on or today
        check_whole(current)
        current.version += 1
        current.ask_planner_to_look(at=now)
        note_change(current, by=by, reason=reason)
        current.save()
        withdraw_reminders_about(current)
    return current


def require_verifiable(milestone: Milestone, *, by: Actor, today: date) -> None:
    """Raise as ``verify_completion`` unless the actor may confirm now that the milestone is done. About ten queries."""
    require_verify(by, milestone)
    if milestone.status != MilestoneStatus.DONE:
        raise InvalidChange({"status": _("Only a completed milestone can be verified; complete it first.")})
    if milestone.verified_at is not None:
        raise InvalidChange({"status": _("This milestone is verified already.")})
    voices = _said_so(milestone, today=today)
    if hands_of(by) & voices.hands:
        raise NotAllowed(_("Somebody other than those who reported it done has to verify it."))
    if by.person is not None and brought_in([by.person.pk], by=voices.makers):
        raise NotAllowed(
            _(
                "The person who reported it done created your account or entered its address; somebody else "
                "has to verify."
            )
        )
    if not milestone.evidence.exists():
        raise InvalidChange({"evidence": _("There is no evidence yet that it is done; attach evidence first.")})


@dataclass(frozen=True)
class Missing:
    """Something that stands against verifying a completion: a code for programs, and a sentence."""

    code: str
    text: str


def missing_for_verification(milestones: Collection[int]) -> dict[int, list[Missing]]:
    """What is still open of each of these milestones (by id), whether or not it is done; those that lack nothing are
    missing here. It keeps nobody from completing them, and is told to whoever does. Two queries."""
    found: defaultdict[int, list[Missing]] = defaultdict(list)
    items = Deliverable.objects.filter(milestone__in=milestones, done_on=None).order_by()
    for pk, count in items.values_list("milestone").annotate(Count("pk")):
        open_ones = ngettext("%(count)d deliverable is still open.", "%(count)d deliverables are still open.", count)
        found[pk].append(Missing("open_deliverables", open_ones % {"count": count}))
    shown = set(Evidence.objects.filter(milestone__in=milestones).values_list("milestone", flat=True))
    for pk in milestones:
        if pk not in shown:
            text = str(_("No evidence is attached yet; without any, nobody can verify that it is done."))
            found[pk].append(Missing("no_evidence", text))
    return dict(found)


def who_may_confirm(milestone: Milestone) -> list[Person]:
    """Those who may confirm that the milestone is done: not they who said so, nor who could have under their names, nor
    whom they brought in.

    A dozen queries, two for each step from name to name, and one for each program that said so.
    """
    voices = _said_so(milestone, today=clock.day_in(milestone.initiative.roadmap.time_zone, at=clock.now()))
    people = verifiers_of(milestone).exclude(pk__in=voices.hands).exclude(password_set_by__in=voices.hands)
    others = people.exclude(links_shown_to__in=voices.hands).select_related("organisation")
    found = list(others.order_by("role", "full_name", "pk"))
    theirs = brought_in([person.pk for person in found], by=voices.makers)
    return [person for person in found if person.pk not in theirs]


@dataclass(frozen=True)
class Voices:
    """Those whose word it is that a milestone is done, by their ids: they, with who made the programs that said so
    (``makers``); and, beside them, whose word it could be (``hands``)."""

    makers: set[int]
    hands: set[int]


def _said_so(milestone: Milestone, *, today: date) -> Voices:
    """The milestone's owners since it is done, its last reporter (who doesn't cease to be by withdrawing the report),
    who completed it, and whoever acts under their names or lets them act under theirs."""
    reports = [ProgressUpdate.objects.filter(milestone=milestone), ProgressUpdate.every.filter(milestone=milestone)]
    last = {one for rows in reports if (one := rows.order_by("-reported_on", "-id").first())}
    turns = milestone.history.order_by("-history_date", "-history_id").values_list("status", "history_user", "owner")
    done_rows = list(takewhile(lambda row: row[0] == MilestoneStatus.DONE, turns))
    completer = done_rows[-1][1] if done_rows else None  # the first of them made it done
    owners = (milestone.owner_id, *(owner for _status, _user, owner in done_rows))
    named = (*owners, completer, *(one.reported_by_id for one in last))
    said_so = {pk for pk in named if pk is not None}
    days = [day for day in (milestone.completed_on, *(one.reported_on for one in last), today) if day is not None]
    makers = said_so | makers_of_programs(said_so)
    return Voices(makers, makers | hands_behind(said_so, since=min(days), until=today))
