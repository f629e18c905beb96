"""API tokens, and secret addresses of feeds. Only digests are stored; what is secret is shown once, when it is made."""

from collections.abc import Collection, Iterator
from itertools import combinations

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.history import change_history
from roadmap.models.person import Person
from roadmap.models.text_fields import CharField
from roadmap.vocabulary import Scope


def words_of(scopes: Collection[str]) -> str:
    """Scopes as they are stored: each once, in the vocabulary's order, with spaces."""
    return " ".join(scope.value for scope in Scope if scope in scopes)


def _all_choices() -> Iterator[tuple[Scope, ...]]:
    for number in range(1, len(Scope) + 1):
        yield from combinations(Scope, number)


class ApiToken(models.Model):
    """A key of a person for the API. ``digest`` is the SHA-256 of a 256-bit secret, in hexadecimal."""

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="api_tokens")
    name = CharField(_("name"), max_length=80)
    prefix = CharField(_("begins with"), max_length=12)
    digest = CharField(_("checksum"), max_length=64, unique=True)
    scopes = CharField(
        _("may be used for"),
        max_length=80,
        default=" ".join(Scope.values),
        help_text=_("The rights of the person limit it further."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)

    history = change_history(excluded_fields=["digest", "last_used_on"])

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="roadmap_apitoken_scopes_known",
                condition=models.Q(scopes__in=[words_of(some) for some in _all_choices()]),
                violation_error_message=_("Choose at least one of the scopes."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def scope_set(self) -> frozenset[Scope]:
        """What it may be used for."""
        return frozenset(Scope(word) for word in self.scopes.split())


class FeedAddress(models.Model):
    """A secret address under which a person's feeds are read without signing in. ``digest`` is the secret's SHA-256."""

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="feed_addresses"
    )
    name = CharField(_("name"), max_length=80)
    digest = CharField(_("checksum"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    history = change_history(excluded_fields=["digest"])

    class Meta:
        verbose_name = _("feed address")
        verbose_name_plural = _("feed addresses")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
