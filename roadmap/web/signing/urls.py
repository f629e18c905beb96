"""The addresses of signing in and out. Their names are allauth's, which asks for them by these."""

from allauth.account import views as of_accounts
from django.conf import settings
from django.urls import path, re_path

from roadmap.web.own.doors import ASKING, own
from roadmap.web.signing import account, code, second_factor, single_sign_on

SIGNING = "roadmap/signing/"

urlpatterns = [
    path("sign-in/", account.sign_in, name="account_login"),
    path("sign-out/", account.sign_out, name="account_logout"),
    path("sign-in/again/", account.again, name="account_reauthenticate"),
    path("sign-in/code/", code.sign_in_code, name="mfa_authenticate"),
    own("second-factor/", second_factor.second_factor, name="mfa_index", methods=ASKING),
    own("second-factor/app/", second_factor.add_app, name="mfa_activate_totp", methods=ASKING),
    own("second-factor/passkey/", second_factor.add_passkey, name="mfa_add_webauthn", methods=ASKING),
    own("second-factor/recovery-codes/", second_factor.recovery_codes, name="mfa_view_recovery_codes"),
    path("sign-in/organisation/", single_sign_on.to_provider, name="single_sign_on"),
    path("sign-in/organisation/back/<slug:provider_id>/", single_sign_on.from_provider, name="openid_connect_callback"),
    *(
        path(
            f"sign-in/organisation/back/{id}/", single_sign_on.from_provider, {"provider_id": id}, name=f"{id}_callback"
        )
        for id in single_sign_on.MESSENGERS
    ),
    own("account/organisation/", single_sign_on.connect, name="sign_in_connect", methods=ASKING),
    path("password/", account.change_password, name="account_change_password"),
    path("password/forgotten/", account.reset_password, name="account_reset_password"),
    path(
        "password/forgotten/asked/",
        of_accounts.PasswordResetDoneView.as_view(
            template_name=f"{SIGNING}reset_asked.html", extra_context={"hours": settings.PASSWORD_RESET_TIMEOUT // 3600}
        ),
        name="account_reset_password_done",
    ),
    # the names of addresses that are secrets are listed in roadmap.secret_paths
    re_path(
        r"^password-reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        account.reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/forgotten/done/",
        of_accounts.PasswordResetFromKeyDoneView.as_view(template_name=f"{SIGNING}reset_done.html"),
        name="account_reset_password_from_key_done",
    ),
]
