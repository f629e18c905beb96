"""The page on which a reminder is answered: looking at it (scanners of mail do) changes nothing, sending the form does.

Each page comes through two doors, see ``doors``; what is recorded is the person's, and says through which one.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.coded_reasons import coded
from roadmap.editing.answering import (
    answer_done,
    answer_forecast,
    answer_noted,
    answer_on_track,
    answer_snooze,
    take_back_answer,
)
from roadmap.editing.people import end_answer_links
from roadmap.errors import InvalidChange, NotAllowed, RoadmapError
from roadmap.models import Answer
from roadmap.vocabulary import AnswerKind
from roadmap.web.answering.doors import Visit, behind_a_link, signed_in
from roadmap.web.answering.forms import FORMS, AnswerForm
from roadmap.web.answering.page import answer_page, given_page, last_answer
from roadmap.web.answering.standing import GONE, Refused, Standing, Why
from roadmap.web.answering.words import refusal_words

NOT_ACCEPTED = 422
ACTS: dict[str, Callable[..., Answer]] = {
    AnswerKind.TRACK: answer_on_track,
    AnswerKind.DONE: answer_done,
    AnswerKind.FORECAST: answer_forecast,
    AnswerKind.NOTED: answer_noted,
    AnswerKind.SNOOZE: answer_snooze,
}
# what acts call a field, and what the forms call it
FORM_NAMES = {
    "percent_complete": ("percent",),
    "forecast_on": ("forecast_on", "completed_on"),
    "narrative_zh": ("note", "why"),
    "narrative_en": ("note", "why"),
    "url": ("evidence_url",),
}


def _answer(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The milestone's short story and the form of the answer that ``?act=`` names; a POST takes the answer in."""
    found = visit.found
    if isinstance(found, Refused):
        given = _sent_before(request, found.looking_back) if found.looking_back else None
        return HttpResponseRedirect(visit.given_address(given.pk)) if given else _refused(request, found, visit)
    asked_for = (request.POST if request.method == "POST" else request.GET).get("act", "")
    kind = AnswerKind(asked_for) if asked_for in found.acts else found.acts[0]
    if request.method != "POST":
        return _asked(request, visit, found, kind, FORMS[kind](found))
    form = FORMS[kind](found, request.POST)
    if asked_for != kind:
        form.add_error(None, _("You may not give this answer; choose another one."))
    given = _taken_in(form, kind, found, visit) if form.is_valid() else None
    if given is None:
        return _asked(request, visit, found, kind, form, status=NOT_ACCEPTED)
    return HttpResponseRedirect(visit.given_address(given.pk))


def _given(request: HttpRequest, visit: Visit, *, number: int) -> HttpResponse:
    """What was recorded; a POST takes it back where that can be done."""
    standing = visit.looking_back
    if standing is None:
        return _refused(request, visit.found, visit)
    answers = Answer.objects.select_related("update", "person", "milestone__initiative__roadmap")
    shown = answers.filter(pk=number, person=standing.person, milestone=standing.milestone).first()
    if shown is None:
        return _refused(request, Refused(Why.UNKNOWN), visit)
    problem = None
    if request.method == "POST":
        try:
            take_back_answer(shown, by=visit.by(standing), now=clock.now())
            return HttpResponseRedirect(request.path)
        except RoadmapError as error:
            problem = error.message
    context = {
        "page": given_page(shown),
        "problem": problem,
        "again": None if isinstance(visit.found, Refused) else visit.form_address,
        "milestone": standing.milestone,
    }
    return render(request, "roadmap/answer/given.html", context, status=NOT_ACCEPTED if problem else 200)


@behind_a_link
def end_links(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A POST ends all links in the person's mails so far, this one too."""
    standing = visit.looking_back
    if standing is None:
        return _refused(request, visit.found, visit)
    if request.method != "POST":
        return HttpResponseRedirect(visit.form_address)
    end_answer_links(standing.person, by=visit.by(standing), reason=coded("links-ended-from-mail"))
    return render(request, "roadmap/answer/ended.html")


def _taken_in(form: AnswerForm, kind: AnswerKind, standing: Standing, visit: Visit) -> Answer | None:
    """The recorded answer; None where the act refused it, with the reason in the form."""
    try:
        return ACTS[kind](standing.milestone, by=visit.by(standing), now=clock.now(), **form.values())
    except InvalidChange as error:
        for name, message in error.fields.items():
            field = next((one for one in FORM_NAMES.get(name, (name,)) if one in form.fields), None)
            form.add_error(field, str(message))
    except NotAllowed as error:
        form.add_error(None, str(error.message))
    return None


def _sent_before(request: HttpRequest, standing: Standing) -> Answer | None:
    """What was recorded for the very form that is sent again, though it closed the matter the first time."""
    key = request.POST.get("form_key", "")
    sent = Answer.objects.filter(form_key=key, person=standing.person, milestone=standing.milestone)
    return sent.first() if key else None


def _asked(
    request: HttpRequest, visit: Visit, standing: Standing, kind: AnswerKind, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    last = last_answer(standing)
    context = {
        "page": answer_page(standing, kind),
        "form": form,
        "milestone": standing.milestone,
        "end_address": visit.end_address,
        "last": last,
        "last_address": last and visit.given_address(last.pk),
    }
    return render(request, "roadmap/answer/page.html", context, status=status)


def _refused(request: HttpRequest, refused: Standing | Refused, visit: Visit) -> HttpResponse:
    assert isinstance(refused, Refused)  # noqa: S101  # callers have no standing to go by
    last = last_answer(refused.looking_back) if refused.looking_back else None
    context = {
        "words": refusal_words(refused),
        "milestone": refused.standing.milestone if refused.standing and refused.status == GONE else None,
        "last": last,
        "last_address": last and visit.given_address(last.pk),
    }
    return render(request, "roadmap/answer/refused.html", context, status=refused.status)


answer, given = behind_a_link(_answer), behind_a_link(_given)
answer_signed_in, given_signed_in = signed_in(_answer), signed_in(_given)
