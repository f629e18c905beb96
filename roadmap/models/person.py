"""People: those who sign in, own milestones, report and get mail."""

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roadmap.addresses import mailbox_key
from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.organisation import Organisation
from roadmap.models.text_fields import CharField
from roadmap.models.zones import check_time_zone
from roadmap.vocabulary import CalendarCode, Language, PersonKind, Role

ADDRESS_TAKEN = _("Another account has this address already.")


class Person(AbstractUser):
    """An account with its profile: organisation, role, language and time zone. ``email`` is where mail goes.

    ``second_factor_since`` is null while they sign in by password alone. The links in a person's reminders hold while
    ``answer_links_generation`` is the one that they were made in. ``password_set_by`` is who gave them their password,
    and could sign in as them; null where they chose it themselves. ``links_shown_to`` are those who were shown mail of
    theirs with working links, and could act by them.
    """

    first_name = None  # type: ignore[assignment]  # a Chinese name is one field
    last_name = None  # type: ignore[assignment]
    full_name = CharField(_("name"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    kind = CharField(_("kind"), max_length=8, choices=PersonKind.choices, default=PersonKind.HUMAN, editable=False)
    role = CharField(_("role"), max_length=12, choices=Role.choices, default=Role.OBSERVER)
    language = CharField(_("language"), max_length=10, choices=Language.choices, default=Language.CHINESE)
    time_zone = CharField(_("time zone"), max_length=40, default="Asia/Shanghai", validators=[check_time_zone])
    calendar = CharField(
        _("working days of"),
        max_length=20,
        choices=CalendarCode.choices,
        default=CalendarCode.MAINLAND,
        help_text=_("Which days are the person's days off. Rules count days by the roadmap's calendar."),
    )
    optional_reminders = models.BooleanField(
        _("optional reminders"),
        default=True,
        help_text=_("Those before a due date. What is overdue or escalated is sent in any case."),
    )
    quiet_from = models.TimeField(
        _("no mail from"),
        null=True,
        blank=True,
        help_text=_("In the person's time zone. Both empty: as set for the whole site. Both the same: at any hour."),
    )
    quiet_until = models.TimeField(_("no mail until"), null=True, blank=True)
    quiet_on_days_off = models.BooleanField(
        _("no reminders on days off"),
        null=True,
        blank=True,
        help_text=_("They come on the next working day, unless that would be too late. Unknown: as set for the site."),
    )
    answer_links_generation = models.PositiveIntegerField(_("generation of answer links"), default=0, editable=False)
    second_factor_since = models.DateTimeField(_("second factor since"), null=True, blank=True, editable=False)
    password_set_by = models.ForeignKey(
        "self",
        verbose_name=_("password set by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    links_shown_to = models.ManyToManyField(
        "self", verbose_name=_("links shown to"), blank=True, editable=False, symmetrical=False, related_name="+"
    )
    is_sample = models.BooleanField(_("sample"), default=False)

    history = change_history(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["full_name", "username"]
        constraints = [
            one_of("person", "role", Role),
            one_of("person", "kind", PersonKind),
            models.CheckConstraint(
                name="roadmap_person_service_signs_in_nowhere",
                condition=~models.Q(kind=PersonKind.SERVICE) | models.Q(is_staff=False, is_superuser=False, email=""),
                violation_error_message=_("A service account has no place in the administration, and gets no mail."),
            ),
            one_of("person", "language", Language),
            one_of("person", "calendar", CalendarCode),
            models.CheckConstraint(
                name="roadmap_person_quiet_hours_whole",
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                violation_error_message=_("Quiet hours need both their beginning and their end, or neither."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="roadmap_person_email_unique",
                condition=~models.Q(email=""),
                violation_error_message=ADDRESS_TAKEN,
            ),
        ]

    def __str__(self) -> str:
        return self.public_name

    def clean(self) -> None:
        """One address, one account, in whatever way it is written; the database knows the difference of case only."""
        super().clean()
        if not self.email:
            return
        known = dict(Person.objects.exclude(email="").values_list("pk", "email"))
        if known.pop(self.pk, None) != self.email and mailbox_key(self.email) in map(mailbox_key, known.values()):
            raise ValidationError({"email": ADDRESS_TAKEN})

    @property
    def public_name(self) -> str:
        """What readers of the site and the API see: the name, never that with which the person signs in."""
        return public_name(self.pk, self.full_name)

    def get_full_name(self) -> str:
        """The name by which the admin greets a person."""
        return str(self)

    def get_short_name(self) -> str:
        """The same; a Chinese name isn't shortened."""
        return str(self)


def public_name(number: int, full_name: str) -> str:
    """The full name, or else the account's number in words, in the active language."""
    return full_name or gettext("person no. %(number)s") % {"number": number}
