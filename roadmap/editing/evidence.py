"""Acts on evidence: attach a link, a note or a file; take one away (its history stays)."""

from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.editing.attachments import Inspected
from roadmap.editing.locking import locked_milestone, look_anew_at, refuse_behind_the_verifier
from roadmap.errors import InvalidChange
from roadmap.models import Evidence, Milestone, ProgressUpdate
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_report
from roadmap.validity import check_whole
from roadmap.vocabulary import EvidenceKind, Provenance


def attach_evidence(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    kind: str,
    title: str,
    url: str = "",
    note: str = "",
    file: Inspected | None = None,
    progress_update: ProgressUpdate | None = None,
    provenance: str = Provenance.ENTERED,
) -> Evidence:
    """Attach one piece of evidence; what its kind names (address, note, file) must be there, else InvalidChange.

    Addresses are http or https. A file was looked at before, by ``attachments.inspected``; one that comes to nothing
    because of an error isn't kept.
    """
    missing = {
        EvidenceKind.LINK: ("url", bool(url)),
        EvidenceKind.NOTE: ("note", bool(note)),
        EvidenceKind.FILE: ("file", file is not None),
    }
    if kind in missing and not missing[EvidenceKind(kind)][1]:
        raise InvalidChange({missing[EvidenceKind(kind)][0]: _("This kind of evidence needs it.")})
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise InvalidChange({"url": _("Give an address that begins with https:// or http://.")})
    if progress_update is not None and progress_update.milestone_id != milestone.pk:
        raise InvalidChange({"progress_update": _("This report belongs to another milestone.")})
    with transaction.atomic():
        current = locked_milestone(milestone, None)
        require_report(by, current)
        evidence = Evidence(
            milestone=current,
            progress_update=progress_update,
            kind=kind,
            title=title,
            url=url,
            note=note,
            file=file.file if file is not None else None,
            file_name=file.name if file is not None else "",
            file_type=file.type if file is not None else "",
            file_size=file.size if file is not None else None,
            added_by=by.person,
            provenance=provenance,
        )
        check_whole(evidence)
        note_change(evidence, by=by)
        evidence.save()
        look_anew_at(current, now=now)
    return evidence


def remove_evidence(evidence: Evidence, *, by: Actor, now: datetime, reason: str = "") -> None:
    """Take a piece of evidence away; the history keeps that it was there. Raises NotAllowed; InvalidChange while the
    milestone is verified with it."""
    with transaction.atomic():
        current = locked_milestone(evidence.milestone, None)
        require_report(by, current)
        refuse_behind_the_verifier(current, there_since=evidence.added_at)
        note_change(evidence, by=by, reason=reason)
        evidence.delete()
        look_anew_at(current, now=now)
