"""Which roadmap is shown where none is named: the first that was made, until the programme office chooses another."""

from django.db import transaction

from roadmap.models import Roadmap
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_administer


def show_first(roadmap: Roadmap, *, by: Actor, reason: str = "") -> Roadmap:
    """Let pages, feeds and cards show this roadmap where none is named; the roadmap as stored. Raises NotAllowed."""
    require_administer(by)
    with transaction.atomic():
        rows = {row.pk: row for row in Roadmap.objects.select_for_update(of=("self",)).order_by("pk")}
        chosen = rows[roadmap.pk]
        if chosen.is_default:
            return chosen
        for row in rows.values():
            if row.is_default:
                row.is_default = False
                note_change(row, by=by, reason=reason)
                row.save()
        chosen.is_default = True
        note_change(chosen, by=by, reason=reason)
        chosen.save()
    return chosen
