"""The bytes of a mail in MIME: parts in base64 or quoted-printable, lines of 76 characters ended by CRLF, headers in
ASCII.

Written by hand, since the standard library's generator takes longer over one long mail than the server over taking it.
"""

import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.charset import Charset
from email.header import Header
from email.utils import encode_rfc2231, formataddr
from functools import lru_cache

CRLF = b"\r\n"
LINE = 76  # of a body, and of a header with encoded words, each of which is one shorter (RFC 2045, 2047)
UTF8 = Charset("utf-8")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
UNSAYABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")  # in one line of text
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
    content = content_of(text)
    quoted = quoted_lines(content)
    if len(quoted) < len(content) * BASE64_GROWTH:
        return Part(_described(subtype, "quoted-printable"), quoted)
    return Part(_described(subtype, "base64"), base64_lines(content))


def content_of(text: str) -> bytes:
    """``text`` in UTF-8 with lines ended by LF alone; a CR by itself may end no line of a mail (RFC 5321, 2.3.8)."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")


@lru_cache(maxsize=64)  # the same file goes to many readers
def file_part(subtype: str, content: bytes, *, name: str) -> Part:
    """A file in UTF-8 that is saved as ``name``, in whatever script (RFC 2231)."""
    plain = re.fullmatch(r"[\w .-]+", name, re.ASCII)
    saved_as = f'filename="{name}"' if plain else f"filename*={encode_rfc2231(one_line(name), 'utf-8')}"
    disposition = ("Content-Disposition", f"attachment; {saved_as}")
    return Part((*_described(subtype, "base64"), disposition), base64_lines(content))


def one_line(text: str) -> str:
    """``text`` as it may stand in a header: one line, one space between words, no control characters."""
    return " ".join(UNSAYABLE.sub(" ", text).split())


@lru_cache(maxsize=1024)  # that of a digest is many readers'
def text_value(text: str, *, header: str) -> str:
    """The value of a header that is text, such as Subject; folded. ``text`` is one line."""
    return _folded(text, charset="us-ascii" if _is_plain(text) else "utf-8", header=header)


def mailbox_value(name: str, address: str, *, header: str) -> str:
    """The value of a header that names one mailbox, such as To; folded only where its line would be too long.

    ``address`` is in ASCII. (The library's own ``policy.SMTP`` decodes names that look like encoded words, writes
    words of 76, and takes 4 ms over it.)
    """
    said = one_line(name)
    if _is_plain(said):
        return formataddr((said, address))
    words = UTF8.header_encode(said)  # one encoded word, however long
    if len(header) + 2 + len(words) > LINE:
        words = _folded(said, charset="utf-8", header=header)
    last = words.rpartition("\r\n")[2]
    start = len(header) + 2 if last == words else 0
    folded = "\r\n" if start + len(last) + len(address) + 3 > LINE else ""
    return f"{words}{folded} <{address}>"


def _folded(text: str, *, charset: str, header: str) -> str:
    # the library's lines may be longer than it is told by one
    return Header(text, charset, maxlinelen=LINE - 1, header_name=header).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """Whether it can travel as it is; what looks like an encoded word would be read as one."""
    return text.isascii() and "=?" not in text


def bundle(kind: str, parts: Sequence[Part], *, mark: str) -> Part:
    """``multipart/<kind>`` of the parts; ``mark`` is of letters and digits, and no other bundle of the mail's."""
    boundary = f"=_{mark}"  # stands in no line of base64 or quoted-printable
    line = f"--{boundary}".encode()
    pieces = [CRLF.join([line, _header_lines(part.headers), part.body]) for part in parts]
    body = CRLF.join([*pieces, line + b"--", b""])
    return Part((("Content-Type", f'multipart/{kind}; boundary="{boundary}"'),), body)


def whole(content: Part, headers: Headers) -> bytes:
    """The mail: the headers, then the content. Raises ValueError for a header that isn't ASCII or holds a line break or
    another control character."""
    return CRLF.join([_header_lines([("MIME-Version", "1.0"), *content.headers, *headers]), content.body])


def _described(subtype: str, encoding: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", f'text/{subtype}; charset="utf-8"'), ("Content-Transfer-Encoding", encoding))


def _header_lines(headers: Headers) -> bytes:
    lines = []
    for name, value in headers:
        # a folded value goes on with a space; anything else would begin a header of its own
        if CONTROL.search(value.replace("\r\n ", "")):
            raise ValueError(f"The header {name} breaks its line or holds a control character.")
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
