"""Small answers that browsers and crawlers ask for."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static


def favicon(request: HttpRequest) -> HttpResponse:
    """Where old browsers look for the site's sign."""
    return HttpResponseRedirect(static("roadmap/favicon.svg"))


def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers may read the pages, once each: not every past day, and nothing behind the sign-in."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /api/",
        "Disallow: /mailbox/",
        "Disallow: /answer/",
        "Disallow: /embed/",
        "Disallow: /my-mail/",
        "Disallow: /*?",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
