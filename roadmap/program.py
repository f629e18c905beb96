"""A mark of the program as it runs, for whatever is kept only as long as the program stays the same."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDERS = ("roadmap", "tracker")
BESIDE = ("requirements.txt",)  # the libraries make pages too
MADE_AT_WILL = {".pyc", ".po", ".pot"}
PLAIN = (str, int, float, bool, type(None))


@cache
def program() -> str:
    """A digest of all that makes answers: the program's files, whatever their kind, and its plain settings. Worked out
    once, when a server starts: files that are replaced under a running program aren't the ones that it runs."""
    root = Path(settings.BASE_DIR)
    return digest_of(root, settings_that_count())


def digest_of(root: Path, words: Iterable[tuple[str, object]]) -> str:
    """The digest of the program under that folder, run with those settings."""
    digest = hashlib.sha256(repr(list(words)).encode())
    for file in sorted(file for folder in FOLDERS for file in (root / folder).rglob("*")):
        if file.is_file() and file.suffix not in MADE_AT_WILL:
            digest.update(f"{file.relative_to(root)}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    for name in BESIDE:
        if (root / name).is_file():
            digest.update((root / name).read_bytes())
    return digest.hexdigest()


def settings_that_count() -> list[tuple[str, object]]:
    """Names and values of the settings that are a word, a number or a flag; secrets aside."""
    named = ((name, getattr(settings, name)) for name in sorted(dir(settings)) if name.isupper())
    return [(name, value) for name, value in named if isinstance(value, PLAIN) and "SECRET" not in name]
