"""Finds what the pages show by words, of a roadmap and of the tree of organisations: which rows, and in which order.

Each word has to occur somewhere in a row's code, titles or texts, in either language. First comes what has the words
for its code, then what begins with them, then what has them in its title, then what has them in its texts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any
from unicodedata import normalize

from django.db.models import Case, Model, Q, QuerySet, Value, When

from roadmap.models import Milestone, Organisation, Roadmap
from roadmap.texts import clean_text

MOST = 20  # of each kind that are shown
LONGEST = 100
CODE, START, TITLE, TEXT = range(4)  # what a row is found by, the best first


@dataclass(frozen=True)
class Found:
    """Rows of one kind, the best first, at most MOST; ``has_more`` says that there are others."""

    kind: str
    rows: list[Any]
    has_more: bool


def words_of(text: str) -> str:
    """What is asked for, in the form in which it is looked for: full-width letters as plain ones, one blank between
    words."""
    return " ".join(clean_text(normalize("NFKC", text)).split())[:LONGEST]


def found_in(roadmap: Roadmap, asked: str) -> list[Found]:
    """What has all of the words, by kind; a query for each kind. Rows bear ``found_by``."""
    titles, texts = ("title_zh", "title_en"), ("description_zh", "description_en")
    milestones = Milestone.objects.filter(initiative__roadmap=roadmap).select_related("initiative", "owner")
    criteria = ("acceptance_criteria_zh", "acceptance_criteria_en")
    kinds: list[tuple[str, QuerySet[Any], tuple[str, ...], tuple[str, ...]]] = [
        ("milestones", milestones, titles, (*texts, *criteria, "owner__full_name")),
        ("initiatives", roadmap.initiatives.select_related("pillar"), titles, texts),
        ("organisations", Organisation.objects.select_related("parent"), ("name_zh", "name_en"), ()),
        ("indicators", roadmap.indicators.select_related("pillar"), titles, texts),
        ("phases", roadmap.phases.all(), titles, texts),
        ("pillars", roadmap.pillars.all(), titles, texts),
    ]
    return [_found(kind, rows, asked, titles=named, texts=told) for kind, rows, named, told in kinds]


def _found(
    kind: str, rows: QuerySet[Any, Model], asked: str, *, titles: tuple[str, ...], texts: tuple[str, ...]
) -> Found:
    words = asked.split()
    is_there = reduce(and_, (_in_any(("code", *titles, *texts), "icontains", word) for word in words))
    best = Case(
        When(Q(code__iexact=asked), then=Value(CODE)),
        When(_in_any(titles, "istartswith", asked), then=Value(START)),
        When(reduce(and_, (_in_any(("code", *titles), "icontains", word) for word in words)), then=Value(TITLE)),
        default=Value(TEXT),
    )
    ranked = rows.filter(is_there).annotate(found_by=best)
    first = list(ranked.order_by("found_by", *rows.model._meta.ordering)[: MOST + 1])
    return Found(kind, first[:MOST], len(first) > MOST)


def _in_any(names: Iterable[str], how: str, text: str) -> Q:
    return reduce(or_, (Q(**{f"{name}__{how}": text}) for name in names))
