"""The application's configuration; the only place where rooms are joined that may not know each other."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoadmapConfig(AppConfig):
    """The one Django application of the project."""

    name = "roadmap"
    verbose_name = _("Roadmap")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the outbox who makes which mail: the rooms that know the words stand above it."""
        from roadmap.digests.mail import digest_mail
        from roadmap.outbox.render import register
        from roadmap.reminders.mail import reminder_mail
        from roadmap.vocabulary import MessageKind

        register(MessageKind.REMINDER, reminder_mail)
        register(MessageKind.DIGEST, digest_mail)
