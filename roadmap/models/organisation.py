"""The tree of departments and customs districts that own milestones."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.bilingual import Localized
from roadmap.models.history import change_history
from roadmap.models.source import Marked, marked_constraints
from roadmap.models.text_fields import CharField


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Questions about the tree."""

    def subtree_of(self, organisation: "Organisation") -> "OrganisationQuerySet":
        """The organisation itself and everything below it."""
        return self.filter(path__startswith=organisation.path)


class Organisation(Marked):
    """A unit of the tree. ``path`` lists the codes from the root, each ended by a slash, as ``gacc/statistics/``."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = CharField(_("name (Chinese)"), max_length=120)
    name_en = CharField(_("name (English)"), max_length=200)
    parent = models.ForeignKey(
        "self", verbose_name=_("belongs to"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = CharField(_("path"), max_length=400, unique=True, editable=False)
    lead = models.ForeignKey(
        "roadmap.Person", verbose_name=_("lead"), null=True, blank=True, on_delete=models.SET_NULL, related_name="leads"
    )

    objects = OrganisationQuerySet.as_manager()
    name = Localized("name")
    history = change_history()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["path"]
        constraints = [
            *marked_constraints("organisation"),
            models.CheckConstraint(name="roadmap_organisation_path_ends_with_slash", condition=Q(path__endswith="/")),
            models.CheckConstraint(
                name="roadmap_organisation_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_message=_("An organisation can't belong to itself or to one below it."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
