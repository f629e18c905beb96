"""A dry run: everything is done as in earnest, and then undone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


class _Undo(Exception):
    """Ends the transaction of a dry run."""


@contextmanager
def undone() -> Iterator[None]:
    """What happens in the block is checked by every rule, the database's own included, and not written."""
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass
