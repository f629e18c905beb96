"""Which language a reader gets: one that they ask for; English where they ask for none of ours; else the site's own."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

COMMON = "en"


class ReadersLanguage(LocaleMiddleware):
    """The framework's choice, which gives the site's own language to whoever asks for another that there isn't."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language for the request."""
        super().process_request(request)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and asks_for_none_of_ours(
            request.headers.get("Accept-Language", "")
        ):
            translation.activate(COMMON)
            request.LANGUAGE_CODE = COMMON


def asks_for_none_of_ours(header: str) -> bool:
    """Whether an Accept-Language names languages, and none that there is here."""
    asked = [language for language, _weight in parse_accept_lang_header(header.lower()) if language != "*"]
    return bool(asked) and not any(_is_ours(language) for language in asked)


def _is_ours(language: str) -> bool:
    try:
        get_supported_language_variant(language)
    except LookupError:
        return False
    return True
