"""Short-lived values that outlast Redis: attempts to sign in, used codes. Read and written by Django's cache."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptValue(models.Model):
    """A row of ``django.core.cache.backends.db``, whose own command would make the table beside the migrations."""

    cache_key = models.CharField(_("key"), max_length=255, primary_key=True)
    value = models.TextField(_("value"))
    expires = models.DateTimeField(_("expires at"), db_index=True)

    class Meta:
        verbose_name = _("kept value")
        verbose_name_plural = _("kept values")

    def __str__(self) -> str:
        return self.cache_key
