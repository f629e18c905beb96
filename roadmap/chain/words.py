"""What a check found, in words for people: on the page and at the terminal the same."""

from django.utils.translation import gettext as _

from roadmap.chain.content import kinds
from roadmap.chain.rows import Mismatch
from roadmap.chain.verify import Finding


def finding_text(finding: Finding) -> str:
    """One finding: the link, the record, and what is wrong with it."""
    told = _("Entry %(number)d: %(fault)s") % {"number": finding.number, "fault": finding.fault.label}
    if not finding.kind:
        return told
    record = _("change record %(record)d of %(kind)s") % {
        "record": finding.record_id,
        "kind": kind_text(finding.kind),
    }
    if finding.object_id is not None:
        record = _("%(record)s no. %(entry)s") % {"record": record, "entry": finding.object_id}
    return f"{told} ({record})"


def mismatch_text(mismatch: Mismatch) -> str:
    """One entry that isn't as its history says."""
    told = {"kind": kind_text(mismatch.kind), "entry": mismatch.pk, "columns": ", ".join(mismatch.columns)}
    if mismatch.columns:
        return _("%(kind)s no. %(entry)s differs from its change record: %(columns)s") % told
    return _("%(kind)s no. %(entry)s was added or deleted without a change record") % told


def kind_text(kind: str) -> str:
    """The kind in words; its own name where a later version no longer has it."""
    history = kinds().get(kind)
    return str(history.instance_type._meta.verbose_name) if history else kind  # type: ignore[attr-defined]
