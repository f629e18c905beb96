"""Acts on one or many milestones from the admin: a page that asks, foretells, and does all or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from roadmap import clock
from roadmap.admin.act_forms import (
    CompleteForm,
    ReasonForm,
    ReassignForm,
    RemarkForm,
    RescheduleForm,
    TagForm,
    WeightForm,
)
from roadmap.admin.base import actor_of, person_of
from roadmap.admin.foretelling import foretell, show_evidence, show_missing
from roadmap.admin.foretelling_mail import foretell_mail, show_mail_that_waits
from roadmap.admin.foretold import Row
from roadmap.admin.meanwhile import tell_meanwhile, version_seen
from roadmap.editing.many_milestones import Change, ManyRefused, Step, change_many
from roadmap.editing.milestones import finish, give_up, move_dates, open_again, set_fields
from roadmap.editing.verification import missing_for_verification, require_verifiable, verify_completion
from roadmap.errors import RoadmapError
from roadmap.models import Milestone, WorkdayOverride
from roadmap.models.history import Actor
from roadmap.rights import may_edit
from roadmap.vocabulary import OPEN_STATUSES, HookEvent

AT_MOST = 200
MOST_ID_DIGITS = 18  # what a database's number holds for certain
Plan = Callable[[Any, datetime], Step]  # from the form and the instant, what is done to each


@dataclass(frozen=True)
class Verb:
    """An act as the admin offers it: its words, the form that it asks with, and what is done to each milestone.

    There is no ``plan`` for verifying, which looks at each one's history.
    """

    code: str
    title: Any
    form: type[forms.Form]
    plan: Plan | None
    to_open: bool | None = True  # None: to any
    is_grave: bool = False
    may: Callable[[Any, Milestone], bool] = may_edit
    also: HookEvent | None = None


def _complete(form: Any, now: datetime) -> Step:
    calendar_of = cache(WorkdayOverride.objects.calendar)
    return lambda one: finish(one, now=now, completed_on=form.cleaned_data["completed_on"], calendar_of=calendar_of)


def _reschedule(form: Any, _now: datetime) -> Step:
    def step(milestone: Milestone) -> None:
        start, due = form.new_dates(milestone)
        move_dates(milestone, due_on=due, planned_start_on=start)

    return step


def _reassign(form: Any, _now: datetime) -> Step:
    return lambda one: set_fields(one, form.new_holders(one))


def _weigh(form: Any, _now: datetime) -> Step:
    return lambda one: set_fields(one, {"weight": form.new_weight(one)})


def _tag(form: Any, _now: datetime) -> Step:
    return lambda one: set_fields(one, {"tags": form.new_tags(one)})


def _cancel(_form: Any, now: datetime) -> Step:
    return lambda one: give_up(one, now=now)


def _reopen(_form: Any, _now: datetime) -> Step:
    return open_again


VERBS = {
    verb.code: verb
    for verb in (
        Verb("complete", gettext_lazy("Complete"), CompleteForm, _complete, also=HookEvent.MILESTONE_COMPLETED),
        Verb("reschedule", gettext_lazy("Reschedule"), RescheduleForm, _reschedule),
        Verb("reassign", gettext_lazy("Reassign"), ReassignForm, _reassign),
        Verb("weigh", gettext_lazy("Set weights"), WeightForm, _weigh, to_open=None),
        Verb("tag", gettext_lazy("Set tags"), TagForm, _tag, to_open=None),
        Verb("cancel", gettext_lazy("Cancel milestones"), ReasonForm, _cancel, is_grave=True),
        Verb("verify", gettext_lazy("Verify"), RemarkForm, None, to_open=False),
        Verb("reopen", gettext_lazy("Reopen"), ReasonForm, _reopen, to_open=False),
    )
}


def act_view(model_admin: Any, request: HttpRequest, code: str) -> HttpResponse:
    """The page of one act: ``?ids=1,2`` names the milestones. GET asks, POST ``_preview`` shows, POST does."""
    if code not in VERBS:
        raise Http404
    verb = VERBS[code]
    rows = [_row(milestone, verb, request) for milestone in _milestones(request)]
    if not rows:
        raise Http404
    if verb.code == "verify":
        show_evidence(rows)
    if verb.code == "complete":
        show_missing(rows)
    data = request.POST if request.method == "POST" else None
    form: Any = verb.form(data, by=person_of(request)) if verb.form is ReassignForm else verb.form(data)
    form.initial |= {name: text for name, text in request.GET.items() if name in form.fields}  # as the timeline asks
    codes = {row.milestone.initiative.roadmap.calendar for row in rows}
    form.calendars = {code: WorkdayOverride.objects.calendar(code) for code in codes}
    if request.method == "POST":
        is_right = form.is_valid()
        if is_right and "_preview" not in request.POST and _done(verb, rows, form, request):
            messages.success(request, _told(verb, rows))
            if verb.code == "complete":
                _warn_of_what_is_missing(request, rows)
            return HttpResponseRedirect(_way_back(request, rows))
        tell_meanwhile(rows, request.POST)
        if is_right:
            now = clock.now()
            _try(verb, rows, form, request)
            foretell(verb.code, rows, form, now=now)
            show_mail_that_waits(rows)
            foretell_mail(rows, now=now)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": verb.title,
        "subtitle": None,
        "opts": model_admin.opts,
        "verb": verb,
        "form": form,
        "rows": rows,
        "media": model_admin.media + form.media,
        "back": _way_back(request, rows),
        "is_previewed": request.method == "POST" and form.is_valid(),
        "is_possible": any(not row.refusal for row in rows) or request.method == "POST",
    }
    return TemplateResponse(request, "admin/roadmap/act.html", context)


def _milestones(request: HttpRequest) -> list[Milestone]:
    words = request.GET.get("ids", "").split(",")[:AT_MOST]
    ids = [int(word) for word in words if word.isdecimal() and len(word) <= MOST_ID_DIGITS]
    related = ("initiative__pillar", "initiative__roadmap", "phase", "organisation", "owner")
    return list(Milestone.objects.filter(pk__in=ids).select_related(*related))


def why_not_verify(request: HttpRequest, milestone: Milestone) -> str:
    """Why the act would refuse to let the reader verify the milestone, empty where it wouldn't."""
    today = clock.day_in(milestone.initiative.roadmap.time_zone, at=clock.now())
    try:
        require_verifiable(milestone, by=actor_of(request), today=today)
    except RoadmapError as error:
        return str(error.message)
    return ""


def _row(milestone: Milestone, verb: Verb, request: HttpRequest) -> Row:
    row = Row(milestone)
    if verb.code == "verify":
        row.refusal = why_not_verify(request, milestone)
    elif not verb.may(request.user, milestone):
        row.refusal = _("You may not do this: only the lead of its organisation or the programme office may.")
    elif verb.to_open is not None and (milestone.status in OPEN_STATUSES) != verb.to_open:
        row.refusal = _("It is closed already.") if verb.to_open else _("It is open already.")
    return row


def _done(verb: Verb, rows: list[Row], form: Any, request: HttpRequest) -> bool:
    """Do it to all; when one refuses, do it to none and leave each refusal on its row."""
    versions = {row.milestone.pk: version_seen(row.milestone, request.POST) for row in rows}
    with transaction.atomic():
        _act_on(verb, rows, form, request, versions=versions)
        if any(row.refusal for row in rows):
            transaction.set_rollback(True)
            return False
    return True


def _try(verb: Verb, rows: list[Row], form: Any, request: HttpRequest) -> None:
    """Do it to each of those that nothing hinders, and take it back: what it would leave is written on the row."""
    possible = [row for row in rows if not row.refusal]
    with transaction.atomic():
        _act_on(verb, possible, form, request, versions={})
        others = [row for row in possible if not row.refusal]
        if verb.plan is not None and len(others) < len(possible):  # none was changed, as some refused
            _act_on(verb, others, form, request, versions={})
        left = {one.pk: one for one in _milestones(request)}
        for row in possible:
            row.would_be = None if row.refusal else left[row.milestone.pk]
        transaction.set_rollback(True)


def _act_on(
    verb: Verb, rows: list[Row], form: Any, request: HttpRequest, *, versions: Mapping[int, int | None]
) -> None:
    """Do it to the milestones that are in those versions; what stands against it is written on its row, and then of
    what is done to many at once nothing is."""
    reason, now, by = form.cleaned_data.get("reason", ""), clock.now(), actor_of(request)
    for row in rows:
        row.refusal = ""
        if verb.plan is None:
            row.refusal = _verified(row.milestone, versions.get(row.milestone.pk), by=by, now=now, reason=reason)
    if verb.plan is None:
        return
    step = verb.plan(form, now)
    changes = [Change(row.milestone, step, versions.get(row.milestone.pk)) for row in rows]
    try:
        change_many(changes, by=by, now=now, reason=reason, also=verb.also)
    except ManyRefused as refused:
        for position, error in refused.errors.items():
            rows[position].refusal = str(error.message)
    except RoadmapError as error:
        for row in rows:
            row.refusal = str(error.message)


def _verified(milestone: Milestone, version: int | None, *, by: Actor, now: datetime, reason: str) -> str:
    """Verify it; why that can't be, empty where it is."""
    try:
        with transaction.atomic():
            verify_completion(milestone, by=by, now=now, reason=reason, expected_version=version)
    except RoadmapError as error:
        return str(error.message)
    return ""


def _told(verb: Verb, rows: list[Row]) -> str:
    return ngettext("%(act)s: %(count)d milestone, done.", "%(act)s: %(count)d milestones, done.", len(rows)) % {
        "act": verb.title,
        "count": len(rows),
    }


def _warn_of_what_is_missing(request: HttpRequest, rows: list[Row]) -> None:
    """Say of what was completed what its verification still lacks."""
    missing = missing_for_verification([row.milestone.pk for row in rows])
    for row in rows:
        if words := [one.text for one in missing.get(row.milestone.pk, [])]:
            messages.warning(request, f"{row.milestone.title}: {' '.join(words)}")


def _way_back(request: HttpRequest, rows: list[Row]) -> str:
    if request.GET.get("back") == "change":
        return reverse("admin:roadmap_milestone_change", args=[rows[0].milestone.pk])
    return reverse("admin:roadmap_milestone_changelist")
