"""Our admin site: its front page, its search, its own Content-Security-Policy."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from roadmap import clock
from roadmap.admin.way_back import keep_the_list
from roadmap.models import Initiative, Milestone, Person

FOUND_OF_EACH = 15
SEARCHED: list[type[Model]] = [Milestone, Initiative, Person]


class TrackerAdminSite(UnfoldAdminSite):
    """Unfold's site, with ``index`` as a dashboard and a search that follows language and rights."""

    index_template = "admin/dashboard.html"
    index_title = _("Overview")
    enable_nav_sidebar = True
    # The views of signing in and out: the website's, put here in ``tracker.urls``, as both rooms stand side by side
    sign_in: Callable[[HttpRequest], HttpResponse]
    sign_out: Callable[[HttpRequest], HttpResponse]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every view of the admin answers with the admin's policy, and remembers the list that it was reached from."""
        inner = super().admin_view(view, cacheable)

        def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return admin_policy(keep_the_list(request, inner(request, *args, **kwargs)))

        return update_wrapper(with_policy, inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The website's door; who is in and may not come here is told so."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return self.sign_in(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The website's, too."""
        return self.sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The website's, too."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """The list of all models, worked out where it is shown: every page is handed it, and two of them show it."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With a menu of our own around unfold's."""
        return {**super().each_context(request), "templates": {"navigation": "admin/roadmap/navigation.html"}}

    def extra_urls(self) -> list[URLPattern]:
        """Where mails and the past are looked at."""
        from roadmap.admin import chain, comparing, past, previews

        return [
            path("plan-as-of/", self.admin_view(past.plan_page), name="plan_as_of"),
            path("history-chain/", self.admin_view(chain.chain_page), name="history_chain"),
            path("history-chain/head.json", self.admin_view(chain.head_file), name="history_head"),
            path(
                "baseline/<int:number>/compared/", self.admin_view(comparing.comparison_page), name="baseline_compared"
            ),
            path(
                "baseline/<int:number>/compared.<str:kind>",
                self.admin_view(comparing.comparison_file),
                name="baseline_compared_file",
            ),
            path("mail-preview/", self.admin_view(previews.preview_page), name="mail_preview"),
            path("mail-preview/html/", self.admin_view(previews.preview_html), name="mail_preview_html"),
            path("mail-preview/mail.eml", self.admin_view(previews.preview_file), name="mail_preview_file"),
            path("mail/<int:number>/", self.admin_view(previews.mail_page), name="mail"),
            path("mail/<int:number>/html/", self.admin_view(previews.mail_html), name="mail_html"),
            path("mail/<int:number>/mail.eml", self.admin_view(previews.mail_file), name="mail_file"),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Where every roadmap stands today, and what asks for somebody's hand."""
        from roadmap.admin.dashboard import dashboard

        context = {
            **self.each_context(request),
            "title": self.index_title,
            "subtitle": None,
            **dashboard(request, now=clock.now()),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, self.index_template, context)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What the command bar finds. Unfold's own keeps results in the cache, whatever language they were in."""
        term = request.GET.get("s", "").strip().lower()
        if not term:
            return HttpResponse()
        found = self._search_apps(self.get_app_list(request), term)
        if "extended" in request.GET:
            found += [result for model in SEARCHED for result in self._entries(request, model, term)]
        pages = Paginator(found, max(len(found), 1))
        return TemplateResponse(
            request,
            "unfold/helpers/command_results.html"
            if "extended" in request.GET
            else "unfold/helpers/search_results.html",
            {
                "page_obj": pages,
                "results": pages.page(1),
                "page_counter": 0,
                "execution_time": 0,
                "command_show_history": False,
            },
            headers={"HX-Trigger": "search"},
        )

    def _entries(self, request: HttpRequest, model: type[Model], term: str) -> list[SearchResult]:
        model_admin = self._registry[model]
        found, _duplicates = model_admin.get_search_results(request, model_admin.get_queryset(request), term)
        return [
            SearchResult(
                title=str(entry),
                description=str(model._meta.verbose_name),
                link=reverse(f"{self.name}:roadmap_{model._meta.model_name}_change", args=[entry.pk]),
                icon="data_object",
            )
            for entry in found[:FOUND_OF_EACH]
        ]


def admin_policy(response: HttpResponse) -> HttpResponse:
    """The response under the policy of the admin instead of the site's."""
    response._csp_config = settings.ADMIN_POLICY  # type: ignore[attr-defined]
    return response
