"""The application's configuration; the only place where rooms are joined that may not know each other."""

from sqlite3 import SQLITE_LIMIT_VARIABLE_NUMBER
from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class RoadmapConfig(AppConfig):
    """The one Django application of the project."""

    name = "roadmap"
    verbose_name = _("Roadmap")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the outbox who makes which mail, and what is looked at before it goes: those rooms stand above it."""
        from roadmap.digests.mail import digest_mail, prepare_digests
        from roadmap.digests.subscriptions import issue_still_wanted, unsubscribe_from_mail
        from roadmap.editing.account_notices import notice_mail
        from roadmap.editing.comment_mail import comment_mail, comment_still_there
        from roadmap.editing.invitation_mail import invitation_mail
        from roadmap.editing.invitations import invitation_still_open
        from roadmap.editing.password_reset import reset_mail, reset_still_of_use
        from roadmap.outbox import leaving
        from roadmap.outbox.render import register
        from roadmap.outbox.truth import register_check
        from roadmap.reminders.claimed import prepare_reminders
        from roadmap.reminders.mail import reminder_mail
        from roadmap.reminders.meant import reader_is_still_meant
        from roadmap.reminders.optional import leave_from_mail
        from roadmap.reminders.still_true import reminders_still_true
        from roadmap.vocabulary import MessageKind
        from roadmap.web.signing.sessions import note_start

        register(MessageKind.REMINDER, reminder_mail, prepare=prepare_reminders)
        register(MessageKind.DIGEST, digest_mail, prepare=prepare_digests)
        register(MessageKind.INVITATION, invitation_mail)
        register_check(MessageKind.INVITATION, invitation_still_open)
        register(MessageKind.PASSWORD_RESET, reset_mail)
        register_check(MessageKind.PASSWORD_RESET, reset_still_of_use)
        register(MessageKind.ACCOUNT_NOTICE, notice_mail)
        register(MessageKind.COMMENT, comment_mail)
        register_check(MessageKind.COMMENT, comment_still_there)
        register_check(MessageKind.DIGEST, issue_still_wanted)
        register_check(MessageKind.REMINDER, reminders_still_true)
        register_check(MessageKind.REMINDER, reader_is_still_meant)
        pre_migrate.connect(_without_triggers, sender=self, dispatch_uid="roadmap_without_triggers")
        post_migrate.connect(_with_factors, sender=self, dispatch_uid="roadmap_with_factors")
        post_migrate.connect(_with_triggers, sender=self, dispatch_uid="roadmap_with_triggers")
        leaving.register(MessageKind.REMINDER, leave_from_mail)
        leaving.register(MessageKind.DIGEST, unsubscribe_from_mail)
        user_logged_in.connect(note_start, dispatch_uid="roadmap_session_start")
        connection_created.connect(_let_sqlite_take_what_it_can, dispatch_uid="roadmap_sqlite_limits")


def _let_sqlite_take_what_it_can(connection: Any, **_rest: object) -> None:
    """Django cuts bulk statements into pieces of 999 values, the limit of old; ask SQLite for its real one."""
    if connection.vendor == "sqlite":
        most = connection.connection.getlimit(SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = most


def _with_factors(using: str, **_rest: object) -> None:
    from roadmap.editing.former_factors import bring_factors_along

    bring_factors_along(using)


def _without_triggers(using: str, **_rest: object) -> None:
    from roadmap.models import revision_triggers

    revision_triggers.remove(using)


def _with_triggers(using: str, apps: Any = registry, **_rest: object) -> None:
    """``apps`` are the models as migrated so far."""
    from roadmap.models import revision_triggers

    revision_triggers.install(using, apps)
