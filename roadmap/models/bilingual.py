"""Content in two languages: a pair of columns for each text, and the one to show in the reader's language."""

from django.db import models
from django.utils.translation import get_language


def in_language(chinese: str, english: str, language: str | None) -> str:
    """The text in ``language`` (a Django code), or the other one where that is empty."""
    first, second = (english, chinese) if (language or "").startswith("en") else (chinese, english)
    return first or second


def own_column(name: str) -> str:
    """The one of the pair of columns ``name`` that is in the active language, as ``narrative_en``."""
    return f"{name}_{'en' if (get_language() or '').startswith('en') else 'zh'}"


class Localized:
    """Reads ``<name>_zh`` or ``<name>_en`` of the instance, whichever the active language asks for."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> str:
        if instance is None:
            return self  # type: ignore[return-value]  # the descriptor itself, as Django's own fields do
        return in_language(getattr(instance, f"{self.name}_zh"), getattr(instance, f"{self.name}_en"), get_language())
