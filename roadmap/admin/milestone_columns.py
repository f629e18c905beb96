"""The columns of the list of milestones."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from roadmap import clock
from roadmap.admin.marks import MarkedColumns, countdown, day_text, progress_bar, provenance_badge, rag_badge
from roadmap.admin.milestone_rows import shown_ahead, shown_line
from roadmap.models import Milestone


class MilestoneColumns(MarkedColumns):
    """Answers at sight: what, for what, who, when, how it stands, when last heard of."""

    @display(description=_("milestone"), ordering="title_zh")
    def shown_title(self, milestone: Milestone) -> SafeString:
        """The title, with phase, initiative, pillar and tags below."""
        return format_html(
            '<span class="rm-title">{}</span><span class="rm-why">{} {} · {} · {} {} {}</span>',
            milestone.title,
            _missing_title(milestone),
            milestone.phase.title,
            milestone.initiative.title,
            milestone.initiative.pillar.title,
            provenance_badge(milestone.provenance),
            format_html_join("", '<span class="rm-tag">{}</span>', ((tag,) for tag in milestone.tags)),
        )

    @display(description=_("owner"), ordering="owner__full_name")
    def shown_owner(self, milestone: Milestone) -> SafeString:
        """The person, with the organisation below."""
        return format_html(
            '<span class="rm-title">{}</span><span class="rm-why">{}</span>',
            milestone.owner or _("nobody yet"),
            milestone.organisation or "",
        )

    @display(description=_("due date"), ordering="due_on")
    def shown_due(self, milestone: Milestone) -> SafeString:
        """The day, with the countdown below."""
        return countdown(milestone.due_on, shown_line(milestone).figures)

    @display(description=_("health"))
    def shown_health(self, milestone: Milestone) -> SafeString:
        """Red, amber or green, and why."""
        return rag_badge(shown_line(milestone).figures)

    @display(description=_("actual / planned"))
    def shown_progress(self, milestone: Milestone) -> SafeString:
        """The bar."""
        figures = shown_line(milestone).figures
        return progress_bar(figures.planned_percent, figures.earned_percent, figures.verified_percent)

    @display(description=_("report and reminder"))
    def shown_report(self, milestone: Milestone) -> SafeString:
        """The day of which the latest update speaks; below it when the rules speak next, if nothing changes."""
        latest, ahead = shown_line(milestone).latest_update, shown_ahead(milestone)
        told = ""
        if ahead is not None:
            day = clock.day_in(milestone.initiative.roadmap.time_zone, at=ahead.threshold.at)
            told = _("next reminder %(day)s: %(rule)s") % {"day": day_text(day), "rule": ahead.rule.name}
        return format_html(
            '<span class="rm-date">{}</span><span class="rm-why">{}</span>',
            day_text(latest.reported_on) if latest else "–",
            told,
        )


def _missing_title(milestone: Milestone) -> SafeString | str:
    missing = milestone.missing_title
    if not missing:
        return ""
    return format_html('<span class="rm-mark rm-amber">{}</span>', gettext("missing: %(what)s") % {"what": missing})
