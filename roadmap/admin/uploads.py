"""Uploaded files are looked at before the view's transaction begins: a virus scanner may take its time."""

from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget

from roadmap.editing.attachments import TYPES, Inspected, inspected
from roadmap.errors import InvalidChange
from roadmap.models import Evidence
from roadmap.vocabulary import EvidenceKind

Looked = dict[str, Inspected | InvalidChange]


class UploadForm(forms.ModelForm):
    """A form with a file; ``looked`` has what was found of each file of the request, by its field's name there."""

    upload = forms.FileField(
        label=capfirst(_("file")),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ",".join(TYPES)}),
    )
    looked: Looked = {}

    @property
    def inspected(self) -> Inspected | None:
        """The file, fit to be attached; None without one."""
        found = self.looked.get(self.add_prefix("upload"))
        return found if isinstance(found, Inspected) else None

    def clean_upload(self) -> Any:
        """What was found wrong with the file."""
        found = self.looked.get(self.add_prefix("upload"))
        if isinstance(found, InvalidChange):
            raise ValidationError(str(found.fields["file"]))
        if self.cleaned_data.get("kind") == EvidenceKind.FILE and not self.cleaned_data["upload"]:
            raise ValidationError(gettext("This kind of evidence needs it."))
        return self.cleaned_data["upload"]


class LooksAtFiles(ModelAdmin):
    """A page to whose forms files are uploaded."""

    def takes_files(self, request: HttpRequest, object_id: str | None) -> bool:
        """Whether the reader may save the form, asked before any of it is read; the bound of its size goes by that."""
        if object_id is None:
            return self.has_add_permission(request)
        found = self.get_object(request, unquote(object_id))
        return found is not None and self.has_change_permission(request, found)

    def may_attach(self, request: HttpRequest, object_id: str | None) -> bool:
        """Whether its files are worth being looked at."""
        return self.takes_files(request, object_id)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """First whether they may, then the files, then the rest."""
        if request.method == "POST" and self.may_attach(request, object_id):
            request.looked = {name: _found(file) for name, file in request.FILES.items()}  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)


def _found(file: Any) -> Inspected | InvalidChange:
    try:
        return inspected(file)
    except InvalidChange as refused:
        return refused


def download_link(evidence: Evidence) -> SafeString | str:
    """The name of the file as a link to its download; a dash where there is none."""
    if evidence.kind != EvidenceKind.FILE or not evidence.file:
        return "–"
    address = reverse("web:evidence-file", kwargs={"number": evidence.pk})
    return format_html('<a href="{}">{}</a>', address, evidence.file_name or _("Download"))
