"""The address of whoever asks, as attempts to sign in and requests are counted by it."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The connection's other end; behind a proxy the last address of X-Forwarded-For, which is the proxy's own word.

    None where neither is an address. Behind a proxy all connections have one other end: without its word, whoever
    guesses at an account would lock its owner out too.
    """
    told = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    for candidate in (told.rpartition(",")[2].strip(), request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return None
