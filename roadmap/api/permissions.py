"""Who may come in at all. What a person may do to which object is decided by ``roadmap.rights``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it reads the settings that name this class


class ReadOpenlyWriteKnown(BasePermission):
    """Reading is open where ``PUBLIC_READING`` says so; everything else needs to know the person."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True when the request may go on to the view."""
        if request.method not in view.allowed_methods:
            return True  # goes on to be told that the method doesn't exist here
        if request.user.is_authenticated:
            return True
        return settings.PUBLIC_READING and request.method in SAFE_METHODS
