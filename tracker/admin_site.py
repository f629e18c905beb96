"""How the administration looks: name, colours, navigation. What it does is in ``roadmap.admin``."""

from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tracker.version import VERSION

# Its menus are driven by Alpine, which evaluates attributes (unsafe-eval), and its theme colours stand in a style
# element. No script may stand in a page, and nothing comes from elsewhere. The site's own policy stays without both.
ADMIN_POLICY: dict[str, list[str]] = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}

CUSTOMS_BLUE = {
    "50": "#eef4fd",
    "100": "#dbe7fa",
    "200": "#bbd1f4",
    "300": "#8eb3ec",
    "400": "#6399e4",
    "500": "#4a85dc",
    "600": "#0b3d91",
    "700": "#09337a",
    "800": "#082a64",
    "900": "#07224f",
    "950": "#041533",
}


READS_MAIL = "may_see_mail"


@cache
def _reversed(name: str, _prefix: str) -> str:
    return reverse(name)


def _address(name: str) -> Any:
    """The address of that name, worked out once for each path that the site lies under: a page compares hundreds."""
    return lazy(lambda: _reversed(name, get_script_prefix()), str)()


def _entry(title: Any, icon: str, *models: str, permission: str = "") -> dict[str, Any]:
    """An entry of the menu: the list of the first model; the others stand as tabs over it (``TABS``)."""
    lists = [_address(f"admin:roadmap_{model}_changelist") for model in models]
    entry = {
        "title": title,
        "icon": icon,
        "link": lists[0],
        "active": lambda request: request.path.startswith(tuple(str(one) for one in lists)),
    }
    return {**entry, "permission": f"roadmap.admin.base.{permission}"} if permission else entry


def _side_by_side(*lists: tuple[Any, str], permission: str = "") -> dict[str, Any]:
    """Tabs over lists that share an entry of the menu, each with its title and model."""
    items = [{"title": title, "link": _address(f"admin:roadmap_{model}_changelist")} for title, model in lists]
    if permission:
        items = [{**one, "permission": f"roadmap.admin.base.{permission}"} for one in items]
    return {"models": [f"roadmap.{model}" for _title, model in lists], "items": items}


def _link_out(title: Any, icon: str, link: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": link, "active": lambda request: False}


def _view(title: Any, query: str) -> dict[str, Any]:
    """A tab over the list of milestones; ``query`` is what it narrows the list to."""
    asked = dict(parse_qsl(query))
    return {
        "title": title,
        "link": lambda request: f"{reverse('admin:roadmap_milestone_changelist')}?{query}".rstrip("?"),
        "active": lambda request: (
            {name: request.GET.get(name) for name in ("standing", "whose") if request.GET.get(name)} == asked
        ),
    }


def _group(title: Any, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "collapsible": False, "items": list(items)}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Smart-Customs Roadmap"),
    "SITE_HEADER": _("Smart-Customs Roadmap"),
    "SITE_SUBHEADER": format_lazy("{} · {}", _("Administration"), VERSION),
    "SITE_SYMBOL": "alt_route",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "sizes": "any",
            "href": lambda request: static("roadmap/admin/icon.svg"),
        }
    ],
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    "COLORS": {"primary": CUSTOMS_BLUE},
    "SCRIPTS": [
        lambda request: static("roadmap/admin/reach.js"),
        lambda request: static("roadmap/admin/form.js"),
    ],
    "STYLES": [lambda request: static("roadmap/admin/admin.css")],
    "SITE_DROPDOWN": [
        {"icon": "public", "title": _("To the site"), "link": "/"},
        {"icon": "api", "title": _("API documentation"), "link": "/api/docs/"},
        {"icon": "phonelink_lock", "title": _("Second factor"), "link": "/second-factor/"},
    ],
    "SIDEBAR": {
        "show_search": False,
        "command_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    {"title": _("Overview"), "icon": "dashboard", "link": _address("admin:index")},
                    _link_out(_("To the site"), "public", "/"),
                ]
            },
            _group(
                _("Plan"),
                _entry(_("Milestones"), "flag", "milestone"),
                _entry(_("Initiatives and phases"), "rocket_launch", "initiative", "phase", "pillar", "workstream"),
                _entry(_("Dependencies"), "account_tree", "dependency"),
                _entry(_("Baselines"), "architecture", "baseline"),
                {"title": _("As of a day"), "icon": "history", "link": _address("admin:plan_as_of")},
            ),
            _group(
                _("Progress"),
                _entry(_("Reports and evidence"), "trending_up", "progressupdate", "evidence", "comment"),
                _entry(_("Indicators and observations"), "monitoring", "indicator", "observation"),
            ),
            _group(
                _("Mail"),
                _entry(_("Reminder rules"), "notifications_active", "reminderrule"),
                _entry(_("Digests and watches"), "newspaper", "digestsubscription", "watch"),
                {"title": _("Preview"), "icon": "preview", "link": _address("admin:mail_preview")},
                _entry(_("Reminders and answers"), "alarm_on", "reminderoccurrence", "answer", permission=READS_MAIL),
                _entry(_("Outbox"), "outbox", "outboxmessage", "suppressedaddress", permission=READS_MAIL),
                _entry(_("Pause and resume sending"), "pause_circle", "deliverygate", permission=READS_MAIL),
            ),
            _group(
                _("People"),
                _entry(_("People"), "group", "person"),
                _entry(_("Organisations"), "corporate_fare", "organisation"),
                _entry(_("Leave"), "beach_access", "leave"),
                _entry(_("API tokens"), "key", "apitoken"),
            ),
            _group(
                _("Settings"),
                _entry(_("Roadmaps"), "map", "roadmap"),
                _entry(_("Sources"), "menu_book", "source"),
                _entry(_("Working days"), "event_available", "workdayoverride", "publishedyear"),
                {"title": _("Check of the change records"), "icon": "link", "link": _address("admin:history_chain")},
            ),
        ],
    },
    "TABS": [
        {
            "models": ["roadmap.milestone"],
            "items": [
                _view(pgettext_lazy("filter", "All"), ""),
                _view(pgettext_lazy("milestone", "Open"), "standing=open"),
                _view(_("Overdue"), "standing=late"),
                _view(_("Due this month"), "standing=month"),
                _view(_("Due soon"), "standing=soon"),
                _view(_("No recent report"), "standing=silent"),
                _view(_("Not verified"), "standing=unverified"),
                _view(_("Mine"), "whose=mine"),
                _view(_("My organisation's"), "whose=ours"),
                _view(_("Without an owner"), "whose=nobody"),
            ],
        },
        _side_by_side(
            (_("Initiatives"), "initiative"),
            (_("Phases"), "phase"),
            (_("Pillars"), "pillar"),
            (_("Workstreams"), "workstream"),
        ),
        _side_by_side(
            (_("Progress reports"), "progressupdate"), (_("Evidence"), "evidence"), (_("Comments"), "comment")
        ),
        _side_by_side((_("Indicators"), "indicator"), (_("Observations"), "observation")),
        _side_by_side((_("Digest subscriptions"), "digestsubscription"), (_("Watches"), "watch")),
        _side_by_side((_("Reminders"), "reminderoccurrence"), (_("Answers"), "answer"), permission=READS_MAIL),
        _side_by_side(
            (_("Outbox"), "outboxmessage"), (_("Suppressed addresses"), "suppressedaddress"), permission=READS_MAIL
        ),
        _side_by_side((_("Working-day overrides"), "workdayoverride"), (_("Published years"), "publishedyear")),
    ],
    "COMMAND": {"search_models": True, "show_history": False},  # which ones: roadmap.admin.site
}
