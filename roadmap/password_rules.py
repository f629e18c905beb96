"""What a password has to be like: Django's rules, in the site's words of both languages."""

from django.contrib.auth import password_validation as rules
from django.utils.translation import gettext as _


class NotLikeThePerson(rules.UserAttributeSimilarityValidator):
    """Not the name or the address."""

    def get_error_message(self) -> str:
        """Said of a field."""
        return _("The password is too similar to: %(verbose_name)s.")

    def get_help_text(self) -> str:
        """Said beforehand."""
        return _("Not similar to your name, user name or e-mail address.")


class LongEnough(rules.MinimumLengthValidator):
    """So many characters."""

    def get_error_message(self) -> str:
        """With the number."""
        return _("The password is too short. It needs at least %(number)s characters.") % {"number": self.min_length}

    def get_help_text(self) -> str:
        """Said beforehand."""
        return _("At least %(number)s characters.") % {"number": self.min_length}


class NotCommon(rules.CommonPasswordValidator):
    """None of those that are tried first."""

    def get_error_message(self) -> str:
        """Why."""
        return _("Many people use this password, so it is among the first to be guessed.")

    def get_help_text(self) -> str:
        """Said beforehand."""
        return _("None that many people use.")
