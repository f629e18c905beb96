"""What allauth asks of the site: whose address it is, who may sign in, how a password is stored, where one goes on."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.people import choose_password
from roadmap.models import Person
from roadmap.web.callers import client_address
from roadmap.web.signing.gate import awaiting
from roadmap.web.signing.limits import begin_attempt, locked_text

LOCKED = "locked"
SIGNED_IN_BEFORE = "signed_in_before"  # in the session: whose it was when a link for another account was opened in it


class AccountAdapter(DefaultAccountAdapter):
    """The account's part."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is wrong. Capital letters count."),
        "incorrect_password": _("This password is wrong."),
        "enter_current_password": _("This password is wrong."),
        "incorrect_code": _("This code is wrong, or was used already."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """The site's own answer; of a socket, which has none, this machine's."""
        return client_address(request) or "127.0.0.1"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited, or come by the organisation's own sign-in."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say themselves what was done; a message left over would come up in the administration, much later."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Whose name and password these are. Raises ValidationError while it is locked.

        A closed account is told nothing that a wrong password isn't.
        """
        attempt = begin_attempt(request, str(credentials.get("username", "")))
        if attempt.locked_seconds:
            request.locked_seconds = attempt.locked_seconds  # type: ignore[attr-defined]
            raise ValidationError(locked_text(attempt.locked_seconds), code=LOCKED)
        person = super().authenticate(request, **credentials)
        if not isinstance(person, Person) or not person.is_active:
            return None
        attempt.was_right()
        return person

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted above."""

    def set_password(self, user: Any, password: str) -> None:
        """By the act, which keeps the history and tells the person."""
        before = self.request.session.pop(SIGNED_IN_BEFORE, None)
        signed_in = Person.objects.filter(pk=before).first() if before else awaiting(self.request)
        user.password = choose_password(user, password, now=clock.now(), signed_in=signed_in).password

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """From the administration's door to the administration."""
        return reverse("admin:index" if request.path == reverse("admin:login") else "web:overview")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """To where everybody may read."""
        return reverse("web:overview")

    def is_safe_url(self, url: str) -> bool:
        """Whether one may be led on there: this very host, in no lesser way than one came."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether one has to sign in afresh before something grave."""
        return not self.request.signed_in_lately
