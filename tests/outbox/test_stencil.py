"""Texts put into bytes once for many readers: read back as if each had been made alone, in lines of lawful length."""

import re
from email import message_from_bytes, policy

import pytest

from roadmap.outbox.mime import whole
from roadmap.outbox.stencil import Stencil

FORMS = {
    "quoted-printable": [
        "Dear N,\n" + "all is well. = 100%\n" * 60 + "Leave: L\n",
        "Greetings, N",
        "From here: N L, all of it",
        "x" * 74 + "N" + "y" * 80,
    ],
    "base64": ["尊敬的N：\n" + "智慧海关\n" * 60 + "退订：L", "智慧N海关智慧海关" * 9, "海NL关LN" * 20 + "关" * 40],
}
NAMES = ["", "A", "李", "ab", "王建国", "O'Neil <x> = .", "n" * 200, "张" * 70]


@pytest.mark.parametrize(("encoding", "form"), [(name, form) for name, forms in FORMS.items() for form in forms])
def test_filled_text_is_read_back(encoding: str, form: str) -> None:
    stencil = Stencil("plain", re.split("([NL])", form))
    for name in NAMES:
        words = {"N": name, "L": f"https://example.org/{name[:1]}."}
        raw = whole(stencil.filled(words), [])
        read = message_from_bytes(raw, policy=policy.default)
        told = read.get_content().replace("\r\n", "\n")
        wanted = "".join(words.get(character, character) for character in form)
        assert (read["Content-Transfer-Encoding"], told, read.defects) == (encoding, wanted, [])
        assert max(len(line) for line in raw.split(b"\r\n")) <= 76
        assert raw == whole(stencil.filled(words), [])


def test_trailing_blank_before_a_filling_is_kept() -> None:
    raw = whole(Stencil("plain", ["Dear ", "N", " \n", "N", " \n"]).filled({"N": "you "}), [])
    assert message_from_bytes(raw, policy=policy.default).get_content() == "Dear you  \nyou  \n"
