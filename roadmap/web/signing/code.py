"""The page that asks for the second factor, after the password: allauth's, with the answers of the site."""

from http import HTTPStatus
from typing import Any

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from roadmap.editing.second_factor import factors_of
from roadmap.web.signing.account import locked_or


class SignInCode(AuthenticateView):
    """A code, or a passkey, lets one in."""

    template_name = "roadmap/signing/code.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        """Wrong, and said in a way that machines know, too."""
        response: HttpResponse = super().form_invalid(form)
        return locked_or(HTTPStatus.UNPROCESSABLE_ENTITY, self.request, response)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With who it is, and which ways they have."""
        person = self.stage.login.user
        kinds = set(factors_of(person).values_list("type", flat=True))
        has_codes = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN).exists()
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "person": person,
            "has_codes": has_codes,
            "has_app": Authenticator.Type.TOTP in kinds,
            "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        }


sign_in_code = sensitive_post_parameters("code", "credential")(SignInCode.as_view())
