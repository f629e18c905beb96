"""``make messages`` collects the translatable texts and compiles them; ``stale_messages`` says what is out of date.

Collecting needs GNU gettext; the compiled files are committed, so that nobody else does.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from embedded.place import ROOT

LOCALE = Path("roadmap/locale/zh_Hans/LC_MESSAGES")
COLLECT = ["manage.py", "makemessages", "-l", "zh_Hans", "--no-location", "--no-obsolete", "--no-wrap"]
PLACES = ["-i", ".venv", "-i", "var", "-i", "tests", "-e", "html,txt,py"]


def collect(root: Path) -> None:
    """Brings django.po under ``root`` up to date with the sources there."""
    subprocess.run([sys.executable, *COLLECT, *PLACES], cwd=root, check=True, capture_output=True)


def compile_messages(root: Path) -> list[str]:
    """Writes django.mo beside django.po; gives the texts that have no translation."""
    catalogue = polib.pofile(str(root / LOCALE / "django.po"), wrapwidth=0)
    catalogue.metadata.pop("POT-Creation-Date", None)  # would differ at each run
    catalogue.save()
    catalogue.save_as_mofile(str(root / LOCALE / "django.mo"))
    return [entry.msgid for entry in catalogue.untranslated_entries()]


def stale_messages(root: Path) -> list[str]:
    """One line for each thing that ``make messages`` or a translator has to do; empty when all is current."""
    catalogue = polib.pofile(str(root / LOCALE / "django.po"))
    compiled = {_key(entry): _translation(entry) for entry in polib.mofile(str(root / LOCALE / "django.mo"))}
    found = [f"not translated: {entry.msgid}" for entry in catalogue.untranslated_entries()]
    found += [f"marked fuzzy: {entry.msgid}" for entry in catalogue.fuzzy_entries()]
    if compiled != {_key(entry): _translation(entry) for entry in catalogue.translated_entries()}:
        found.append("django.mo is older than django.po; run make messages")
    if shutil.which("xgettext"):
        found += [f"not collected: {text}" for text in _texts_in_sources(root) - {_key(entry) for entry in catalogue}]
    return found


def _texts_in_sources(root: Path) -> set[str]:
    """The texts that collecting finds, worked out in a copy, so that the checkout stays as it is."""
    with tempfile.TemporaryDirectory(prefix="tracker-messages-") as folder:
        copy = Path(folder)
        for name in ("manage.py", "pyproject.toml"):  # which tells the version
            shutil.copy(root / name, copy)
        for package in ("roadmap", "tracker"):
            shutil.copytree(root / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
        collect(copy)
        return {_key(entry) for entry in polib.pofile(str(copy / LOCALE / "django.po"))}


def _key(entry: polib.POEntry | polib.MOEntry) -> str:
    return f"{entry.msgctxt}|{entry.msgid}" if entry.msgctxt else str(entry.msgid)


def _translation(entry: polib.POEntry | polib.MOEntry) -> str:
    return str(sorted(entry.msgstr_plural.items())) if entry.msgstr_plural else str(entry.msgstr)


def main() -> int:
    """Collects, compiles, and lists what is untranslated."""
    if not shutil.which("xgettext"):
        print("Collecting texts needs GNU gettext (on Debian or Ubuntu: apt install gettext).", file=sys.stderr)
        return 1
    collect(ROOT)
    missing = compile_messages(ROOT)
    print(f"Collected and compiled; {len(missing)} without translation.", *missing, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
