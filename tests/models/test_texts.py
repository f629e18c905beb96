"""Texts are stored without what can't be seen, whichever column holds them and however they are written."""

from typing import Any
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.db import models

from roadmap.models import Milestone, ReminderRule
from roadmap.models.tags import TagsField
from roadmap.models.text_fields import CharField, EmailField, JSONField, TextField, URLField
from roadmap.texts import clean_text, clean_value
from tests import factories as make
from tests.admin.rows import make_rule

OURS = (CharField, TextField, EmailField, URLField, JSONField, TagsField, models.SlugField)
HELD_TO_A_PATTERN = {"Person.username", "Person.email", "Person.password"}  # Django's own, with checks of theirs
OF_THE_PROGRAM = {"KeptValue.cache_key", "KeptValue.value"}  # of Django's cache; nobody writes them


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("a\u000bb", "a\nb"),
        ("a\x0cb\x85c\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("a\u0001\u001b\ufffe\uffff\x00\x7f\x9bb", "ab"),
        ("a\ud800b", "ab"),
        ("a\ufdd0\U0001fffe\U0010ffffb", "ab"),
        ("\ufeffa\u200b\u2060b", "ab"),
        ("a\u200e\u200f\u061c\u206eb", "ab"),
        ("a\u00ad\u180e\u2063\u3164\uffa0\u115f\u1160b", "ab"),
        ("a\ufff9\ufffa\ufffbb\U000e0001\U000e0063", "ab"),
        ("a\u202eb\u202c\u2066c\u2069", "abc"),
        ("line\r\nnext\tcell\rlast", "line\nnext\tcell\nlast"),
        ("海关 \U0001f468\u200d\U0001f469 — é", "海关 \U0001f468\u200d\U0001f469 — é"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_cleaned(given: str, stored: str) -> None:
    assert clean_text(given) == stored


def test_no_character_that_is_kept_breaks_xml() -> None:
    kept = clean_text("".join(map(chr, range(0x110000)))).replace("&", "").replace("<", "")
    assert len(ElementTree.fromstring(f"<a>{kept}</a>".encode()).text or "") > 1_000_000  # noqa: S314  # of ours


def test_texts_are_cleaned_at_any_depth() -> None:
    given = {"a\x01": ["b\x02", {"c": ("d\x0b", 1)}], "e": None}
    assert clean_value(given) == {"a": ["b", {"c": ("d\n", 1)}], "e": None}


def test_every_column_of_texts_is_one_that_cleans() -> None:
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("roadmap").get_models()
        if not model.__name__.startswith("Historical")
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField) and not isinstance(field, OURS)
    }
    assert found == HELD_TO_A_PATTERN | OF_THE_PROGRAM


@pytest.mark.django_db
@pytest.mark.on_postgresql
def test_texts_are_stored_cleaned_past_every_check() -> None:
    milestone: Any = make.make_milestone(title_en="a\u000bb", description_en="\ufffec\u0001", tags=["d\u0001", "e"])
    Milestone.objects.filter(pk=milestone.pk).update(title_zh="甲\u001b")
    stored = Milestone.objects.get(pk=milestone.pk)
    assert (stored.title_en, stored.title_zh, stored.description_en, stored.tags) == ("a\nb", "甲", "c", ["d", "e"])
    assert Milestone.history.get().title_en == "a\nb"
    rule = make_rule(audiences=["owner\u0001"])
    assert ReminderRule.objects.get(pk=rule.pk).audiences == ["owner"]
