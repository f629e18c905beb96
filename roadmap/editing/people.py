"""Acts on people that the general acts on entries can't do."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from roadmap.models import Person
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_administer
from roadmap.validity import check_fields, check_whole


def create_sample_person(*, by: Actor, reason: str = "", **fields: Any) -> Person:
    """A made-up person, marked so for good, who can't sign in. Raises InvalidChange, NotAllowed.

    The mark can be set nowhere else: what bears it is removed together with the sample layer.
    """
    require_administer(by)
    check_fields(Person, fields)
    person = Person(**{**fields, "password": make_password(None), "is_sample": True})
    with transaction.atomic():
        check_whole(person)
        note_change(person, by=by, reason=reason)
        person.save()
    return person
