"""Who may come in at all, with which token. What a person may do to which object is decided by ``roadmap.rights``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from roadmap.errors import MissingScope, NotAllowed
from roadmap.models import ApiToken
from roadmap.vocabulary import Scope

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it reads the settings that name this class


class ReadOpenlyWriteKnown(BasePermission):
    """Reading is open where ``PUBLIC_READING`` says so, but for what is somebody's own; the rest needs to know the
    person. A token opens what its scopes name, of which each view tells (``scope_of``)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True when the request may go on to the view. Raises MissingScope."""
        if request.method not in view.allowed_methods:
            return True  # goes on to be told that the method doesn't exist here
        if isinstance(request.auth, ApiToken):
            needed = scope_needed(request, view)
            if needed not in request.auth.scope_set:
                raise MissingScope(_("This token lacks the scope %(scope)s.") % {"scope": needed}, scope=needed)
        if request.user.is_authenticated:
            if request.auth is None and getattr(view, "is_grave", False) and request.method not in SAFE_METHODS:
                _require_recent_sign_in(request)
            return True
        open_to_all = settings.PUBLIC_READING and not getattr(view, "is_personal", False)
        return open_to_all and request.method in SAFE_METHODS


def _require_recent_sign_in(request: Request) -> None:
    """Of a session, before what gives somebody power. Raises NotAllowed."""
    if not getattr(request._request, "signed_in_lately", False):
        raise NotAllowed(_("Enter your password again on the site first (/sign-in/again/), or use a token."))


def scope_needed(request: Request, view: APIView) -> Scope:
    """The scope that a token needs for this request: that of the view's action, or else of all its writing."""
    if request.method in SAFE_METHODS:
        return Scope.READ
    by_action = getattr(view, "scope_of", {})
    return by_action.get(getattr(view, "action", None), view.write_scope)  # type: ignore[attr-defined,no-any-return]
