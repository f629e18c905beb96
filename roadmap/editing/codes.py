"""The code that a new milestone gets where nobody gives one."""

from collections.abc import Collection
from itertools import count

from django.utils.text import slugify

from roadmap.models import Initiative, Milestone

LONGEST = 80
ROOM = 6  # for a dash and a number


def suggested_code(title_en: str, *, initiative: Initiative | None) -> str:
    """A code that no milestone has: the English title's words, else the initiative's code with a number. One query."""
    words = slugify(title_en)[: LONGEST - ROOM].strip("-_")
    base = words or (initiative.code if initiative else "milestone")[: LONGEST - ROOM]
    taken = set(Milestone.objects.filter(code__startswith=base).order_by().values_list("code", flat=True))
    return free_code(base, taken=taken, is_whole=bool(words))


def free_code(base: str, *, taken: Collection[str], is_whole: bool) -> str:
    """``base`` itself where it says enough and is free, else the first ``base-1``, ``base-2`` … that is."""
    if is_whole and base not in taken:
        return base
    return next(code for number in count(2 if is_whole else 1) if (code := f"{base}-{number}") not in taken)
