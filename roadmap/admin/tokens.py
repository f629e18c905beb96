"""API tokens: made (the key is shown once) and revoked, never changed or deleted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from roadmap import clock
from roadmap.admin.base import ActingAdmin, actor_of, person_of
from roadmap.admin.forms import ActForm
from roadmap.admin.refusals import put_on_form
from roadmap.editing.tokens import make_token, revoke_token
from roadmap.errors import RoadmapError
from roadmap.models import ApiToken
from roadmap.models.access import words_of
from roadmap.rights import managed_accounts
from roadmap.vocabulary import Scope


class ScopesField(forms.MultipleChoiceField):
    """Scopes to tick, stored as their words."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def prepare_value(self, value: Any) -> Any:
        """Words as a list."""
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """The list as words."""
        return words_of(super().clean(value))


@admin.register(ApiToken)
class ApiTokenAdmin(ActingAdmin):
    """Keys for the API: one's own, or for the programme office everybody's. A key is shown once."""

    list_display = ["shown_prefix", "name", "person", "created_at", "expires_at", "last_used_on", "shown_state"]
    search_fields = ["name", "prefix", "person__full_name", "person__username"]
    list_select_related = ["person"]
    autocomplete_fields = ["person"]
    actions_detail = ["revoke"]
    readonly_fields = ["prefix", "created_at", "revoked_at", "last_used_on"]
    fieldsets = [
        (None, {"fields": ["person", "name", "scopes", "expires_at"]}),
        (gettext_lazy("State"), {"fields": [("prefix", "created_at"), ("last_used_on", "revoked_at")]}),
    ]

    @display(description=gettext_lazy("begins with"))
    def shown_prefix(self, token: ApiToken) -> str:
        """All that is known of the key."""
        return str(token)

    @display(description=gettext_lazy("state"))
    def shown_state(self, token: ApiToken) -> SafeString:
        """Valid, expired, revoked."""
        if token.revoked_at:
            return format_html('<span class="rm-badge rm-withdrawn">{}</span>', _("Revoked"))
        if token.expires_at and token.expires_at <= clock.now():
            return format_html('<span class="rm-badge rm-amber">{}</span>', _("Expired"))
        return format_html('<span class="rm-badge rm-green">{}</span>', _("Valid"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """Those of accounts that the reader manages: one's own, and for the programme office everybody's."""
        rows: QuerySet[ApiToken] = super().get_queryset(request)
        return rows.filter(person__in=managed_accounts(person_of(request)))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Everybody for themselves."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a key is made or revoked."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a revoked key stays, so that one knows it was there."""
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Scopes are ticked."""
        if db_field.name == "scopes":
            return ScopesField(
                choices=Scope.choices,
                label=capfirst(db_field.verbose_name),
                initial=words_of(set(Scope) - {Scope.ACCOUNT}),
                help_text=db_field.help_text,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new key has no state; and no reason is asked."""
        return self.fieldsets if obj else self.fieldsets[:1]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """For oneself."""
        return {"person": request.user.pk, **super().get_changeform_initial_data(request)}

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """A new key; its text is shown in the answer to this request, and never again."""
        given = form.changed_values()
        token, text = make_token(
            given.pop("person"), by=actor_of(request), now=clock.now(), scopes=given.pop("scopes").split(), **given
        )
        request.token_text = text  # type: ignore[attr-defined]
        return token

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The page that shows the key; it isn't kept in a message or session."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The new key"),
            "subtitle": None,
            "opts": self.opts,
            "token": obj,
            "token_text": request.token_text,  # type: ignore[attr-defined]
            "back": reverse("admin:roadmap_apitoken_changelist"),
        }
        response = TemplateResponse(request, "admin/roadmap/token.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever sees it, while it is valid."""
        token = self.get_object(request, str(object_id)) if object_id else None
        return token is not None and token.revoked_at is None

    @action(description=gettext_lazy("Revoke"), icon="block", permissions=["revoke"])
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then end the key."""
        token = self.get_object(request, object_id)
        if token is None:
            raise Http404
        form = forms.Form(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            try:
                revoke_token(token, by=actor_of(request), now=clock.now())
            except RoadmapError as error:
                put_on_form(error, form)
            else:
                messages.success(request, _("The key is revoked."))
                return HttpResponseRedirect(reverse("admin:roadmap_apitoken_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Revoke the key %(key)s?") % {"key": token},
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "told": _("Any program that uses it is refused from now on. This can't be undone."),
            "back": reverse("admin:roadmap_apitoken_changelist"),
        }
        return TemplateResponse(request, "admin/roadmap/ask.html", context)
