"""What is done with people's accounts beside their profile: invitations, and the second factor's reset."""

from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from roadmap import clock
from roadmap.account_rights import may_invite, may_invite_anybody
from roadmap.admin.act_forms import ReasonForm
from roadmap.admin.base import actor_of, person_of
from roadmap.admin.refusals import put_on_form
from roadmap.admin.way_back import narrowed, to_list
from roadmap.editing.invitations import invite_again, invite_person, take_invitation_back
from roadmap.editing.people import sign_out_everywhere
from roadmap.editing.second_factor import reset_second_factor
from roadmap.errors import RoadmapError
from roadmap.models import Invitation, Organisation, Person
from roadmap.rights import ROLES_LEADS_GIVE, may_administer
from roadmap.vocabulary import Language, Role


class InvitationForm(forms.Form):
    """Whom to invite; a lead chooses within the own branch."""

    full_name = forms.CharField(
        label=pgettext_lazy("person", "Name"), max_length=120, widget=UnfoldAdminTextInputWidget
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=150,
        widget=UnfoldAdminEmailInputWidget,
        help_text=gettext_lazy("The invitation goes there; it is also the user name."),
    )
    role = forms.ChoiceField(label=gettext_lazy("role"), widget=UnfoldAdminSelectWidget, initial=Role.CONTRIBUTOR)
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("organisation"), queryset=Organisation.objects.none(), widget=UnfoldAdminSelectWidget
    )
    language = forms.ChoiceField(
        label=gettext_lazy("language"), choices=Language.choices, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, inviter: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = list(Role) if may_administer(inviter) else [role for role in Role if role in ROLES_LEADS_GIVE]
        fields: Any = self.fields
        fields["role"].choices = [(role.value, role.label) for role in given]
        everywhere = may_administer(inviter)
        path_of_own = inviter.organisation.path if inviter.organisation else "-"
        reached = (
            Organisation.objects.all() if everywhere else Organisation.objects.filter(path__startswith=path_of_own)
        )
        fields["organisation"].queryset = reached.order_by("path")
        fields["organisation"].required = not everywhere


def invitation_state(person: Any, *, now: datetime) -> str:
    """In words, of a person annotated by ``with_invitations``; a dash for whoever was never invited."""
    if person.invited_at is None:
        return "–"
    if person.accepted_at is not None:
        return _("accepted")
    if person.taken_back_at is not None:
        return _("withdrawn")
    return _("expired") if person.invitation_ends_at <= now else _("sent, not accepted yet")


def with_invitations(people: QuerySet[Person]) -> QuerySet[Person]:
    """With how each person's last invitation stands; no further query."""
    last = Invitation.objects.filter(person=OuterRef("pk")).order_by("-made_at", "-pk")
    return people.annotate(
        invited_at=Subquery(last.values("made_at")[:1]),
        accepted_at=Subquery(last.values("used_at")[:1]),
        taken_back_at=Subquery(last.values("revoked_at")[:1]),
        invitation_ends_at=Subquery(last.values("expires_at")[:1]),
    )


class AccountActs(ModelAdmin):
    """Buttons on the list and the page of a person; each asks on a page of its own, and only a POST acts."""

    actions_list = ["invite"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the state of invitations."""
        return with_invitations(super().get_queryset(request))

    @display(description=gettext_lazy("invitation"))
    def shown_invitation(self, person: Person) -> str:
        """How the last one stands."""
        return invitation_state(person, now=clock.now())

    def has_invite_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may invite anybody at all."""
        return may_invite_anybody(person_of(request))

    @action(
        description=gettext_lazy("Invite"), icon="person_add", permissions=["invite"], variant=ActionVariant.PRIMARY
    )
    def invite(self, request: HttpRequest) -> HttpResponse:
        """Ask whom, and send the invitation."""
        if not may_invite_anybody(person_of(request)):
            raise PermissionDenied
        form = InvitationForm(person_of(request), request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                made = invite_person(by=actor_of(request), now=clock.now(), **form.cleaned_data)
                messages.success(request, _("The invitation to %(person)s is on its way.") % {"person": made.person})
                address = reverse("admin:roadmap_person_change", args=[made.person_id])
                return HttpResponseRedirect(f"{address}?{narrowed(request)}".rstrip("?"))
            except RoadmapError as error:
                put_on_form(error, form)
        told = _("They get a mail in their language with a link that works once, and set their own password.")
        return self._ask(
            request, form, title=_("Invite a person"), told=told, back=to_list(Person, request.GET.urlencode())
        )

    def has_unaccepted_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may invite the person, who has an invitation and hasn't accepted it."""
        person: Any = self.get_object(request, str(object_id)) if object_id else None
        waits = person is not None and person.invited_at is not None and person.accepted_at is None
        return bool(waits and may_invite(person_of(request), person))

    @action(description=gettext_lazy("Invite again"), icon="forward_to_inbox", permissions=["unaccepted"])
    def resend_invitation(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then send a new link."""
        person = self._person(request, object_id)
        if request.method == "POST":
            return self._done(request, person, lambda: invite_again(person, by=actor_of(request), now=clock.now()))
        title = _("Send %(person)s a new invitation?") % {"person": person}
        return self._ask(request, forms.Form(), title=title, told=_("Earlier links end."), person=person)

    @action(description=gettext_lazy("Withdraw the invitation"), icon="person_off", permissions=["unaccepted"])
    def revoke_invitation(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then end the link and close the account."""
        person = self._person(request, object_id)
        if request.method == "POST":
            act = lambda: take_invitation_back(person, by=actor_of(request), now=clock.now())  # noqa: E731
            return self._done(request, person, act)
        title = _("Withdraw the invitation of %(person)s?") % {"person": person}
        told = _("The link ends and the account is closed, until you invite the person again.")
        return self._ask(request, forms.Form(), title=title, told=told, person=person)

    def has_factor_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may change the account, of people who have a second factor."""
        person = self.get_object(request, str(object_id)) if object_id else None
        return person is not None and bool(person.second_factor_since) and self.has_change_permission(request, person)

    @action(description=gettext_lazy("Reset second factor"), icon="phonelink_erase", permissions=["factor"])
    def reset_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then take it away from somebody who lost their phone."""
        person = self._person(request, object_id)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            return self._done(
                request,
                person,
                lambda: reset_second_factor(person, by=actor_of(request), now=clock.now(), reason=reason),
            )
        title = _("Reset the second factor of %(person)s?") % {"person": person}
        told = _(
            "Make sure that this person is really the one who asks. They then sign in by password and set it up again."
        )
        return self._ask(request, form, title=title, told=told, person=person)

    def has_sessions_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may change the account, of people who are signed in somewhere."""
        person = self.get_object(request, str(object_id)) if object_id else None
        is_in = person is not None and UserSession.objects.filter(user=person).exists()
        return is_in and self.has_change_permission(request, person)

    @action(description=gettext_lazy("Sign out everywhere"), icon="logout", permissions=["sessions"])
    def end_sessions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then end all sessions."""
        person = self._person(request, object_id)
        if request.method == "POST":
            return self._done(request, person, lambda: sign_out_everywhere(person, by=actor_of(request)))
        title = _("Sign %(person)s out everywhere?") % {"person": person}
        return self._ask(request, forms.Form(), title=title, told=_("They sign in again."), person=person)

    def _person(self, request: HttpRequest, object_id: str) -> Person:
        person = self.get_object(request, object_id)
        if not isinstance(person, Person):
            raise Http404
        return person

    def _done(self, request: HttpRequest, person: Person, act: Any) -> HttpResponse:
        try:
            act()
            messages.success(request, _("Done."))
        except RoadmapError as error:
            messages.error(request, str(error.message))
        return HttpResponseRedirect(reverse("admin:roadmap_person_change", args=[person.pk]))

    def _ask(
        self, request: HttpRequest, form: Any, *, title: str, told: str, person: Person | None = None, back: str = ""
    ) -> HttpResponse:
        address = back or reverse("admin:roadmap_person_change", args=[person.pk if person else 0])
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "told": told,
            "back": address,
        }
        return TemplateResponse(request, "admin/roadmap/ask.html", context)
