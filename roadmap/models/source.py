"""Where entries come from: a cited source, and the mark that each entry carries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.bilingual import Localized
from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.text_fields import CharField, URLField
from roadmap.vocabulary import Provenance


class Source(models.Model):
    """A publication that entries are taken from."""

    code = models.SlugField(_("code"), max_length=80, unique=True)
    title_zh = CharField(_("title (Chinese)"), max_length=300)
    title_en = CharField(_("title (English)"), max_length=300)
    citation_zh = CharField(_("citation (Chinese)"), max_length=300)
    citation_en = CharField(_("citation (English)"), max_length=300)
    published_on = models.DateField(_("published on"))
    url = URLField(_("address"), blank=True)

    title = Localized("title")
    citation = Localized("citation")
    history = change_history()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["-published_on", "code"]

    def __str__(self) -> str:
        return self.citation


class Marked(models.Model):
    """An entry with its mark: sourced (then with its source), derived, sample, or entered by people."""

    provenance = CharField(_("provenance"), max_length=10, choices=Provenance.choices, default=Provenance.ENTERED)
    source = models.ForeignKey(
        Source, verbose_name=_("source"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class DaysMarked(models.Model):
    """An entry whose days may come from elsewhere than the rest of it, as a derived gate in a sourced phase."""

    days_provenance = CharField(
        _("provenance of its days"),
        max_length=10,
        choices=Provenance.choices,
        blank=True,
        default="",
        help_text=_("Where its days come from elsewhere than the rest; empty: as the entry itself."),
    )

    class Meta:
        abstract = True


def days_constraint(model: str) -> models.BaseConstraint:
    """The constraint of a ``DaysMarked`` model: a known mark, or none."""
    known = models.Q(days_provenance__in=["", *Provenance.values])
    return models.CheckConstraint(name=f"roadmap_{model}_days_provenance_known", condition=known)


def marked_constraints(model: str) -> list[models.BaseConstraint]:
    """The constraints of a ``Marked`` model: a known mark, and a source wherever the mark is *sourced*."""
    return [
        one_of(model, "provenance", Provenance),
        models.CheckConstraint(
            name=f"roadmap_{model}_sourced_has_source",
            condition=~models.Q(provenance=Provenance.SOURCED) | models.Q(source__isnull=False),
            violation_error_message=_("A sourced entry needs its source."),
        ),
    ]
