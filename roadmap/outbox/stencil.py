"""A text for many readers as it travels, put into bytes once: only what fills its blanks is encoded for each reader."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from roadmap.outbox.mime import Part, base64_lines, content_of, quoted_lines, text_part


class Stencil:
    """``text/<subtype>`` of ``pieces``: texts and names of blanks in turn, texts first and last.

    No character stands for a blank, so that a text may hold any. It travels in the form that is the shorter one before
    anything is filled in, so the same for all readers.
    """

    def __init__(self, subtype: str, pieces: Sequence[str]) -> None:
        self._shared = [content_of(piece) for piece in pieces[::2]]
        self._blanks = ["", *pieces[1::2]]  # the one before each piece; none before the first
        self._headers = text_part(subtype, "".join(pieces)).headers
        self._aligned: dict[tuple[int, int], tuple[bytes, bytes]] = {}

    def filled(self, words: Mapping[str, str]) -> Part:
        """The part for one reader, with ``words`` for each blank."""
        fillings = [content_of(words[blank]) if blank else b"" for blank in self._blanks]
        is_quoted = ("Content-Transfer-Encoding", "quoted-printable") in self._headers
        return Part(self._headers, self._in_quotes(fillings) if is_quoted else self._in_base64(fillings))

    @cached_property
    def _quoted(self) -> list[bytes]:
        return [_soft(piece) for piece in self._shared]

    def _in_quotes(self, fillings: list[bytes]) -> bytes:
        return b"".join(
            part for filling, quoted in zip(fillings, self._quoted, strict=True) for part in (_soft(filling), quoted)
        )

    def _in_base64(self, fillings: list[bytes]) -> bytes:
        """Base64 takes three bytes at a time: what is left of one piece goes with what follows it."""
        lines, loose = [], b""
        for number, (filling, piece) in enumerate(zip(fillings, self._shared, strict=True)):
            loose += filling
            taken = -len(loose) % 3
            if taken > len(piece):
                loose += piece
                continue
            lines.append(base64_lines(loose + piece[:taken]))
            aligned, loose = self._from(number, taken)
            lines.append(aligned)
        return b"".join([*lines, base64_lines(loose)])

    def _from(self, number: int, taken: int) -> tuple[bytes, bytes]:
        """The piece without its first bytes, as far as it is threes, in base64; and the rest of it."""
        if (number, taken) not in self._aligned:
            piece = self._shared[number][taken:]
            threes = len(piece) // 3 * 3
            self._aligned[number, taken] = base64_lines(piece[:threes]), piece[threes:]
        return self._aligned[number, taken]


def _soft(piece: bytes) -> bytes:
    return quoted_lines(piece) if piece else b""
