"""The pages on which one milestone is copied, and linked to another with a look at what that means."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.admin.base import actor_of, person_of
from roadmap.admin.foretelling_dates import in_words_of, warn_of_due_date
from roadmap.admin.foretold import in_words
from roadmap.admin.marks import day_text
from roadmap.admin.milestone_forms import DuplicateForm, LinkForm, UndoForm
from roadmap.admin.refusals import put_on_form
from roadmap.editing.dependencies import circle_closed_by, circle_in_words, link_milestones
from roadmap.editing.duplicates import duplicate_milestone
from roadmap.editing.undoing import undo_last_change, undoable_by
from roadmap.errors import RoadmapError
from roadmap.models import Milestone, WorkdayOverride
from roadmap.models.in_words import differences, names_of
from roadmap.progress.knock_on import Wait, made_worse, starting_too_early, waits_of
from roadmap.rights import may_edit

TOLD = 10


def duplicate_view(model_admin: Any, request: HttpRequest, object_id: int) -> HttpResponse:
    """Asks what the copy is called and when it is due; makes it."""
    milestone = _milestone_of(request, object_id)
    links = [
        *milestone.predecessor_links.select_related("predecessor__initiative", "successor"),
        *milestone.successor_links.select_related("predecessor", "successor__initiative", "successor__organisation"),
    ]
    form = DuplicateForm(request.POST or None, original=milestone, links=links)
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data.pop("links", ()))
        taken = [link for link in links if str(link.pk) in chosen]
        try:
            made = duplicate_milestone(
                milestone, by=actor_of(request), now=clock.now(), links=taken, **form.cleaned_data
            )
        except RoadmapError as error:
            put_on_form(error, form)
        else:
            messages.success(request, _("The copy is made; nothing is reported on it yet."))
            warn_of_due_date(request, made)
            return HttpResponseRedirect(reverse("admin:roadmap_milestone_change", args=[made.pk]))
    told = _("A new milestone like this one, with its deliverables, none of them done. Reports are not copied.")
    return _page(model_admin, request, form, milestone, title=_("Duplicate"), told=told)


def link_view(model_admin: Any, request: HttpRequest, object_id: int) -> HttpResponse:
    """Asks what waits for what; ``_preview`` shows what that means, else the link is made."""
    milestone = _milestone_of(request, object_id)
    form = LinkForm(request.POST or None, milestone=milestone)
    consequences: list[str] = []
    if request.method == "POST" and form.is_valid():
        first, waiting = form.ends()
        if circle := circle_closed_by(first, waiting):
            form.add_error("other", circle_in_words(circle))
        elif "_preview" in request.POST:
            consequences = _consequences(first, waiting, lag=form.cleaned_data["lag_working_days"])
        else:
            lag, reason = form.cleaned_data["lag_working_days"], form.cleaned_data["reason"]
            try:
                link_milestones(first, waiting, by=actor_of(request), lag_working_days=lag, reason=reason)
            except RoadmapError as error:
                put_on_form(error, form)
            else:
                messages.success(request, _("The dependency is there."))
                return HttpResponseRedirect(reverse("admin:roadmap_milestone_change", args=[milestone.pk]))
    return _page(
        model_admin, request, form, milestone, title=_("Add a dependency"), consequences=consequences, has_preview=True
    )


def undo_view(model_admin: Any, request: HttpRequest, object_id: int) -> HttpResponse:
    """Shows what undoing one's last change would bring back; does it."""
    milestone = _milestone_of(request, object_id)
    found = undoable_by(person_of(request), milestone, now=clock.now())
    record = found.last.history_id if found else 0
    form = UndoForm(request.POST or None, initial={"record": record})
    if request.method == "POST" and form.is_valid():
        try:
            undo_last_change(milestone, by=actor_of(request), now=clock.now(), record=form.cleaned_data["record"])
        except RoadmapError as error:
            put_on_form(error, form)
        else:
            messages.success(request, _("Your last change is undone; both stand in the change record."))
            return HttpResponseRedirect(reverse("admin:roadmap_milestone_change", args=[milestone.pk]))
    told = _("There is no change of yours that can be undone: it was changed since, or more than a day ago.")
    back: list[str] = []
    if found is not None:
        told = _("It is set back to what it was before your last change. Reports and mail that went out stay.")
        names = names_of(Milestone, [found.last, found.before])
        changed = differences(Milestone, found.last, found.before, names)
        back = [in_words(one.label, one.before, one.after) for one in changed]
    return _page(model_admin, request, form, milestone, title=_("Undo my last change"), told=told, consequences=back)


def _milestone_of(request: HttpRequest, object_id: int) -> Milestone:
    related = ("initiative__roadmap", "phase", "workstream", "organisation", "owner")
    milestone = Milestone.objects.select_related(*related).filter(pk=object_id).first()
    if milestone is None:
        raise Http404
    if not may_edit(person_of(request), milestone):
        raise PermissionDenied
    return milestone


def _consequences(first: Milestone, waiting: Milestone, *, lag: int) -> list[str]:
    """When the waiting one may start, and who has to start later for it: in words. Three queries at most."""
    roadmap = waiting.initiative.roadmap
    calendar = WorkdayOverride.objects.calendar(roadmap.calendar)
    done_on = first.completed_on or first.due_on
    may_start = calendar.day_after_lag(done_on, lag)
    told = [
        _("“%(first)s” is due on %(day)s: “%(second)s” may start on %(start)s, planned is %(planned)s")
        % {
            "first": first.title,
            "day": day_text(done_on),
            "second": waiting.title,
            "start": day_text(may_start),
            "planned": day_text(waiting.planned_start_on),
        }
    ]
    if calendar.is_provisional_between(done_on, may_start):
        told.append(_("in a year whose working days are not published yet"))
    known = waits_of([roadmap.pk])
    link = Wait(first.pk, waiting.pk, lag, waiting.planned_start_on, waiting.due_on)
    due = {first.pk: done_on}
    found = made_worse(
        starting_too_early(due, known, calendar=calendar), starting_too_early(due, [*known, link], calendar=calendar)
    )
    titles = {one.pk: one.title for one in Milestone.objects.filter(pk__in=[one.milestone for one in found[:TOLD]])}
    told += [in_words_of(one, titles[one.milestone]) for one in found[:TOLD]]
    return told if found else [*told, _("nobody has to start later")]


def _page(
    model_admin: Any, request: HttpRequest, form: Any, milestone: Milestone, *, title: str, **more: Any
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "subtitle": None,
        "heading": f"{title}: {milestone.title}",
        "opts": model_admin.opts,
        "form": form,
        "media": model_admin.media + form.media,
        "back": reverse("admin:roadmap_milestone_change", args=[milestone.pk]),
        **more,
    }
    return TemplateResponse(request, "admin/roadmap/ask.html", context)
