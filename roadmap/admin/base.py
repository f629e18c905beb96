"""The base of every admin page: rights from ``rights``, writing only through acts, errors back on the form.

A subclass names its acts in ``create``, ``change`` and ``remove``; Django's own saving and deleting is never reached.
"""

from contextvars import ContextVar
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminExpandableTextareaWidget

from roadmap import clock
from roadmap.admin.forms import ActForm
from roadmap.admin.history import Change, changes_of
from roadmap.admin.lists import OwnFiltersList
from roadmap.admin.refusals import Refused, refusals_of
from roadmap.admin.stale import merge, newest_change, refuse_stale, state_seen
from roadmap.editing.entries import change_entry, create_entry, remove_entry
from roadmap.editing.repeats import SentTwice, do_once
from roadmap.errors import InvalidChange, RoadmapError, StaleEdit
from roadmap.models import Milestone, Person
from roadmap.models.history import Actor
from roadmap.rights import may_administer, may_read_mail, people_seen_by
from roadmap.vocabulary import Door
from roadmap.written_days import DayField

NAMED_IN_THE_WAY = 20  # of each kind of rows that keep an entry from being deleted


def person_of(request: HttpRequest) -> Person:
    """Whoever is signed in; the site lets nobody else in."""
    return request.user  # type: ignore[return-value]


def actor_of(request: HttpRequest) -> Actor:
    """Whoever is signed in, acting through the administration."""
    return Actor(person_of(request), Door.ADMIN)


def may_see_mail(request: HttpRequest) -> bool:
    """Whether the reader may look at other people's mail."""
    return bool(getattr(request.user, "is_staff", False)) and may_read_mail(request.user)  # type: ignore[arg-type]


def may_handle_mail(request: HttpRequest) -> bool:
    """Whether the reader may also hold it, release it, and send it again."""
    return may_see_mail(request) and may_administer(person_of(request))


_shown: ContextVar[HttpRequest] = ContextVar("the request whose list is being shown")


def _in_the_way(instance: models.Model) -> list[models.QuerySet[Any]]:
    """The rows, by kind, that refer to this one and would vanish with it or keep it from going."""
    return [
        relation.related_model._default_manager.filter(**{relation.field.name: instance})
        for relation in instance._meta.related_objects
        if relation.on_delete in (models.CASCADE, models.PROTECT)
    ]


def _content_of(request: HttpRequest) -> str:
    """A digest of what a form says: gone back to and filled in otherwise, it is another one."""
    said = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name != "csrfmiddlewaretoken"]
    sent: list[tuple[str, Any]] = sorted(request.FILES.items())
    files = [(name, file.name, file.size) for name, file in sent]
    return sha256(repr((said, files)).encode()).hexdigest()


def _as_field(field: Any, value: Any) -> Any:
    if isinstance(field, models.ManyToManyField):
        return [field.target_field.to_python(one) for one in value]
    return value if field is None or value == "" else field.to_python(value)


def refuse_rows_unsent(request: HttpRequest) -> None:
    """Raise BadRequest where a form tells of more rows than it has fields: each would be made, checked and shown."""
    told = [str(value) for name, value in request.POST.items() if name.endswith("-TOTAL_FORMS")]
    if sum(int(number) for number in told if number.isdecimal() and len(number) < 4000) > len(request.POST):
        raise BadRequest("more rows than fields")


class ActingAdmin(ModelAdmin):
    """An admin page whose every write is an act. All threads share it: what belongs to a request stands on none."""

    @property
    def request(self) -> HttpRequest:
        """What Unfold would keep on the page itself, where any other thread could take it for its own."""
        try:
            return _shown.get()
        except LookupError as error:
            raise AttributeError(*error.args) from error

    @request.setter
    def request(self, request: HttpRequest) -> None:
        _shown.set(request)

    form = ActForm
    list_filter_submit = True
    warn_unsaved_form = True
    list_per_page = 50
    list_max_show_all = 300
    show_full_result_count = False
    save_as = False
    formfield_overrides = {
        models.DateField: {"form_class": DayField},
        models.TextField: {"widget": UnfoldAdminExpandableTextareaWidget(attrs={"rows": 3})},
        models.URLField: {"assume_scheme": "https"},
    }
    history_template = "admin/roadmap/history.html"
    page_on_site = ""  # the name of the page's address, which takes the entry's code

    # -- The acts; entries without rules of their own need no others ---------------------------------------------------
    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """The act that makes a new row from the form."""
        return create_entry(
            self.model, by=actor_of(request), reason=form.cleaned_data.get("reason", ""), **form.changed_values()
        )

    def change(self, request: HttpRequest, form: ActForm) -> models.Model:
        """The act that changes the row of the form, if anything of it was changed."""
        current = self.model._default_manager.select_for_update().get(pk=form.instance.pk)
        if form.asks_for_nothing():
            return current
        refuse_stale(current, form.cleaned_data["seen"])
        return change_entry(
            current, by=actor_of(request), reason=form.cleaned_data.get("reason", ""), **form.changed_values()
        )

    def remove(self, request: HttpRequest, instance: models.Model) -> None:
        """The act that removes the row. What would vanish with it has to be removed first, each by its own act."""
        if any(rows.exists() for rows in _in_the_way(instance)):
            raise InvalidChange({"__all__": _("Something still refers to this entry; move that first.")})
        remove_entry(instance, by=actor_of(request), reason=request.POST.get("reason", ""))

    # -- Rights: Django's model permissions play no part ---------------------------------------------------------------
    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may enter sees the section."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Staff read everything that isn't somebody's own."""
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By default the programme office."""
        return self.has_view_permission(request) and may_administer(person_of(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By default the programme office."""
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By default the programme office."""
        return self.has_add_permission(request)

    # -- Lists ---------------------------------------------------------------------------------------------------------
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OwnFiltersList]:
        """The one that takes its own filters only; a subclass may give one that does so too."""
        return OwnFiltersList

    # -- Forms ---------------------------------------------------------------------------------------------------------
    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address of a new entry's form fills in. Raises BadRequest where a field can't have such a value: the
        choice of related entries would ask the database for it."""
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        columns = {field.name: field for field in self.opts.get_fields() if isinstance(field, models.Field)}
        try:
            return {name: _as_field(columns.get(name), value) for name, value in given.items()}
        except (ValidationError, OverflowError) as error:
            raise BadRequest("The form can't be filled with that.") from error

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Our own summary of what was refused in place of unfold's note; deleting stands far from saving."""
        context |= {"is_refused": bool(context.get("errors")), "errors": (), "show_delete": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The entry's page on the site, if it has one."""
        return reverse(self.page_on_site, kwargs={"code": obj.code}) if obj is not None and self.page_on_site else None

    # -- Writing -------------------------------------------------------------------------------------------------------
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's form; when an act refuses, everything is rolled back and the form comes again with its errors."""
        refuse_rows_unsent(request)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except SentTwice as twice:
            messages.info(request, str(twice.message))
            return HttpResponseRedirect(reverse(f"admin:roadmap_{self.opts.model_name}_changelist"))
        except Refused as refused:
            request.refused = refused  # type: ignore[attr-defined]
            context = dict(extra_context or {})
            if isinstance(refused.error, StaleEdit) and "seen" in refused.form.fields:
                context["meanwhile"] = merge(request, refused.form, refused.form.cleaned_data["seen"])
            return super().changeform_view(request, object_id, form_url, context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row. For a form it bears the mark of the state that it is in, read first, so never newer than the row."""
        match = request.resolver_match
        if request.method != "GET" or match is None or not (match.url_name or "").endswith("_change"):
            return super().get_object(request, object_id, from_field)
        try:
            mark = newest_change(self.model, self.opts.pk.to_python(object_id))
        except ValidationError:
            return None
        found: Any = super().get_object(request, object_id, from_field)
        if found is not None:
            found.state_read = str(found.version) if isinstance(found, Milestone) else mark
        return found

    def response_action(self, request: HttpRequest, queryset: Any) -> Any:
        """Django's; rows that no list of ours has shown are a bad request."""
        if not all(state_seen(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("a chosen row has no number")
        return super().response_action(request, queryset)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form class of this one request, told what the act said before."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", None)
        fields: dict[str, Any] = form.base_fields
        for name, field in fields.items():
            if isinstance(field, ModelChoiceField) and getattr(field.queryset, "model", None) is Person:
                known = Q(pk__in=self.people_for(request, name).values("pk"))
                offered: Any = field.queryset
                field.queryset = offered.filter(known | Q(pk=getattr(obj, f"{name}_id", None)))
        return form

    def people_for(self, request: HttpRequest, name: str) -> models.QuerySet[Person]:
        """Whom the field can name: the reader learns of nobody else, not even that they are there."""
        return people_seen_by(person_of(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The reason of a change stands at the end of every form that can be saved."""
        elsewhere = {"reason", "seen", "form_key"}
        fieldsets = list(super().get_fieldsets(request, obj))
        fieldsets = [
            (
                title,
                {
                    **options,
                    "fields": [name for name in options["fields"] if name not in elsewhere],
                },
            )
            for title, options in fieldsets
        ]
        if self.has_change_permission(request, obj) if obj else self.has_add_permission(request):
            fieldsets.append((_("This change"), {"fields": ["reason"]}))
        return fieldsets

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """The act in place of ``obj.save()``."""
        if key := form.cleaned_data.get("form_key"):
            do_once(person_of(request), f"form:{key}:{_content_of(request)}", now=clock.now())
        with refusals_of(form):
            saved = self.change(request, form) if change else self.create(request, form)
        obj.__dict__.update(saved.__dict__)
        self.warn_after_saving(request, obj, form)

    def warn_after_saving(self, request: HttpRequest, obj: Any, form: ActForm) -> None:
        """What to heed of a row that was saved, as messages; nothing by default."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's confirmation; a refusal comes back as a message on the entry's page."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except RoadmapError as error:
            messages.error(request, str(error.message))
            return HttpResponseRedirect("../change/")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, dict[str, int], set[str], list[str]]:
        """What the confirmation shows: what stands in the way is counted and its first rows named.

        Django would fetch all of it, and list thousands. A removal with rules of its own says itself what hinders it.
        """
        has_own_rules = type(self).remove is not ActingAdmin.remove
        protected = []
        for rows in [] if has_own_rules else [rows for instance in objs for rows in _in_the_way(instance)]:
            total = rows.count()
            protected += [f"{rows.model._meta.verbose_name}: {row}" for row in rows.order_by("pk")[:NAMED_IN_THE_WAY]]
            if total > NAMED_IN_THE_WAY:
                protected.append(_("and %(count)d more") % {"count": total - NAMED_IN_THE_WAY})
        return [str(one) for one in objs], {str(self.opts.verbose_name_plural): len(objs)}, set(), protected

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """The act in place of ``obj.delete()``."""
        self.remove(request, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Nothing is deleted by the handful."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Never Django's bulk deletion, whatever action a subclass may add."""
        for instance in queryset:
            self.remove(request, instance)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The acts keep the history; Django's own log would be a second one."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The same."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """The same."""

    # -- History -------------------------------------------------------------------------------------------------------
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every change of the entry: who, when, what, why, through which door."""
        instance = self.get_object(request, object_id)
        if instance is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, instance):
            raise PermissionDenied
        page: Any = None
        changes: list[Change] = []
        if hasattr(self.model, "history"):
            page, changes = changes_of(self.model, instance.pk, page=request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change record: %(entry)s") % {"entry": instance},
            "subtitle": None,
            "opts": self.opts,
            "object": instance,
            "page_obj": page,
            "changes": changes,
            "module_name": str(self.opts.verbose_name_plural),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.history_template, context)


class NobodyWrites:
    """For pages and tables to look at: nothing is added, changed or removed there."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class ReadOnlyAdmin(NobodyWrites, ActingAdmin):
    """A page to look at."""
