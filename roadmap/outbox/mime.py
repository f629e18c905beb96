"""The bytes of a mail in MIME: parts in base64 or quoted-printable, lines of 76 characters ended by CRLF, headers in
ASCII.

Written by hand, since the standard library's generator takes longer over one long mail than the server over taking it.
"""

import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

CRLF = b"\r\n"
LINE = 76
BASE64_GROWTH = 4 / 3 * (LINE + 2) / LINE
Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """A part of a mail, or all of it: its own headers and its body as it travels."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


def text_part(subtype: str, text: str) -> Part:
    """``text/<subtype>`` in UTF-8, in whichever form is shorter: quoted-printable for what is mostly markup or English,
    base64 for what is mostly Chinese."""
    content = text.replace("\r\n", "\n").encode()
    quoted = quoted_lines(content)
    if len(quoted) < len(content) * BASE64_GROWTH:
        return Part(_described(subtype, "quoted-printable"), quoted)
    return Part(_described(subtype, "base64"), base64_lines(content))


@lru_cache(maxsize=64)  # the same file goes to many readers
def file_part(subtype: str, content: bytes, *, name: str) -> Part:
    """A file in UTF-8 that is saved as ``name`` (in ASCII)."""
    disposition = ("Content-Disposition", f'attachment; filename="{name}"')
    return Part((*_described(subtype, "base64"), disposition), base64_lines(content))


def bundle(kind: str, parts: Sequence[Part], *, mark: str) -> Part:
    """``multipart/<kind>`` of the parts; ``mark`` is of letters and digits, and no other bundle of the mail's."""
    boundary = f"=_{mark}"  # stands in no line of base64 or quoted-printable
    line = f"--{boundary}".encode()
    pieces = [CRLF.join([line, _header_lines(part.headers), part.body]) for part in parts]
    body = CRLF.join([*pieces, line + b"--", b""])
    return Part((("Content-Type", f'multipart/{kind}; boundary="{boundary}"'),), body)


def whole(content: Part, headers: Headers) -> bytes:
    """The mail: the headers, then the content. Raises ValueError for a header that isn't ASCII or breaks its line."""
    return CRLF.join([_header_lines([("MIME-Version", "1.0"), *content.headers, *headers]), content.body])


def _described(subtype: str, encoding: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", f'text/{subtype}; charset="utf-8"'), ("Content-Transfer-Encoding", encoding))


def _header_lines(headers: Headers) -> bytes:
    lines = []
    for name, value in headers:
        # a folded value goes on with a space; anything else would begin a header of its own
        if re.search(r"[\r\n]", value.replace("\r\n ", "")):
            raise ValueError(f"The header {name} breaks its line.")
        lines.append(f"{name}: {value}\r\n")
    return "".join(lines).encode("ascii")


def base64_lines(content: bytes) -> bytes:
    """``content`` in base64, every line ended."""
    text = binascii.b2a_base64(content, newline=False)
    lines = [text[start : start + LINE] for start in range(0, len(text), LINE)]
    return CRLF.join([*lines, b""])


def quoted_lines(content: bytes) -> bytes:
    """``content`` (lines ended by LF) in quoted-printable, every line ended: by a soft break where it ends in none."""
    lines = binascii.b2a_qp(content, istext=True).replace(b"\n", CRLF)
    return lines if lines.endswith(CRLF) else lines + b"=" + CRLF  # a soft break: it adds no line
