"""Forms of the second factor: allauth's, with the labels and the limits of the site."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from roadmap.editing.former_factors import as_it_was_kept
from roadmap.web.signing.adapter import LOCKED
from roadmap.web.signing.forms import label_fields
from roadmap.web.signing.limits import begin_attempt, locked_text

NAME_LENGTH = 60
# What a made-up answer of a passkey comes to in the library that reads it
UNREADABLE = (AttributeError, IndexError, KeyError, NotImplementedError, TypeError, ValueError)


class CodeForm(AuthenticateForm):
    """A code of the app, or a recovery code. Wrong ones count as failed sign-ins do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_fields(self, code=_("Code"))
        self.fields["code"].widget.attrs.update(autocapitalize="none", spellcheck="false", maxlength=20)

    def clean_code(self) -> str:
        """Raises ValidationError also while it is locked."""
        request = context.request
        attempt = begin_attempt(request, f"code of {self.user.pk}")
        if attempt.locked_seconds:
            request.locked_seconds = attempt.locked_seconds
            raise ValidationError(locked_text(attempt.locked_seconds), code=LOCKED)
        self.cleaned_data["code"] = as_it_was_kept(self.user, self.cleaned_data["code"])
        code: str = super().clean_code()
        attempt.was_right()
        return code


class AppForm(ActivateTOTPForm):
    """The first code of an app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_fields(self, code=_("The six digits that it shows"))
        self.fields["code"].widget.attrs.update(inputmode="numeric", maxlength=10)


class PasskeyForm(AddWebAuthnForm):
    """A new passkey, as the browser made it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name, to tell it from others"), required=False, max_length=NAME_LENGTH
        )

    def clean(self) -> dict[str, Any]:
        """A made-up one is wrong, and no failure."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned


class PasskeyCodeForm(AuthenticateWebAuthnForm):
    """The word of a passkey that one has."""

    def clean_credential(self) -> Any:
        """A made-up one is wrong, and no failure."""
        try:
            return super().clean_credential()
        except UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None
