"""The entries that tables can be taken of: their register, how their rows are found, and the acts that write them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.editing.milestones import HAVE_THEIR_OWN_ACT, change_milestone, create_milestone
from roadmap.errors import NotAllowed
from roadmap.fields import MILESTONE, At, Field, at
from roadmap.models import Person
from roadmap.models.history import Actor
from roadmap.rights import may_administer
from roadmap.vocabulary import Role

VERSION = "version"  # the column that tells the state in which a row was exported


@dataclass(frozen=True)
class TableKind:
    """``code`` names it at entry points. ``related`` is what comparing a row reads beside it; ``elsewhere``, what acts
    of their own change, with a word on which."""

    code: str
    fields: Sequence[Field]
    related: Sequence[str]
    create: Callable[..., models.Model]
    change: Callable[..., models.Model]
    may_bring: Callable[[Person], bool]
    elsewhere: dict[str, Any]

    @property
    def model(self) -> Any:
        """Whose rows they are."""
        return self.fields[0].model

    @property
    def written(self) -> list[Field]:
        """What a file may change."""
        return at(At.BODY, self.fields)

    @property
    def looked_at(self) -> list[Field]:
        """What a file shows, and acts of their own change."""
        return [one for one in self.fields if one.name in self.elsewhere and At.TABLE in one.at]

    def version_of(self, row: Any) -> int:
        """The state in which the row is."""
        return int(row.version)

    def as_exported(self, versions: dict[int, int]) -> dict[int, Any]:
        """By id, the row of the history in that version, where there is one; a query for some hundred rows."""
        if not versions:
            return {}
        told = self.model.history.filter(id__in=list(versions), version__in=set(versions.values()))
        return {row.id: row for row in told.order_by("history_id") if row.version == versions[row.id]}

    def require_bring(self, by: Actor) -> None:
        """Raise NotAllowed for whoever may change none of these entries; each row is asked for again."""
        if by.person is not None and not self.may_bring(by.person):
            raise NotAllowed(_("You may change none of these entries, so no file of yours is read."))


def _may_edit_some(person: Person) -> bool:
    return may_administer(person) or (
        person.is_active and person.role == Role.LEAD and person.organisation_id is not None
    )


def _create_milestone(*, by: Actor, now: datetime, reason: str, fields: dict[str, Any]) -> models.Model:
    return create_milestone(by=by, now=now, reason=reason, **fields)


def _change_milestone(
    row: Any, *, by: Actor, now: datetime, reason: str, version: int, fields: dict[str, Any]
) -> models.Model:
    return change_milestone(row, by=by, now=now, reason=reason, expected_version=version, **fields)


MILESTONES = TableKind(
    code="milestones",
    fields=MILESTONE,
    related=("initiative__pillar", "initiative__roadmap", "phase", "workstream", "organisation", "owner"),
    create=_create_milestone,
    change=_change_milestone,
    may_bring=_may_edit_some,
    elsewhere=HAVE_THEIR_OWN_ACT,
)
KINDS = {one.code: one for one in (MILESTONES,)}
