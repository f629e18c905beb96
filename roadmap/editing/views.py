"""Acts on the views that people keep for themselves."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Person, SavedView
from roadmap.models.history import Actor, note_change
from roadmap.validity import check_whole
from roadmap.vocabulary import ViewPlace

MOST_VIEWS = 30


def save_view(person: Person, *, by: Actor, name: str, query: str, place: ViewPlace = ViewPlace.ADMIN) -> SavedView:
    """Keep ``query`` under ``name`` for ``person``; a view of theirs of the place that has the name already shows this
    from now on.

    Raises InvalidChange for a name that is missing or too long, or one view too many; NotAllowed for others.
    """
    _require_own(by, person)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        known = SavedView.objects.filter(person=person, place=place, name=name).first()
        if known is None and SavedView.objects.filter(person=person).count() >= MOST_VIEWS:
            raise InvalidChange({"name": _("You have as many views as one can keep; remove one first.")})
        view = known or SavedView(person=person, place=place, name=name)
        view.query = query
        check_whole(view)
        note_change(view, by=by)
        view.save()
    return view


def remove_view(view: SavedView, *, by: Actor) -> None:
    """Forget a view; its history stays. Raises NotAllowed."""
    _require_own(by, view.person)
    with transaction.atomic():
        note_change(view, by=by)
        view.delete()


def _require_own(by: Actor, person: Person) -> None:
    if by.person is None or by.person.pk != person.pk:
        raise NotAllowed(_("Views are kept by their own person alone."))
