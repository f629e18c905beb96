"""What may be attached as a file: its size, and its type, told by what is in it; the name has to fit that.

Looked at before any transaction, as it may take a while; ``scanning`` asks the antivirus program.
"""

import codecs
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

import puremagic
from django.conf import settings
from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from roadmap.editing.scanning import look_for_harm
from roadmap.errors import InvalidChange

OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
    ".pptx": f"{OFFICE}.presentationml.presentation",
    ".odt": f"{OPEN_DOCUMENT}.text",
    ".ods": f"{OPEN_DOCUMENT}.spreadsheet",
    ".odp": f"{OPEN_DOCUMENT}.presentation",
    ".txt": "text/plain",
    ".csv": "text/csv",
}
PLAIN = {TYPES[".txt"], TYPES[".csv"]}
HEAD = 8192  # bytes in which the formats say what they are
LONGEST_PART_LIST = 1024 * 1024  # of a package of parts; a real one has a few kilobytes
ENCODINGS = ("utf-8-sig", "gb18030")
# blanks, line ends and new pages aside
IN_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
END_OF_DOS = "\x1a"
A_PAGE = re.compile(  # what stands before it is passed over once: no way of reading it is tried again
    r"(?:\s++|<\?[^>]*+>|(?><!--.*?-->))*+<(?:!doctype|html|head|body|script|iframe)\b", re.IGNORECASE | re.DOTALL
)
DIRECTORY_END, LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x07"  # of a zip file
LONGEST_DIRECTORY = 256 * 1024  # bytes in which a package names its parts, of which a real one has some hundreds


@dataclass(frozen=True)
class Inspected:
    """A file that may be attached. ``name`` is what its bringer calls it, fit to be shown; ``type`` a media type."""

    file: "File[bytes]"
    name: str
    size: int
    type: str


def inspected(file: "File[bytes]") -> Inspected:
    """The file, looked at; it takes as long as the scanner does. Raises InvalidChange for the field ``file``."""
    name = shown_name(file.name or "")
    extension = PurePosixPath(name).suffix.lower()
    most = settings.EVIDENCE_MAX_MEGABYTES
    if not file.size:
        raise _refused(_("This file is empty."))
    if file.size > most * 1024 * 1024:
        raise _refused(_("Files may have up to %(most)d MB; this one is larger.") % {"most": most})
    if extension not in TYPES:
        kinds = ", ".join(one.removeprefix(".") for one in TYPES)
        raise _refused(_("Files of this kind can't be uploaded. These can: %(kinds)s.") % {"kinds": kinds})
    file.seek(0)
    is_right = _is_text(file.read()) if TYPES[extension] in PLAIN else TYPES[extension] in _types_of(file)
    if not is_right:
        raise _refused(_("The content of this file doesn't match its name (%(kind)s).") % {"kind": extension[1:]})
    file.seek(0)
    look_for_harm(file)
    file.seek(0)
    return Inspected(file, name, file.size, TYPES[extension])


def shown_name(name: str) -> str:
    """The last part of a path, without characters that can't be seen or that turn the text around."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(one for one in last if not unicodedata.category(one).startswith("C")).strip()
    stem, extension = PurePosixPath(seen).stem, PurePosixPath(seen).suffix
    return f"{stem[: 200 - len(extension)]}{extension}"[:200]


def _refused(why: str | Promise) -> InvalidChange:
    return InvalidChange({"file": why})


def _types_of(file: "File[bytes]") -> set[str]:
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _types_of_package(file) if _has_a_short_directory(file) else set()
    try:
        return {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _has_a_short_directory(file: "File[bytes]") -> bool:
    """Whether the package's list of parts, which has to be read as a whole, is as short as those of documents."""
    file.seek(max(0, file.size - 65_557))  # the end with the longest comment
    tail = file.read()
    at = tail.rfind(DIRECTORY_END)
    told = tail[at + 12 : at + 16] if at >= 0 else b""
    file.seek(0)
    return len(told) == 4 and LOCATOR_64 not in tail and int.from_bytes(told, "little") <= LONGEST_DIRECTORY


def _types_of_package(file: IO[bytes]) -> set[str]:
    """Of documents that are zip files of parts; none for those that carry macros, and for plain zip files."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = {part.filename: part for part in package.infolist()}
            told = next((one for one in ("[Content_Types].xml", "mimetype") if one in parts), None)
            if told is None or parts[told].file_size > LONGEST_PART_LIST:
                return set()
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js")) for name in parts):
                return set()
            if any(name.startswith(("Basic/", "Scripts/")) for name in parts):
                return set()
            says = package.read(told).decode("utf-8", "replace")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return set()
    if told == "mimetype":
        return {says.strip()}
    return {one for one in TYPES.values() if one.startswith(OFFICE) and f"{one}.main+xml" in says}


def _is_text(content: bytes) -> bool:
    """Whether it can be read as a text, whatever it begins with: many a text begins as some other format does. A page
    of HTML is none, as its reader's browser would take it for one."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if IN_NO_TEXT.search(text.removesuffix(END_OF_DOS)) is None:
            return A_PAGE.match(text) is None
    return False
