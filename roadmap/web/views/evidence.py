"""Files of evidence, for everybody who is known here: reading the roadmap may be open to all, its papers aren't."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from roadmap.editing.downloads import download_of
from roadmap.models import Evidence, Person


def evidence_file(request: HttpRequest, person: Person, number: int) -> HttpResponseBase:
    """The file of a piece of evidence, as a download."""
    evidence = Evidence.objects.filter(pk=number).first()
    download = download_of(evidence) if evidence is not None else None
    if download is None:
        raise Http404(_("This file isn't there."))
    return download
