"""The act of adding many observations at once: all or nothing, in a number of queries that doesn't grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from roadmap.errors import InvalidChange, InvalidItems
from roadmap.models import Indicator, Observation
from roadmap.models.history import Actor, note_made
from roadmap.outbox.announce import announce, observation_happenings
from roadmap.rights import require_administer
from roadmap.validity import check_fields, faults_of_values

SOMETHING_ELSE: Mapping[str, str | Promise] = {
    "period": _("Another value is stored for this period already; change it in the administration.")
}


@dataclass(frozen=True)
class Added:
    """One observation taken in, and whether the very same was stored before."""

    observation: Observation
    was_known: bool


def add_many_observations(
    items: Sequence[tuple[Indicator, Mapping[str, Any]]], *, by: Actor, now: datetime
) -> list[Added]:
    """Store each value (Observation's fields) for its indicator; what became of each, in the order given.

    What is stored already, with equal fields, is known and not doubled. Raises NotAllowed; InvalidItems naming every
    item that can't be accepted: then nothing is written.
    """
    require_administer(by)
    with transaction.atomic():
        known = _known(items)
        faults: dict[int, Mapping[str, str | Promise]] = {}
        taken: list[Added] = []
        for position, (indicator, fields) in enumerate(items):
            before = known.get((indicator.pk, str(fields.get("period", ""))))
            if before is not None:
                if any(getattr(before, name) != value for name, value in fields.items()):
                    faults[position] = SOMETHING_ELSE
                taken.append(Added(before, was_known=True))
                continue
            try:
                check_fields(Observation, fields, kept_by_acts=("indicator", "source"))
            except InvalidChange as error:
                faults[position] = error.fields
                continue
            observation = Observation(**fields, indicator=indicator)
            if wrong := _faults(observation):
                faults[position] = wrong
            known[indicator.pk, observation.period] = observation
            taken.append(Added(observation, was_known=False))
        if faults:
            raise InvalidItems(faults)
        _write([one.observation for one in taken if not one.was_known], by=by, now=now)
    return taken


def _known(items: Sequence[tuple[Indicator, Mapping[str, Any]]]) -> dict[tuple[int, str], Observation]:
    rows = Observation.objects.filter(
        indicator__in={indicator.pk for indicator, _fields in items},
        period__in={fields["period"] for _indicator, fields in items if "period" in fields},
    )
    return {(row.indicator_id, row.period): row for row in rows}


def _faults(observation: Observation) -> dict[str, str | Promise]:
    wrong = faults_of_values(observation)
    first, last = observation.starts_on, observation.ends_on
    if not wrong and first is not None and last < first:
        wrong["ends_on"] = _("The last day lies before the first.")
    return wrong


def _write(observations: list[Observation], *, by: Actor, now: datetime) -> None:
    made = Observation.objects.bulk_create(observations)
    announce(observation_happenings(made), now=now)
    note_made(made, by=by)
