"""Errors of acts as errors of forms: which form they belong to, and which of its fields."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.forms import BaseForm
from django.utils.translation import gettext as _

from roadmap.errors import InvalidChange, RoadmapError


class Refused(Exception):
    """An act refused what a form asked for. ``prefix`` names the form (None for the main one).

    It leaves the view's transaction, so that nothing of the request stays; the page is then shown again.
    """

    def __init__(self, error: RoadmapError, *, form: BaseForm) -> None:
        super().__init__(str(error.message))
        self.error = error
        self.form = form
        self.prefix = form.prefix


@contextmanager
def refusals_of(form: BaseForm) -> Iterator[None]:
    """Turns a refusal of the acts inside into one of ``form``."""
    try:
        yield
    except RoadmapError as error:
        raise Refused(error, form=form) from error
    except IntegrityError as error:
        meanwhile = RoadmapError(
            _("Somebody else has just saved something that contradicts this. Check it and try again.")
        )
        raise Refused(meanwhile, form=form) from error


def put_on_form(error: RoadmapError, form: BaseForm) -> None:
    """Add the error to the fields that it names; what the form doesn't show goes to its head, with the field's name."""
    if not isinstance(error, InvalidChange):
        form.add_error(None, str(error.message))
        return
    for name, message in error.fields.items():
        if name in form.fields and not form.fields[name].widget.is_hidden:
            form.add_error(name, str(message))
        elif name in {NON_FIELD_ERRORS, "__all__"}:
            form.add_error(None, str(message))
        else:
            form.add_error(None, ValidationError(f"{field_label(form, name)}: {message}"))


def field_label(form: BaseForm, name: str) -> Any:
    """What people call the field."""
    model = getattr(getattr(form, "_meta", None), "model", None)
    known = {field.name: field.verbose_name for field in model._meta.concrete_fields} if model else {}
    return known.get(name, name)
