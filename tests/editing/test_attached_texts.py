"""A text is judged as a text, whatever it begins with; what only pretends to be one isn't taken."""

import codecs
import time

import pytest
from django.core.files.base import ContentFile

from roadmap.editing.attachments import inspected
from roadmap.errors import InvalidChange

TABLE = "代码,名称\r\nm-1,通关\r\n"
BEGINNINGS = [
    "From: a@b\n", "From here on", "Subject: minutes\n", "Received: by", "import os\n", "MZ", '{"a":1}', "[1]",
    "%!", "%PDF", "%!PS-Adobe", "BM and others", "GIF89a", "GIF87a,", "PK,", "Rar!", "<?xml version='1.0'?>",
    "#!/bin/sh\n", "BEGIN:VCALENDAR", "BEGIN:VCARD", "II*", "MM", "RIFF", "ID3", "OggS", "fLaC",
    "SQLite format 3", "{\\rtf1", "P1\n", "P6 ", "-----BEGIN CERTIFICATE-----", "<svg", "WEBVTT", "diff --git",
    "solid ", "@charset", "package ", "def f(", "a", "=1+1", "会议纪要", "1,2\n3,4",
]  # fmt: skip


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_a_text_may_begin_as_it_likes(beginning: str, name: str):
    text = f"{beginning}\r\n{TABLE}"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        content = text.encode(encoding)
        assert inspected(ContentFile(content, name=name)).size == len(content)
    content = codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    assert inspected(ContentFile(content, name=name)).size == len(content)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"PK\x03\x04\x14\x00\x06\x00",
        b"GIF89a\x01\x00\x01\x00\x80\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\xff\xfeM\x00Z\x00\x00\x00",
        b"plain\x00text",
        b"\x1b[31mred",
        b"\xff\xfea",
    ],
)
def test_what_is_no_text_is_not_taken_for_one(content: bytes):
    with pytest.raises(InvalidChange):
        inspected(ContentFile(content, name="a.txt"))


@pytest.mark.parametrize("name", ["a.pdf", "a.png", "a.docx"])
def test_a_text_is_not_taken_for_anything_else(name: str):
    with pytest.raises(InvalidChange):
        inspected(ContentFile(TABLE.encode(), name=name))


def test_a_large_text_is_judged_at_once():
    content = (TABLE * 500_000).encode("gb18030")[: 19 * 1024 * 1024 // 2 * 2]
    began = time.perf_counter()
    assert inspected(ContentFile(content, name="a.csv")).size == len(content)
    assert time.perf_counter() - began < 5
