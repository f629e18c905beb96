"""How a roadmap stands, in one sentence: its health, what is overdue, the next gate, the variance."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from roadmap.progress.summary import PhaseProgress, RoadmapSummary
from roadmap.web.presenters.values import Sign, figures_view, group_sign


@dataclass(frozen=True)
class Verdict:
    """The sentence, and the sign of the health that it begins with."""

    sign: Sign
    text: str


def verdict_on(summary: RoadmapSummary) -> Verdict:
    """The sentence in the active language, by the day of the summary."""
    overall = figures_view(summary.overall)
    sign = group_sign(summary.overall.rag)
    if overall.is_empty:
        return Verdict(sign, _("No milestones yet"))
    late = ngettext("%(count)d overdue", "%(count)d overdue", overall.late) % {"count": overall.late}
    said = [late if overall.late else _("nothing overdue"), _gate(summary.phases), overall.variance_words]
    facts = pgettext("between clauses", ", ").join(one for one in said if one)
    if summary.overall.rag is None:
        return Verdict(sign, facts)
    return Verdict(sign, _("%(health)s: %(facts)s") % {"health": sign.word, "facts": facts})


def _gate(phases: list[PhaseProgress]) -> str:
    """The next gate, or that the last one has passed; nothing without phases."""
    days = [one.days_to_gate for one in phases]
    ahead = [one for one in days if one >= 0]
    if not days:
        return ""
    if not ahead:
        return ngettext("last gate %(count)d day ago", "last gate %(count)d days ago", -max(days)) % {
            "count": -max(days)
        }
    if min(ahead) == 0:
        return _("gate today")
    return ngettext("gate in %(count)d day", "gate in %(count)d days", min(ahead)) % {"count": min(ahead)}
