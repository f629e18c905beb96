"""Whether the rows are what the last records of their histories say: who writes past the acts is found by this."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from roadmap.models.history import historised_models, tracked_columns
from roadmap.progress.replay import rows_at


@dataclass(frozen=True)
class Mismatch:
    """An entry that isn't as its history says. ``columns`` differ; none where one of the two isn't there at all."""

    kind: str
    pk: object
    columns: tuple[str, ...]


def rows_unlike_their_history(*, now: datetime) -> Iterator[Mismatch]:
    """Every such entry, by kind and primary key; two queries a kind. ``now`` is the present, or later."""
    for model in historised_models():
        names = tracked_columns(model)
        told = {pk: _values(row, names) for pk, row in rows_at(model, now).items()}
        there = {row.pk: _values(row, names) for row in model._base_manager.order_by()}
        for pk in sorted(told.keys() | there.keys()):
            if told.get(pk) != there.get(pk):
                differing = zip(names, told.get(pk, ()), there.get(pk, ()), strict=False)
                columns = tuple(name for name, was, is_now in differing if was != is_now)
                yield Mismatch(model._meta.model_name or "", pk, columns)


def _values(row: models.Model, names: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in names)
