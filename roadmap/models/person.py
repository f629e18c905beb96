"""People: those who sign in, own milestones, report and get mail."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.organisation import Organisation
from roadmap.models.zones import check_time_zone
from roadmap.vocabulary import Language, Role


class Person(AbstractUser):
    """An account with its profile: organisation, role, language and time zone. ``email`` is where mail goes."""

    first_name = None  # type: ignore[assignment]  # a Chinese name is one field
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.OBSERVER)
    language = models.CharField(_("language"), max_length=10, choices=Language.choices, default=Language.CHINESE)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai", validators=[check_time_zone])
    is_sample = models.BooleanField(_("sample"), default=False)

    history = change_history(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["full_name", "username"]
        constraints = [
            one_of("person", "role", Role),
            one_of("person", "language", Language),
            models.UniqueConstraint(
                Lower("email"),
                name="roadmap_person_email_unique",
                condition=~models.Q(email=""),
                violation_error_message=_("Another account has this address already."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def public_name(self) -> str:
        """What readers of the site and the API see: the name, never that with which the person signs in."""
        return self.full_name or gettext("person no. %(number)s") % {"number": self.pk}

    def get_full_name(self) -> str:
        """The name by which the admin greets a person."""
        return str(self)

    def get_short_name(self) -> str:
        """The same; a Chinese name isn't shortened."""
        return str(self)
