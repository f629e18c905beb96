"""Tags that proxies rewrote when they compressed an answer still say what they said."""

import pytest

from roadmap.entity_tags import tags_sent_back

OURS = '"7.0f3c9a.91ab"'


@pytest.mark.parametrize(
    "sent",
    [
        '"7.0f3c9a.91ab"',
        'W/"7.0f3c9a.91ab"',
        '"7.0f3c9a.91ab-gzip"',
        '"7.0f3c9a.91ab--gzip"',
        'W/"7.0f3c9a.91ab-df"',
        '"7.0f3c9a.91ab;br"',
        '"7.0f3c9a.91ab;gzip"',
        '"7.0f3c9a.91ab:zstd"',
        '"7.0f3c9a.91ab/brotli"',
    ],
)
def test_what_a_proxy_made_of_a_tag_is_the_tag(sent: str) -> None:
    assert tags_sent_back(sent) == [OURS]
    assert tags_sent_back(f'"other one", {sent}') == ['"other one"', OURS]


@pytest.mark.parametrize(("sent", "read"), [("*", ["*"]), ("", []), ("7.0f", []), ('"xyz"', ['"xyz"'])])
def test_other_words_stay_as_they_are(sent: str, read: list[str]) -> None:
    assert tags_sent_back(sent) == read
