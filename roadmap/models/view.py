"""Views that people keep for themselves: a name for what they narrow a list to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.person import Person
from roadmap.models.text_fields import CharField
from roadmap.vocabulary import ViewPlace


class SavedView(models.Model):
    """One person's name for a search, filters and an order of the list of milestones, of the administration or of the
    website.

    ``query`` is what stands behind the ``?`` of the address, without page numbers.
    """

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="saved_views")
    place = CharField(_("place"), max_length=10, choices=ViewPlace.choices, default=ViewPlace.ADMIN)
    name = CharField(_("name"), max_length=60)
    query = CharField(_("what it shows"), max_length=1500)

    history = change_history()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [
            one_of("savedview", "place", ViewPlace),
            models.UniqueConstraint(
                fields=["person", "place", "name"],
                name="roadmap_savedview_name_once",
                violation_error_message=_("You have a view of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
