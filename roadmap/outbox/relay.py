"""A long queue is sent in stretches; what one has worked out of the plan, the next need not work out again."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from roadmap.models import Revision


@dataclass
class OfPlan:
    """What was worked out of the plan as it was at ``revision``, or later."""

    revision: int | None = None
    known: dict[Hashable, Any] = field(default_factory=dict)


class Relay:
    """Hands on what is known of the plan, as long as the plan's revision stays the same.

    Whoever takes it has it alone: nothing is kept unless it is left for the next one.
    """

    def __init__(self) -> None:
        self._left: OfPlan | None = None

    def take(self) -> OfPlan:
        """What was left, if it is still true; else nothing yet. One query."""
        left, self._left = self._left, None
        revision = Revision.objects.values_list("number", flat=True).first()
        return left if left is not None and left.revision == revision else OfPlan(revision)

    def leave(self, of_plan: OfPlan) -> None:
        """Keep it for the next one."""
        self._left = of_plan
