"""A look at a workbook's package before anything reads it: its size unpacked, its parts, the reach of its cells.

Readers of workbooks lay a sheet out as a full rectangle, so that two cells far apart would take all memory; they leave
out entities, and read what a program couldn't compute as an empty cell. All that is found here, in bounded memory.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from itertools import islice

from django.utils.translation import gettext as _

MOST_BYTES_UNPACKED = 400 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS, MOST_COLUMNS = 100_000, 100  # of entries, and across
MOST_ABOVE = 20  # rows: the heads, and whatever a file's writer put over them
TOLD_OF_CELLS = 50
PIECE, OVERLAP = 1 << 20, 4096

NAMES_A_CELL = re.compile(rb"\br\s*=\s*[\"']([A-Z]{0,4})([0-9]{1,9})[\"']")
NAMES_ODDLY = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^<>]*?\br\s*=\s*[\"'](?![A-Z]{0,3}[0-9]{1,7}[\"'])")
DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
HOLDS_AN_ERROR = re.compile(
    rb"<(?:\w+:)?c\s(?=[^<>]*?\bt\s*=\s*[\"']e[\"'])[^<>]*?\br\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7})[\"']"
)
WITHOUT_RESULT = re.compile(
    rb"<(?:\w+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7})[\"'][^<>]*>\s{0,8}<f(?:\s[^<>]*)?(?:/>|>[^<>]*</f>)"
    rb"\s{0,8}(?:<v\s{0,8}/>|<v>\s{0,8}</v>)?\s{0,8}</c>"
)


class Unreadable(Exception):
    """A file that can't be taken; ``args[0]`` says why, for people."""


@dataclass
class Package:
    """What the look found: the sheets' cells (as ``B12``) that hold errors or no result, by part, and its epoch."""

    cells_of_no_value: dict[str, list[str]] = field(default_factory=dict)
    part_of_sheet: dict[str, str] = field(default_factory=dict)
    counts_from_1904: bool = False


def inspect_package(content: bytes) -> Package:
    """Look through all parts. Raises Unreadable for what is no workbook, or no harmless one."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {one.filename for one in parts}
            _refuse_odd_parts(parts, names)
            found = _structure(archive)
            left = MOST_BYTES_UNPACKED
            for one in parts:
                left = _look_through(archive, one, found, left)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
        LookupError,
    ) as error:
        raise Unreadable(
            _("This is no whole XLSX file; open it in a spreadsheet program and save it again.")
        ) from error
    return found


def _refuse_odd_parts(parts: list[zipfile.ZipInfo], names: set[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() for name in names):
        raise Unreadable(_("This workbook holds macros; save it as XLSX without them."))
    if len(parts) > MOST_PARTS or len(names) < len(parts):
        raise Unreadable(_("This is no whole XLSX file; open it in a spreadsheet program and save it again."))
    if "xl/workbook.xml" not in names:
        raise Unreadable(_("This isn't an XLSX workbook; save it as XLSX or CSV."))
    if sum(one.file_size for one in parts) > MOST_BYTES_UNPACKED:
        raise Unreadable(_("Unpacked, this file is larger than what is read here."))


def _look_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo, found: Package, left: int) -> int:
    """Read the part to its end, as a stream, which also proves that it is as long as it says; what may still come."""
    is_xml = part.filename.endswith((".xml", ".rels", ".vml"))
    is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
    of_no_value = found.cells_of_no_value.setdefault(part.filename, []) if is_sheet else []
    lowest, widest = 0, b""
    for piece in _pieces(archive, part):
        left -= len(piece)
        if left < 0:
            raise Unreadable(_("Unpacked, this file is larger than what is read here."))
        if is_xml and (b"\x00" in piece or DECLARES.search(piece)):
            raise Unreadable(_("This workbook declares entities or is written unusually; save it again as XLSX."))
        if not is_sheet:
            continue
        if NAMES_ODDLY.search(piece):
            raise Unreadable(_("This is no whole XLSX file; open it in a spreadsheet program and save it again."))
        named = set(NAMES_A_CELL.findall(piece))
        lowest = max([lowest, *(int(row) for _column, row in named)])
        widest = max([widest, *(column for column, _row in named)], key=lambda one: (len(one), one))
        for kind in (HOLDS_AN_ERROR, WITHOUT_RESULT):
            told = (one[1].decode() for one in islice(kind.finditer(piece), TOLD_OF_CELLS))
            of_no_value.extend(one for one in told if one not in of_no_value)
    if lowest > MOST_ROWS + MOST_ABOVE:
        raise Unreadable(_("Up to %(most)s rows are taken; this sheet reaches row %(row)s.") % _numbers(lowest))
    if column_number(widest.decode()) > MOST_COLUMNS:
        raise Unreadable(
            _("Up to %(most)d columns are taken; this sheet reaches column %(column)s.")
            % {"most": MOST_COLUMNS, "column": widest.decode()}
        )
    return left


def _numbers(row: int) -> dict[str, str]:
    return {"most": f"{MOST_ROWS:,}", "row": f"{row:,}"}


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes; each piece begins with the end of the one before, so that nothing is cut in two."""
    tail = b""
    with archive.open(part) as stream:
        while read := stream.read(PIECE):
            yield tail + read
            tail = (tail + read)[-OVERLAP:]


def _structure(archive: zipfile.ZipFile) -> Package:
    """Which part is which sheet, and from when days are counted."""
    book = _small(archive, "xl/workbook.xml")
    relations = _small(archive, "xl/_rels/workbook.xml.rels")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", relations):
        told = _attributes(tag)
        target = told.get("Target", "")
        targets[told.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    found = Package(counts_from_1904=re.search(r"\bdate1904\s*=\s*[\"'](?:1|true|on)[\"']", book) is not None)
    for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", book):
        told = _attributes(tag)
        key = next((value for name, value in told.items() if name.endswith(":id")), "")
        found.part_of_sheet[told.get("name", "")] = targets.get(key, "")
    return found


def _small(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as stream:
        content = stream.read(PIECE)
    if DECLARES.search(content):
        raise Unreadable(_("This workbook declares entities or is written unusually; save it again as XLSX."))
    return content.decode("utf-8")


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, _sign, value in re.findall(r"([\w:]+)\s*=\s*([\"'])(.*?)\2", tag)}


def column_number(letters: str) -> int:
    """1 for ``A``, 28 for ``AB``, 0 for nothing."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """``A`` for 1, ``AB`` for 28."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
