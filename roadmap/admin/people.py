"""People. Passwords are set by an act too; nobody is deleted, only shut out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminPasswordWidget

from roadmap import clock
from roadmap.admin.account_acts import AccountActs
from roadmap.admin.base import ActingAdmin, actor_of, person_of
from roadmap.admin.forms import ActForm
from roadmap.coded_reasons import coded
from roadmap.editing.entries import create_entry
from roadmap.editing.people import end_answer_links, set_password
from roadmap.models import Person
from roadmap.rights import people_seen_by


class PasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password, again"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("password"), cleaned.get("again")
        if first and second and first != second:
            self.add_error("again", _("The two passwords differ."))
        elif first:
            try:
                validate_password(first, self.person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


@admin.register(Person)
class PersonAdmin(AccountActs, ActingAdmin):
    """Accounts with their profiles."""

    list_display = [
        "shown_name",
        "username",
        "role",
        "organisation",
        "email",
        "shown_invitation",
        "is_staff",
        "is_active",
    ]
    list_filter = [
        ("role", ChoicesDropdownFilter),
        ("organisation", RelatedDropdownFilter),
        "is_active",
        "is_staff",
        "is_sample",
    ]
    search_fields = ["full_name", "username", "email"]
    list_select_related = ["organisation"]
    autocomplete_fields = ["organisation"]
    readonly_fields = ["last_login", "date_joined", "second_factor_since", "is_sample"]
    actions_detail = [
        "set_password",
        "end_links",
        "resend_invitation",
        "revoke_invitation",
        "reset_factor",
        "end_sessions",
    ]
    fieldsets = [
        (None, {"fields": [("username", "full_name"), ("email", "organisation")]}),
        (
            gettext_lazy("What they may do"),
            {
                "fields": ["role", "is_active", "is_staff", "is_superuser"],
                "description": gettext_lazy(
                    "The role counts within the organisation and all below it; the programme office's everywhere."
                ),
            },
        ),
        (gettext_lazy("Language and time"), {"fields": [("language", "time_zone")]}),
        (
            gettext_lazy("Mail"),
            {"fields": ["optional_reminders", ("quiet_from", "quiet_until"), ("quiet_on_days_off", "calendar")]},
        ),
        (gettext_lazy("Account"), {"fields": [("last_login", "date_joined"), ("second_factor_since", "is_sample")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those whom the reader may know: for the list, its search and choices elsewhere, pages and histories alike."""
        return super().get_queryset(request).filter(pk__in=people_seen_by(person_of(request)).values("pk"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A person's name is another word than a thing's."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if "full_name" in form.base_fields:
            form.base_fields["full_name"].label = pgettext_lazy("person", "Name")
        return form

    @display(description=pgettext_lazy("person", "Name"), ordering="full_name")
    def shown_name(self, person: Person) -> str:
        """The name, or the user name, which who sees the account may know."""
        return person.full_name or person.username

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new account has no past yet."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else [part for part in fieldsets if part[0] != gettext_lazy("Account")]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Somebody added here mostly works here."""
        return {"is_staff": True, "is_active": True, **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only a superuser makes superusers."""
        return self.readonly_fields if request.user.is_superuser else [*self.readonly_fields, "is_superuser"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The programme office; a superuser's account only superusers."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what a person did keeps its name. Take “active” away instead."""
        return False

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """A new account, without a usable password until one is set."""
        return create_entry(
            Person,
            by=actor_of(request),
            reason=form.cleaned_data["reason"],
            password=make_password(None),
            **form.changed_values(),
        )

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The next step is the password."""
        if "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, _("The account is there; now set its password."))
        return HttpResponseRedirect(reverse("admin:roadmap_person_password", args=[obj.pk]))

    def get_urls(self) -> Any:
        """With the password's page."""
        page = self.admin_site.admin_view(self.password_page)
        return [path("<int:person_id>/password/", page, name="roadmap_person_password"), *super().get_urls()]

    def has_password_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may change the account."""
        person = self.get_object(request, str(object_id)) if object_id else None
        return person is not None and self.has_change_permission(request, person)

    @action(description=gettext_lazy("Set password"), icon="password", permissions=["password"])
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the password's page."""
        return HttpResponseRedirect(reverse("admin:roadmap_person_password", args=[object_id]))

    def password_page(self, request: HttpRequest, person_id: int) -> HttpResponse:
        """Ask for a new password and set it."""
        person = self.get_object(request, str(person_id))
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        form = PasswordForm(person, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            set_password(
                person,
                form.cleaned_data["password"],
                by=actor_of(request),
                now=clock.now(),
                reason=coded("password-set"),
            )
            messages.success(request, _("The password is set."))
            return HttpResponseRedirect(reverse("admin:roadmap_person_change", args=[person.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Set password: %(person)s") % {"person": person},
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "back": reverse("admin:roadmap_person_change", args=[person.pk]),
        }
        return TemplateResponse(request, "admin/roadmap/ask.html", context)

    @action(description=gettext_lazy("End the links in mails"), icon="link_off", permissions=["password"])
    def end_links(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then end all links by which the person answers reminders without signing in."""
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        back = reverse("admin:roadmap_person_change", args=[person.pk])
        if request.method == "POST":
            end_answer_links(person, by=actor_of(request), reason=coded("links-ended"))
            messages.success(request, _("The links are ended; the next reminder brings new ones."))
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("End the links in the mails of %(person)s?") % {"person": person},
            "subtitle": None,
            "opts": self.opts,
            "form": forms.Form(),
            "told": _(
                "Links in reminders sent so far will no longer open. Do this when a mail has reached the wrong person."
            ),
            "back": back,
        }
        return TemplateResponse(request, "admin/roadmap/ask.html", context)
