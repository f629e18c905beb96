"""The links by which a reminder's reader answers from the mail, for ``templates/mail/parts/answers.{html,txt}``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from roadmap.models import Milestone, Person
from roadmap.outbox.answer_links import answer_address, answer_label
from roadmap.rights import answers_open_to


@dataclass(frozen=True)
class AnswerLink:
    """One answer: its name in the active language, and the address that leads to its form."""

    label: str
    address: str


def answers_to(
    milestones: Sequence[Milestone], reader: Person, *, led: Sequence[str], issued_on: date, today: date
) -> dict[int, tuple[AnswerLink, ...]]:
    """What ``reader`` may answer to a reminder of each milestone, by its id; no query where organisations are at hand.

    ``led`` are the paths of those that the reader leads. ``issued_on`` is the mail's own day, so that a mail made twice
    bears the same links.
    """
    kinds = answers_open_to(reader, milestones, led=led, today=today)
    found = {}
    for milestone in milestones:
        address = answer_address(milestone, reader, issued_on=issued_on)
        is_overdue = milestone.is_overdue_on(today)
        found[milestone.pk] = tuple(
            AnswerLink(answer_label(kind, is_overdue=is_overdue), f"{address}?act={kind}")
            for kind in kinds[milestone.pk]
        )
    return found
