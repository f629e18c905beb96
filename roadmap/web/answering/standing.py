"""Who stands before the page, about what, and what they may answer; or why the link leads no further."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from roadmap import clock
from roadmap.models import Milestone, Person
from roadmap.outbox.answer_links import LinkClaim, claim_of
from roadmap.rights import answers_open_to, may_edit, may_snooze
from roadmap.vocabulary import OPEN_STATUSES, AnswerKind, MilestoneStatus

# what the page shows of the milestone
AT_HAND = ("initiative__roadmap", "initiative__pillar", "phase", "organisation", "owner")


@dataclass(frozen=True)
class Standing:
    """A person before a milestone on a day where its roadmap is. ``acts`` are the answers that they may give."""

    person: Person
    milestone: Milestone
    today: date
    acts: tuple[AnswerKind, ...] = ()
    may_complete: bool = False


class Why(StrEnum):
    """Why a link leads no further."""

    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    CLOSED = "closed"
    ENDED = "ended"
    EXPIRED = "expired"
    NOT_YOURS = "not_yours"
    NOT_MEANT = "not_meant"
    MOVED = "moved"
    DONE = "done"
    CANCELLED = "cancelled"
    TOO_MANY = "too_many"


GONE = 410
STATUS = {Why.UNKNOWN: 404, Why.FOREIGN: 403, Why.NOT_MEANT: 403, Why.TOO_MANY: 429}


@dataclass(frozen=True)
class Refused:
    """The link leads no further; ``standing`` is whose and about what it was, None for links that aren't ours."""

    why: Why
    standing: Standing | None = None

    @property
    def status(self) -> int:
        """What browsers are told."""
        return STATUS.get(self.why, GONE)

    @property
    def looking_back(self) -> Standing | None:
        """Who may still see (and take back) what they answered: the link holds, only there's nothing more to answer."""
        return self.standing if self.why in (Why.MOVED, Why.DONE, Why.CANCELLED) else None


def standing_by(token: str, *, user: Any, now: datetime) -> Standing | Refused:
    """What the link ``token`` leads to. A link that isn't ours costs no query, any other five at most.

    ``user`` is whoever is signed in in this browser; somebody else's link is not for them.
    """
    claim = claim_of(token)
    if claim is None:
        return Refused(Why.UNKNOWN)
    person = Person.objects.select_related("organisation").filter(pk=claim.person_id).first()
    milestone = Milestone.objects.select_related(*AT_HAND).filter(pk=claim.milestone_id).first()
    if person is None or milestone is None:
        return Refused(Why.UNKNOWN)
    standing = standing_of(person, milestone, now=now)
    why = _why_not(claim, standing, user=user)
    return Refused(why, standing) if why else standing


def standing_of(person: Person, milestone: Milestone, *, now: datetime) -> Standing:
    """What the person may answer about the milestone; three queries at most."""
    today = clock.day_in(milestone.initiative.roadmap.time_zone, at=now)
    acts = answers_open_to(person, [milestone], today=today)[milestone.pk]
    if acts == (AnswerKind.SNOOZE,) and not may_snooze(person, milestone):
        acts = ()
    return Standing(person, milestone, today, acts, may_complete=may_edit(person, milestone))


def _why_not(claim: LinkClaim, standing: Standing, *, user: Any) -> Why | None:
    person, milestone = standing.person, standing.milestone
    if not person.is_active:
        return Why.CLOSED
    if not claim.is_of_account(person):
        return Why.ENDED
    if user.is_authenticated and user.pk != person.pk:
        return Why.FOREIGN
    if claim.has_expired(today=standing.today):
        return Why.EXPIRED
    if claim.due_on != milestone.due_on and milestone.status in OPEN_STATUSES:
        return Why.MOVED
    return closed_or_not_theirs(standing)


def closed_or_not_theirs(standing: Standing) -> Why | None:
    """What keeps the person from answering, whichever way they came."""
    if standing.milestone.status == MilestoneStatus.DONE:
        return Why.DONE
    if standing.milestone.status == MilestoneStatus.CANCELLED:
        return Why.CANCELLED
    return None if standing.acts else Why.NOT_YOURS
