"""Asks the antivirus program that ``EVIDENCE_SCANNER`` names about a file; without one, nothing is asked.

It is a command that reads the file from its standard input and ends with 0 (nothing found) or 1 (found something), as
``clamdscan --no-summary -`` does; or ``python:package.module.function``, which is given the open file and answers with
the name of what it found, or with nothing.
"""

import logging
import shlex
import subprocess

from django.conf import settings
from django.core.files import File
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from roadmap.errors import InvalidChange

log = logging.getLogger(__name__)

OF_OURS = "python:"
LONGEST_SECONDS = 60
CLEAN, FOUND = 0, 1


class ScannerFailed(Exception):
    """It gave no answer that can be trusted."""


def look_for_harm(file: "File[bytes]") -> None:
    """Raise InvalidChange for the field ``file`` when something is found in it, or when nobody can tell.

    A scanner that can't be run, fails or takes more than a minute is no answer: the file is refused, and the reason is
    in the program's log.
    """
    scanner: str = settings.EVIDENCE_SCANNER
    if not scanner:
        return
    try:
        finding = _by_function(scanner, file) if scanner.startswith(OF_OURS) else _by_command(scanner, file)
    except Exception as error:  # whatever a foreign function raises: the file is not taken
        log.exception("the scanner of evidence failed")
        told = _(
            "Files can't be checked for viruses at present, so none is accepted. Please inform the administrators."
        )
        raise InvalidChange({"file": told}) from error
    if finding:
        log.warning("evidence was refused: the scanner found %s", finding)
        raise InvalidChange({"file": _("The virus scanner found something in this file, so it isn't accepted.")})


def _by_command(command: str, file: "File[bytes]") -> str:
    done = subprocess.run(  # noqa: S603  # the operator's own command, without a shell
        shlex.split(command),
        input=file.read(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    said = done.stdout[:500].decode("utf-8", "replace").strip()
    if done.returncode not in (CLEAN, FOUND):
        raise ScannerFailed(f"it ended with {done.returncode}: {said}")
    return (said or "something") if done.returncode == FOUND else ""


def _by_function(scanner: str, file: "File[bytes]") -> str:
    finding = import_string(scanner.removeprefix(OF_OURS))(file)
    if finding is not None and not isinstance(finding, str):
        raise ScannerFailed(f"it answered {finding!r}; a name, or nothing, was expected")
    return finding or ""
