"""Files broken at random: each is refused with words on what is wrong, or read; none is ever half applied."""

import io
import random
import zipfile
from collections.abc import Callable

import pytest

from roadmap.errors import BadTable
from roadmap.models import Milestone
from tests.exchange.sheets.plan import brought, csv_file, make_plan, xlsx

pytestmark = pytest.mark.django_db
SOME, MANY = 50, 1000
ODD = [b"", b"\0", b"<", b">", b'"', b"&#x0;", b"A1", b"XFD1048576", b"1e999", b"-1", b"\xff", b"=", b't="e"', b"<c/>"]


def _flip(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.randrange(len(content) + 1) for _time in range(2))
    return content[:first] + content[last:] if chance.random() < 0.5 else content[:last]


def _put(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.choice(ODD) + content[place + chance.randrange(4) :]


CHANGES: list[Callable[[bytes, random.Random], bytes]] = [_flip, _cut, _put]


def _broken(content: bytes, chance: random.Random) -> bytes:
    """The file with some bytes changed, or a workbook with some of what is in one of its parts changed."""
    times = chance.choice([1, 1, 2, 5])
    if not content.startswith(b"PK") or chance.random() < 0.3:
        for _time in range(times):
            content = chance.choice(CHANGES)(content, chance) or b"x"
        return content
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = chance.choice([*old.namelist(), *["xl/worksheets/sheet1.xml"] * 6])
        for name in old.namelist():
            part = old.read(name)
            for _time in range(times if name == chosen else 0):
                part = chance.choice(CHANGES)(part, chance) or b"x"
            if name != chosen or chance.random() < 0.95:
                new.writestr(name, part)
    return file.getvalue()


def _try_all(count: int) -> dict[str, int]:
    one, other = make_plan(), make_plan()
    rows = [
        ["ID", "version", "due date", "weight", "title (English)", "owner"],
        [one.pk, 1, "2026-12-15", 2, "One", ""],
        [other.pk, 1, "2026-12-16", 3, "Other", ""],
    ]
    whole = [xlsx(*rows), csv_file(*rows), csv_file(*rows, encoding="gb18030")]
    outcomes = {"read": 0, "refused": 0}
    for seed in range(count):
        chance = random.Random(seed)
        content = _broken(chance.choice(whole), chance)
        before = list(Milestone.objects.order_by("pk").values())
        result, refused = None, None
        try:
            result = brought(content)
        except BadTable as error:
            refused = error
        stored = list(Milestone.objects.order_by("pk").values())
        if refused is not None:
            outcomes["refused"] += 1
            assert all(fault.text and (fault.place or not fault.row) for fault in refused.faults), seed
            assert stored == before, seed
        elif result is not None:
            outcomes["read"] += 1
            changed = {row["id"] for row in stored if row not in before}
            assert changed == {row.pk for row in result.rows}, seed
            for row in before:
                Milestone.objects.filter(pk=row["id"]).update(**row)
            Milestone.objects.exclude(pk__in=[one.pk, other.pk]).delete()
    return outcomes


def test_some_broken_files_are_refused_or_read_whole() -> None:
    outcomes = _try_all(SOME)
    assert outcomes["refused"] > SOME // 2
    assert outcomes["read"] > 0


@pytest.mark.everything
def test_a_thousand_broken_files_are_refused_or_read_whole() -> None:
    outcomes = _try_all(MANY)
    assert outcomes["refused"] > MANY // 2
    assert outcomes["read"] > MANY // 20
