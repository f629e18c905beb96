"""Tags: plain words that people put on milestones, kept in one column so that history and versions hold them too."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.texts import clean_text, clean_value

MOST_TAGS, LONGEST_TAG = 20, 40
EDGE = "|"  # stands before, between and after them, so that whole tags are found
SEPARATORS = re.compile(r"[,，、;；\n]")


def tags_in(stored: str) -> list[str]:
    """The tags of the column as it is stored."""
    return [tag for tag in stored.split(EDGE) if tag]


def tidy_tags(given: Any) -> list[str]:
    """Tags without needless spaces and repeats, in the order given; from a list, or a text with commas between them."""
    words = SEPARATORS.split(given) if isinstance(given, str) else [str(word) for word in given or ()]
    tidied = [" ".join(clean_text(word).split()) for word in words]
    return list({tag.casefold(): tag for tag in reversed(tidied) if tag}.values())[::-1]


def changed_tags(tags: Any, *, add: list[str], remove: list[str]) -> list[str]:
    """The tags without those to ``remove``, in either case, and with those to ``add``."""
    lost = {tag.casefold() for tag in tidy_tags(remove)}
    return tidy_tags([tag for tag in tags if tag.casefold() not in lost] + add)


def check_tags(tags: list[str]) -> None:
    """Raise ValidationError for too many tags, too long ones, and those that hold a separator."""
    if len(tags) > MOST_TAGS:
        raise ValidationError(_("At most %(count)d tags."), params={"count": MOST_TAGS})
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise ValidationError(
                _("“%(tag)s” is too long; a tag has at most %(count)d characters."),
                params={"tag": tag[:LONGEST_TAG], "count": LONGEST_TAG},
            )
        if EDGE in tag or SEPARATORS.search(tag):
            raise ValidationError(_("“%(tag)s”: a tag holds no comma, semicolon or bar."), params={"tag": tag})


def bears(tag: str) -> models.Q:
    """The condition that a row has the whole tag among its ``tags``, in either case."""
    return models.Q(tags__icontains=f"{EDGE}{tag}{EDGE}")


class TagsFormField(forms.CharField):
    """A line of text with commas between the tags."""

    def prepare_value(self, value: Any) -> Any:
        """The line."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The tags."""
        return tidy_tags(value)

    def run_validators(self, value: Any) -> None:
        """The model's field checks them."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other tags are meant."""
        return tidy_tags(initial or []) != tidy_tags(data or "")


class TagsField(models.CharField):
    """A list of tags; ``bears`` finds rows by one of them."""

    default_validators = [check_tags]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1000)
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> list[str]:
        """The tags."""
        return tags_in(value or "")

    def to_python(self, value: Any) -> Any:
        """Tidied."""
        return tidy_tags(value)

    def get_prep_value(self, value: Any) -> str:
        """Each between two edges."""
        tags = clean_value([value] if isinstance(value, str) and value else value or [])
        return f"{EDGE}{EDGE.join(tags)}{EDGE}" if tags else ""

    def value_to_string(self, obj: Any) -> str:
        """As stored."""
        return self.get_prep_value(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        """A line of text."""
        return super().formfield(**{"form_class": TagsFormField, **kwargs})
