"""A file of evidence as it is handed out, at every door: a download that a browser never shows or runs."""

from django.core.files.storage import default_storage
from django.http import FileResponse

from roadmap.models import Evidence

POLICY = "default-src 'none'; sandbox"


def download_of(evidence: Evidence) -> FileResponse | None:
    """The answer that carries the file, under the name that its bringer gave it; None when there is no file."""
    place = evidence.file.name
    if not place or not default_storage.exists(place):
        return None
    response = FileResponse(
        default_storage.open(place),
        as_attachment=True,
        filename=evidence.file_name or place.rpartition("/")[2],
        content_type="application/octet-stream",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response
