"""Tables that were uploaded and looked at, kept until they are applied."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.person import Person
from roadmap.models.text_fields import CharField


class TableUpload(models.Model):
    """A file between the page that shows what it would change and the button that does it; one a person and kind."""

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+")
    kind = CharField(_("kind"), max_length=40)
    file_name = CharField(_("file name"), max_length=200)
    content = models.BinaryField(_("content"))
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("uploaded table")
        verbose_name_plural = _("uploaded tables")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="roadmap_tableupload_one_a_kind")]

    def __str__(self) -> str:
        return self.file_name
