"""What a file holds is looked at, whatever it is called: known kinds are taken, all else is refused with the reason."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.utils import translation

from roadmap.editing.attachments import inspected
from roadmap.errors import InvalidChange

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def package(parts: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in parts.items():
            made.writestr(zipfile.ZipInfo(name), text)  # without the time, which would be in the test's name
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("minutes.html", b"<script>alert(1)</script>", "Files of this kind can't be uploaded."),
        ("minutes.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "doesn't match its name (pdf)"),
        ("minutes.txt", b"<!DOCTYPE html><script>alert(1)</script>", "doesn't match its name (txt)"),
        ("minutes.txt", b"<?xml version='1.0'?>\n<!-- a --><html><script>", "doesn't match its name (txt)"),
        ("minutes.csv", b"<!-- a > b --> <script>alert(1)</script>", "doesn't match its name (csv)"),
        ("minutes.png", PDF, "doesn't match its name (png)"),
        ("minutes.pdf", b"MZ\x90\x00" + bytes(60), "doesn't match its name (pdf)"),
        ("minutes.txt", b"a\x00b", "doesn't match its name (txt)"),
        ("minutes.docx", package({"a.txt": "a"}), "doesn't match its name (docx)"),
        (
            "minutes.docx",
            package({"[Content_Types].xml": WORD, "word/vbaProject.bin": ""}),
            "doesn't match its name (docx)",
        ),
        ("minutes.docx", b"PK\x03\x04" + bytes(40), "doesn't match its name (docx)"),
        ("minutes.pdf", b"", "This file is empty."),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name: str, content: bytes, told: str):
    with translation.override("en"):
        with pytest.raises(InvalidChange) as refusal:
            inspected(ContentFile(content, name=name))
        assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.txt", "说明\n".encode()),
        ("A.CSV", "说明,1\r\n".encode("gb18030")),
        ("a.docx", package({"[Content_Types].xml": WORD, "word/document.xml": ""})),
        ("a.odt", package({"mimetype": "application/vnd.oasis.opendocument.text"})),
        ("a.jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01"),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
        ("a.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 "),
    ],
)
def test_a_file_of_a_known_kind_is_taken(name: str, content: bytes):
    found = inspected(ContentFile(content, name=name))
    assert (found.name, found.size) == (name, len(content))


def test_remarks_without_end_are_a_text_and_read_once():
    assert inspected(ContentFile(b"<!---->" * 100_000 + b"a", name="a.txt")).type == "text/plain"
    assert inspected(ContentFile(b"<!--" * 100_000, name="a.txt")).type == "text/plain"
