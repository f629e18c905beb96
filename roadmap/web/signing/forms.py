"""Forms of signing in: allauth's, with the labels of the site."""

from typing import Any

from allauth.account import forms as of_accounts
from django import forms
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.password_reset import ask_for_reset


def label_fields(form: forms.BaseForm, **labels: Any) -> None:
    """Labels in place of allauth's, and nothing written into the fields."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)


class SignInForm(of_accounts.LoginForm):
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"] = self.fields.pop("login")  # by which browsers and programs know it
        self.order_fields(["username", "password"])
        label_fields(self, username=_("User name"), password=_("Password"))
        self.fields["username"].widget.attrs.update(autocapitalize="none", spellcheck="false")

    def clean_username(self) -> str:
        """The name under which allauth looks for it."""
        self.cleaned_data["login"] = self.cleaned_data["username"].strip()
        return str(self.cleaned_data["login"])


class ChangePasswordForm(of_accounts.ChangePasswordForm):
    """The password as it is, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_fields(
            self, oldpassword=_("Current password"), password1=_("New password"), password2=_("New password, again")
        )


class ResetForm(forms.Form):
    """To which address a link is to go. What it says is the same whether anybody has the address or not."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def save(self, request: Any) -> None:
        """Ask for the link."""
        ask_for_reset(self.cleaned_data["email"], now=clock.now())


class ResetKeyForm(of_accounts.ResetPasswordKeyForm):
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_fields(self, password1=_("New password"), password2=_("New password, again"))


class AgainForm(of_accounts.ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_fields(self, password=_("Password"))
