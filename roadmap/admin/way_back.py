"""What a list is narrowed to, carried to the pages and files that it leads to and back, so that nobody narrows it anew.

The site does this for every view of the admin at once: buttons over a list or a page, redirects, and the way back.
"""

from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from django.contrib.admin.views.main import ERROR_FLAG
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse

CARRIED = "_changelist_filters"  # Django's own name for it
OF_A_LIST = "_changelist"
ELSEWHERE = ("login", "logout", "index")


def list_query(request: HttpRequest) -> str:
    """The search, filters and order of the list on show; on a page that a list led to, those of that list."""
    if _name_of(request.path).endswith(OF_A_LIST):
        shown = request.GET.copy()
        shown.pop(ERROR_FLAG, None)
        return shown.urlencode()
    return QueryDict(request.GET.get(CARRIED, "")).urlencode()


def to_list(model: Any, query: str) -> str:
    """The address of the model's list, narrowed by the query."""
    address = reverse(f"admin:roadmap_{model._meta.model_name}_changelist")
    return f"{address}?{query}" if query else address


def no_such_list(model: Any) -> str:
    """Where Django leads whoever asks a list for what can't be understood."""
    return to_list(model, urlencode({ERROR_FLAG: 1}))


def carrying(address: str, query: str, *, page: str) -> str:
    """An admin's address, relative to ``page``, with the list's query; any other address as it is."""
    whole = urljoin(page, address)
    parts = urlsplit(whole)
    name = "" if parts.netloc else _name_of(parts.path)
    if not query or not name or name in ELSEWHERE or (name.endswith(OF_A_LIST) and parts.query):
        return address
    if not name.endswith(OF_A_LIST):
        asked = QueryDict(parts.query, mutable=True)
        asked.setdefault(CARRIED, query)
        query = asked.urlencode(safe=",")
    return urlunsplit(parts._replace(query=query))


def keep_the_list(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response, its redirect or its buttons leading on with the list's query."""
    query = list_query(request)
    if not query:
        return response
    if isinstance(response, HttpResponseRedirect):
        response["Location"] = carrying(response.url, query, page=request.path)
    elif isinstance(response, TemplateResponse) and response.context_data is not None:
        shown = response.context_data
        if "back" in shown:
            shown["back"] = carrying(str(shown["back"]), query, page=request.path)
        for button in _buttons(shown.get("actions_detail")):
            button["path"] = carrying(button["path"], query, page=request.path)
        for button in _buttons(shown.get("actions_list")):  # what they work on is the list itself
            button["path"] = f"{button['path']}?{query}"
    return response


def narrowed(request: HttpRequest) -> str:
    """The query of the list that a button over it was pressed on, to be carried on from there."""
    return urlencode({CARRIED: request.GET.urlencode()}) if request.GET else ""


def _buttons(entries: Any) -> list[dict[str, Any]]:
    """Those that lead somewhere, out of menus too."""
    found: list[dict[str, Any]] = []
    for entry in entries or ():
        found += entry.get("items", [entry])
    return found


def _name_of(path: str) -> str:
    """The name of an admin's address; empty for any other."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return match.url_name or "" if match.app_name == "admin" else ""
