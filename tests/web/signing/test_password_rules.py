"""What a password has to be like, in both languages."""

import re

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from roadmap.models import Person

GOOD = (
    "correct horse battery",
    "a customs officer's cat",
    "  spaces count  here  ",
    "一匹正确的马和一节电池在这里",
    "x" * 4 + "yzabcdefgh" * 8,
)
BAD = (
    "short",
    "password12345",
    "SmartCustoms2029",
    "roadmap-roadmap!",
    "智慧海关路线图2029年",
    "customs_tracker_1",
    "lin.smith@example",
)


@pytest.mark.parametrize("password", GOOD)
def test_a_password_of_ones_own_is_taken(password: str) -> None:
    validate_password(password, Person(username="lin.smith@example.org"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("password", BAD)
def test_one_that_is_guessed_is_refused_in_words(password: str, language: str) -> None:
    strange = r"[a-zA-Z]{3}" if language == "zh-hans" else r"[\u4e00-\u9fff]"
    with translation.override(language):
        with pytest.raises(ValidationError) as caught:
            validate_password(password, Person(username="lin.smith@example.org"))
        words = [*caught.value.messages, *password_validators_help_texts()]
        assert [one for one in words if re.search(strange, one)] == []
