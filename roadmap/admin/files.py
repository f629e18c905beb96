"""Evidence as files: handed to staff as a download, never shown or run by the browser."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext as _

from roadmap.models import Evidence


def evidence_file(request: HttpRequest, name: str) -> FileResponse:
    """The file of a piece of evidence, by the name under which it is stored; 404 for anything else there."""
    if not Evidence.objects.filter(file=name).exists() or not default_storage.exists(name):
        raise Http404(_("This file isn't there."))
    response = FileResponse(default_storage.open(name), as_attachment=True, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
