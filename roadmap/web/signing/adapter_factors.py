"""What allauth asks of the site about second factors: how secrets are kept, what a passkey is called."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from roadmap.factor_secrets import opened, seal
from roadmap.models import Person

WRONG = _("This code isn't right, or was used already.")


class FactorAdapter(DefaultMFAAdapter):
    """The second factor's part."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG}

    def encrypt(self, text: str) -> str:
        """Secrets are stored sealed."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """And opened where a code is compared."""
        return opened(encrypted_text)

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        """What a passkey is called until the person says otherwise."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return ngettext("Passkey", "Passkey %(number)s", number) % {"number": number}
