"""The antivirus hook: real commands and functions that find something, find nothing, or fail."""

import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from roadmap.editing.attachments import inspected
from roadmap.errors import InvalidChange

PDF = b"%PDF-1.7\nEICAR"
SCANNER = """
import sys
content = sys.stdin.buffer.read()
print("stream: Eicar-Signature FOUND" if b"EICAR" in content else "stream: OK")
sys.exit(1 if b"EICAR" in content else 0)
"""


def file(content: bytes = PDF) -> "ContentFile[bytes]":
    return ContentFile(content, name="a.pdf")


def nothing(content: object) -> None:
    """A scanner that finds nothing."""


def something(content: object) -> str:
    """A scanner that finds something."""
    return "Worm"


def nonsense(content: object) -> bool:
    """A scanner whose answer isn't one."""
    return True


def test_a_command_is_given_the_file_and_its_answer_counts(settings: Settings, tmp_path: Path):
    program = tmp_path / "scan.py"
    program.write_text(SCANNER)
    settings.EVIDENCE_SCANNER = f"{sys.executable} {program}"
    with pytest.raises(InvalidChange) as refused:
        inspected(file())
    assert refused.value.fields == {"file": "病毒扫描程序在此文件中发现可疑内容，因此未予接收。"}
    assert inspected(file(b"%PDF-1.7\nfine")).size == 13


@pytest.mark.parametrize(
    "scanner", ["/nowhere/clamdscan -", "sh -c 'exit 2'", "python:nowhere.scan", f"python:{__name__}.nonsense"]
)
def test_a_scanner_that_fails_lets_nothing_in(scanner: str, settings: Settings):
    settings.EVIDENCE_SCANNER = scanner
    with pytest.raises(InvalidChange) as refused:
        inspected(file())
    assert str(refused.value.fields["file"]).startswith("目前无法对文件进行病毒检查")


def test_a_function_of_ours_is_asked(settings: Settings):
    settings.EVIDENCE_SCANNER = f"python:{__name__}.something"
    with pytest.raises(InvalidChange):
        inspected(file())
    settings.EVIDENCE_SCANNER = f"python:{__name__}.nothing"
    assert inspected(file()).type == "application/pdf"
