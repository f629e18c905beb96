"""The addresses, and the keys, that stand for a person: whoever holds one acts or reads in their place.

So no log and no other reader may see them. A new kind of secret address is added here, once.
"""

import re

NAMES = ("unsubscribe", "answer", "invitation", "feeds", "password-reset")  # what stands before the secret
_SLASH = r"(?:[/\\]|%(?:25)*(?:2F|5C))"  # as it stands in an address, or in an address that stands in another
_GAP = rf"(?:{_SLASH}(?:\.{{1,2}}(?={_SLASH}))?)+"  # one slash or many, as mangled addresses have them
_WRITTEN = "|".join(  # any letter may stand as its number: the address leads there all the same
    "".join(f"(?:{letter}|%(?:25)*(?:{ord(letter):x}|{ord(letter.upper()):x}))" for letter in name) for name in NAMES
)
_SECRETS = re.compile(
    rf"((?:(?<![\w.-])|{_SLASH})(?:{_WRITTEN}){_GAP}|unsubscribe(?:%20|\+))[^/\\\s\"'<>?&]+" r"|(\brmt_)[\w-]{8,}",
    re.IGNORECASE,
)


def without_secrets(text: str, *, instead: str) -> str:
    """The text with ``instead`` in the place of each secret part of an address, and of each API token's."""
    return _SECRETS.sub(lambda found: (found[1] or found[2]) + instead, text)
