"""What a password has to be like: Django's rules, in the site's words of both languages."""

import re

from django.contrib.auth import password_validation as rules
from django.core.exceptions import ValidationError
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


class NotOfTheProgramme:
    """More than words that everybody here would try: without them, with figures and signs, six letters are left."""

    WORDS = (
        *("smart-customs", "smartcustoms", "customs", "smart", "roadmap", "tracker", "milestone", "programme", "china"),
        *("beijing", "password", "welcome", "admin", "haiguan", "zhihui", "luxiantu", "zhonghua", "zhongguo"),
        *("智慧", "海关", "路线图", "跟踪", "系统", "总署", "密码", "中国"),
    )
    LETTERS = 6

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError."""
        left = re.sub("|".join(self.WORDS), "", password.lower())
        if left != password.lower() and len(re.findall(r"[^\W\d_]", left)) < self.LETTERS:
            raise ValidationError(_("The password is made of words that are the first to be guessed here."))

    def get_help_text(self) -> str:
        """Said beforehand."""
        return _("Not just words of this programme, as its name with a number.")
