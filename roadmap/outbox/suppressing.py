"""Acts on addresses that mail doesn't reach: suppress one, lift it again; and the question which ones there are.

Whoever must be told all the same is found by the reminder planner, which is asked to look anew.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.errors import InvalidChange
from roadmap.models import Milestone, Organisation, OutboxMessage, SuppressedAddress
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_administer
from roadmap.vocabulary import SuppressionReason

EVIDENCE_CHARACTERS = 2000
SUPPRESSED = "suppressed addresses"  # under which a delivery run remembers them


def suppress(message: OutboxMessage, *, reason: SuppressionReason, evidence: str, now: datetime) -> bool:
    """Send nothing more to the address that ``message`` went to; False when that was so already."""
    address = message.address.lower()
    with transaction.atomic():
        _row, is_new = SuppressedAddress.objects.get_or_create(
            address=address,
            lifted_at=None,
            defaults={"reason": reason, "evidence": evidence[:EVIDENCE_CHARACTERS], "message": message, "since": now},
        )
        if is_new:
            _find_others_to_tell(address, now)
    return is_new


def lift(suppression: SuppressedAddress, *, by: Actor, now: datetime) -> SuppressedAddress:
    """Send to the address again. Raises NotAllowed for all but the programme office, InvalidChange when lifted."""
    require_administer(by)
    with transaction.atomic():
        current = SuppressedAddress.objects.select_for_update(of=("self",), no_key=True).get(pk=suppression.pk)
        if current.lifted_at is not None:
            raise InvalidChange({"__all__": _("It is lifted already.")})
        current.lifted_at, current.lifted_by = now, by.person
        note_change(current, by=by)
        current.save(update_fields=["lifted_at", "lifted_by"])
        _find_others_to_tell(current.address, now)
    return current


def suppressed_addresses() -> frozenset[str]:
    """The addresses, in lower case, to which nothing is sent now. One query."""
    return frozenset(SuppressedAddress.objects.filter(lifted_at__isnull=True).values_list("address", flat=True))


def _find_others_to_tell(address: str, now: datetime) -> None:
    led = Organisation.objects.filter(lead__email__iexact=address).values_list("path", flat=True)
    concerned = Q(owner__email__iexact=address)
    for path in led:
        concerned |= Q(organisation__path__startswith=path)
    Milestone.objects.filter(concerned).ask_planner_to_look(at=now)
