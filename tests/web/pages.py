"""All pages that show the roadmap to its readers, from the list of addresses, so that a new one can't be forgotten."""

from collections.abc import Mapping

from django.urls import reverse

from roadmap.web.urls import urlpatterns

# What is a reader's own, or reached by a secret only, is tested in rooms of its own; so are cards for other sites, and
# reports, whose addresses are months.
FILES = ("-file", "-csv", "-xlsx", "-svg", "-png", "-pdf")  # how pages are named that aren't looked at in a browser
ELSEWHERE = (
    *("answer/", "my-mail/", "my-views/", "mailbox/", "evidence/", "unsubscribe/", "embed/", "sign-in/", "sign-out/"),
    *("invitation/", "second-factor/", "account/", "reports/"),
    *(
        "subscribe/address/",
        "milestones/<slug:code>/answer/",
        "milestones/<slug:code>/watch/",
        "milestones/<slug:code>/comment/",
        "favicon.ico",
        "robots.txt",
    ),
)


def pages(objects: Mapping[str, str]) -> dict[str, str]:
    """The address of each page by its name; ``objects`` has the code of one object for each page about one."""
    found = {}
    for pattern in urlpatterns:
        name = str(pattern.name)
        if str(pattern.pattern).startswith(ELSEWHERE):
            continue
        captured = list(pattern.pattern.converters)
        assert not captured or name in objects, f"Name an object of the page {name}, or say in ELSEWHERE whose it is."
        found[name] = reverse(f"web:{name}", args=[objects[name] for _one in captured])
    return found
