"""A reader gets a language that they asked for; English where there is none of those; the site's own without a wish."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ("", "zh-hans"),
        ("*", "zh-hans"),
        ("zh", "zh-hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("fr-FR,de;q=0.7,*;q=0.1", "en"),
        ("fr,zh;q=0.2", "zh-hans"),
        ("not a language", "zh-hans"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/sign-in/"])
@pytest.mark.django_db
def test_a_reader_gets_a_language_they_read(client: Client, path: str, asked: str, got: str) -> None:
    answer = client.get(path, headers={"Accept-Language": asked} if asked else {})
    assert answer["Content-Language"] == got


@pytest.mark.django_db
def test_a_choice_made_on_the_site_outweighs_what_the_browser_asks_for(client: Client) -> None:
    client.post(reverse("set_language"), {"language": "zh-hans", "next": "/"})
    assert client.get("/sign-in/", headers={"Accept-Language": "fr"})["Content-Language"] == "zh-hans"
