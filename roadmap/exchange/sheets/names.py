"""Which row a cell names: by its code or user name, or by its title in either language, as exports write it."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap.exchange.sheets.cells import WrongCell, as_text, plain
from roadmap.models import Initiative, Person
from roadmap.rights import people_seen_by
from roadmap.vocabulary import Language

CALLED_BY = ("code", "username", "title_zh", "title_en", "name_zh", "name_en", "full_name")
ROWS = {Initiative: ("roadmap", "pillar")}


def names_of_row(row: Any) -> set[str]:
    """How a cell may call the row: exact names first among equals is no matter, as all are compared as plain words."""
    found = {plain(str(getattr(row, name, "") or "")).casefold() for name in CALLED_BY}
    for language in Language.values:
        with translation.override(language):
            found.add(plain(str(row)).casefold())
    return found - {""}


@dataclass
class Names:
    """The rows that a reader can name, read once a model: of people, those whom the reader sees (None: all)."""

    reader: Person | None
    known: dict[type[models.Model], dict[str, list[Any]]] = field(default_factory=dict)
    called: dict[tuple[type[models.Model], Any], set[str]] = field(default_factory=dict)

    def of(self, row: Any) -> set[str]:
        """``names_of_row``, worked out once a row: most rows of a file name the same few."""
        key = (type(row), row.pk)
        if key not in self.called:
            self.called[key] = names_of_row(row)
        return self.called[key]

    def find(self, model: type[models.Model], cell: Any, *, roadmap: int | None) -> Any:
        """The one row so called; of several, the one of that roadmap. Raises WrongCell."""
        word = plain(as_text(cell)).casefold()
        rows = self._rows(model).get(word, [])
        if len(rows) > 1:
            coded = [row for row in rows if word in (str(getattr(row, "code", "")), getattr(row, "username", ""))]
            own = [row for row in rows if roadmap is not None and getattr(row, "roadmap_id", None) == roadmap]
            rows = next((some for some in (own, coded) if len(some) == 1), rows)
        if len(rows) > 1:
            raise WrongCell(_("Several are called so; write its code, or the user name of a person."))
        if not rows:
            raise WrongCell(_("There is no such entry."))
        return rows[0]

    def offered(self, model: type[models.Model]) -> list[str]:
        """What to choose from: titles, or the code (user name) of what shares its title with another."""
        words = []
        for row in self._read(model):
            title = str(row)
            is_shared = len(self._rows(model)[plain(title).casefold()]) > 1
            words.append(str(getattr(row, "code", "") or getattr(row, "username", "")) if is_shared else title)
        return words

    def _rows(self, model: type[models.Model]) -> dict[str, list[Any]]:
        if model not in self.known:
            by_word: defaultdict[str, list[Any]] = defaultdict(list)
            for row in self._read(model):
                for word in self.of(row):
                    by_word[word].append(row)
            self.known[model] = dict(by_word)
        return self.known[model]

    def _read(self, model: Any) -> Any:
        if model is Person:
            seen = Person.objects.all() if self.reader is None else people_seen_by(self.reader)
            return seen.filter(is_active=True)
        return model._default_manager.select_related(*ROWS.get(model, ()))
