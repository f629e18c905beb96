"""A mail made once for many readers says to each what one made for them alone says, whatever stands in its text."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from html import unescape

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from roadmap.outbox.leaving import Leaving
from roadmap.outbox.mime import bundle, whole
from roadmap.outbox.wording import LEAVE, NAME, mail_form, mail_from, shortened
from roadmap.vocabulary import MessageKind

LEAVING = Leaving(MessageKind.DIGEST, 12)
TEMPLATES = {
    "mail/echo/subject.txt": "{% autoescape off %}{{ title }}{% endautoescape %}",
    "mail/echo/body.txt": "{% autoescape off %}{{ title }}, {{ person }}: {{ leave }}\n{{ title }}{% endautoescape %}",
    "mail/echo/body.html": '<p>{{ title }}, {{ person }}: <a href="{{ leave }}">{{ leave }}</a> {{ title }}</p>',
}
# no control characters, which no text of the plan holds; those for private use are in
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=60)
TRICKY = ["\ue000", "\ue001 \ue000", NAME, LEAVE, "{{ person }}", "%(name)s", "\\1", "\uf8ff"]


@pytest.fixture(autouse=True, scope="module")
def echo() -> Iterator[None]:
    loaders = [("django.template.loaders.locmem.Loader", TEMPLATES)]
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": loaders}}
    with override_settings(TEMPLATES=[engine]):
        yield


def check(title: str, name: str) -> None:
    alone = mail_from("echo", {"title": title, "person": name}, leaving=LEAVING)
    filled = mail_form("echo", {"title": title}).filled(name=name, leaving=LEAVING)
    assert (filled.subject, filled.text) == (alone.subject, alone.text)
    assert unescape(filled.html) == unescape(alone.html)
    read = message_from_bytes(whole(bundle("alternative", filled.parts, mark="a"), []), policy=policy.default)
    told = [part.get_content().replace("\r\n", "\n") for part in read.iter_parts()]
    assert told == [filled.text, filled.html]


@pytest.mark.parametrize("title", TRICKY)
@pytest.mark.parametrize("name", TRICKY)
def test_no_character_of_a_text_stands_for_a_blank(title: str, name: str) -> None:
    check(title, name)


@given(title=TEXT, name=TEXT)
def test_any_text_survives(title: str, name: str) -> None:
    check(title, name)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("Integrated acceptance of image review", 44, "Integrated acceptance of image review"),
        ("Integrated acceptance of image review", 30, "Integrated acceptance of…"),
        ("Acceptanceoftheimagereview", 12, "Acceptanceo…"),
        ("智能审图平台联调验收", 12, "智能审图平…"),
        ("智能审图 platform", 14, "智能审图…"),
    ],
)
def test_a_long_title_is_cut_between_words(text: str, width: int, shown: str) -> None:
    assert shortened(text, width=width) == shown
