"""What a text of ours may hold: what can be seen, and every format can carry. Asked at each way in and out.

XML 1.0 and workbooks can't hold most control characters; others turn the reader's text around, or make two texts look
alike that aren't.
"""

import re
from typing import Any

LONGEST_TEXT = 20_000  # characters of what people write: a description, a narrative, a note, a reason

# A line that ends in another way: a carriage return with its line feed, as browsers send it, or alone, vertical tab,
# form feed, next line, and Unicode's own separators
_ENDS_A_LINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls, halves of pairs and what is no character at all; then marks that show nothing where they stand: what turns
# the text around (U+061C, U+200E and U+200F, U+202A to U+202E, U+2066 to U+2069), zero-width blanks, soft hyphens,
# operators and fillers, notes between lines, byte-order marks, and the letters of tags, in which a whole text can hide.
# Joiners stay: scripts and emoji need them.
_NOT_TO_BE_SEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u200b\u200e\u200f\u2060-\u206f"
    "\u00ad\u061c\u115f\u1160\u180e\u3164\uffa0\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    "|[" + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)) + "]"
)


def clean_text(text: str) -> str:
    """The text as it can be shown and written anywhere: odd line ends are line breaks, what can't be seen is gone."""
    if text.isascii() and text.isprintable():
        return text
    return _NOT_TO_BE_SEEN.sub("", _ENDS_A_LINE.sub("\n", text))


def clean_value(value: Any) -> Any:
    """The value with all the texts in it, at any depth, as ``clean_text`` leaves them."""
    match value:
        case str():
            return clean_text(value)
        case dict():
            return {clean_value(name): clean_value(one) for name, one in value.items()}
        case list() | tuple():
            return type(value)(clean_value(one) for one in value)
        case _:
            return value
