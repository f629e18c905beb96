"""Comments from the page of a milestone: written, and removed by who wrote them."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from roadmap import clock
from roadmap.editing.comments import may_remove_comment, remove_comment, write_comment
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Comment, Milestone, Person
from roadmap.models.comment import LONGEST_COMMENT
from roadmap.rights import may_report
from roadmap.texts import clean_text
from roadmap.web.frame import frame_for
from roadmap.web.own.doors import by

REFUSED, FORBIDDEN = 422, 403


def comment(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """Take the comment in and lead to it; what is refused comes back with its text, and nothing is lost."""
    milestone = get_object_or_404(Milestone.objects.select_related("initiative__roadmap", "organisation"), code=code)
    text = clean_text(request.POST.get("text", ""))
    try:
        made = write_comment(milestone, by=by(person), now=clock.now(), text=text)
    except (InvalidChange, NotAllowed) as error:
        why = " ".join(str(one) for one in error.fields.values()) if isinstance(error, InvalidChange) else error.message
        context = {
            "frame": frame_for(request, roadmap=milestone.initiative.roadmap),
            "milestone": milestone,
            "may_comment": may_report(person, milestone),
            "text": text,
            "why": why,
            "longest": LONGEST_COMMENT,
        }
        status = FORBIDDEN if isinstance(error, NotAllowed) else REFUSED
        return render(request, "roadmap/own/comment.html", context, status=status)
    return HttpResponseRedirect(f"{_page(code)}#comment-{made.pk}")


def remove(request: HttpRequest, person: Person, code: str, number: int) -> HttpResponse:
    """Take away a comment that is the person's to remove; anybody else's isn't there."""
    found = Comment.objects.filter(pk=number, milestone__code=code).first()
    if found is not None and may_remove_comment(person, found):
        remove_comment(found, by=by(person))
    return HttpResponseRedirect(f"{_page(code)}#h-comments")


def _page(code: str) -> str:
    return reverse("web:milestone", kwargs={"code": code})
