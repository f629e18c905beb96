"""Checks that acts share: a whole instance before it is saved, and a milestone's version before it is changed."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.errors import InvalidChange, StaleEdit
from roadmap.models import Milestone


def check_whole(instance: models.Model) -> None:
    """Run the model's own checks, constraints included; raise InvalidChange naming each field that is wrong.

    What belongs to no single field is reported under ``__all__``.
    """
    try:
        instance.full_clean()
    except ValidationError as error:
        raise InvalidChange(
            {field or NON_FIELD_ERRORS: " ".join(messages) for field, messages in error.message_dict.items()}
        ) from error


def check_fields(model: type[models.Model], fields: dict[str, object]) -> None:
    """Raise InvalidChange for names that aren't editable columns of ``model``, each under its own name."""
    known = {field.name for field in model._meta.concrete_fields if field.editable}
    unknown = {name: _("There is no such field.") for name in fields if name not in known}
    if unknown:
        raise InvalidChange(unknown)


def locked_milestone(milestone: Milestone, expected_version: int | None) -> Milestone:
    """The milestone as stored now, locked until the transaction ends, with what acts need to know of it.

    Raises StaleEdit when the editor worked from another version than the one stored.
    """
    current = (
        Milestone.objects.select_for_update(of=("self",))
        .select_related("initiative__roadmap", "phase", "workstream", "organisation", "owner")
        .get(pk=milestone.pk)
    )
    if expected_version is not None and expected_version != current.version:
        raise StaleEdit(
            _("Someone else changed this milestone meanwhile. Look at the newer state and try again."),
            current_version=current.version,
        )
    return current
