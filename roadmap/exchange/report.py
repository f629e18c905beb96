"""What a load did, section by section, for people to read."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext


class Deed(StrEnum):
    """What was done with one entry."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EDITED = "edited"  # left, since people edited it
    DELETED = "deleted"  # left away, since people deleted it or what it stands in
    AHEAD = "ahead"  # left away, since it tells of a day to come


SECTION_LABELS = {
    "sources": gettext_lazy("sources"),
    "roadmap": gettext_lazy("roadmaps"),
    "organisations": gettext_lazy("organisations"),
    "people": gettext_lazy("people"),
    "phases": gettext_lazy("phases"),
    "pillars": gettext_lazy("pillars"),
    "workstreams": gettext_lazy("workstreams"),
    "initiatives": gettext_lazy("initiatives"),
    "indicators": gettext_lazy("indicators"),
    "observations": gettext_lazy("observations"),
    "milestones": gettext_lazy("milestones"),
    "deliverables": gettext_lazy("deliverables"),
    "after": gettext_lazy("dependencies"),
    "updates": gettext_lazy("progress reports"),
    "evidence": gettext_lazy("evidence"),
    "baselines": gettext_lazy("baselines"),
    "reminder_rules": gettext_lazy("reminder rules"),
    "subscriptions": gettext_lazy("digest subscriptions"),
}


@dataclass
class LoadReport:
    """Counts of deeds by section, and which entries were left to people."""

    counts: dict[Deed, Counter[str]] = field(default_factory=lambda: {deed: Counter() for deed in Deed})
    left: list[tuple[Deed, str, str]] = field(default_factory=list)

    def note(self, deed: Deed, section: str, label: str) -> None:
        """Count one entry."""
        self.counts[deed][section] += 1
        if deed in (Deed.EDITED, Deed.DELETED):
            self.left.append((deed, section, label))

    def total(self, deed: Deed) -> int:
        """How many entries met that deed."""
        return self.counts[deed].total()

    def lines(self) -> list[str]:
        """The report in the active language: one line a deed, then one for each entry that was left to people."""
        headings = {
            Deed.CREATED: _("Created: %(what)s."),
            Deed.UPDATED: _("Brought up to date: %(what)s."),
            Deed.EDITED: _("Left unchanged because people edited them: %(what)s."),
            Deed.DELETED: _("Left out because people deleted them: %(what)s."),
            Deed.AHEAD: _("Left out because they are about days to come: %(what)s."),
        }
        lines = [heading % {"what": self._listed(deed)} for deed, heading in headings.items() if self.counts[deed]]
        lines += [f"  {SECTION_LABELS[section]}: {label}" for _deed, section, label in self.left]
        if unchanged := self.total(Deed.UNCHANGED):
            told = ngettext("%(count)s entry was up to date.", "%(count)s entries were up to date.", unchanged)
            lines.append(told % {"count": unchanged})
        return lines

    def _listed(self, deed: Deed) -> str:
        counts = self.counts[deed]
        return _(", ").join(
            f"{label} {counts[section]}" for section, label in SECTION_LABELS.items() if counts[section]
        )
