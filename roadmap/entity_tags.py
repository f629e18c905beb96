"""Entity tags as they come back: proxies that compress an answer mark its tag as weak, or write a word behind it."""

import re

from django.utils.http import parse_etags

_OURS = re.compile(r'(?:W/)?"([0-9a-f.]+)(?:[^0-9a-f."][^"]*)?"')


def tags_sent_back(header: str) -> list[str]:
    """The tags of If-Match or If-None-Match as we wrote them: ``"1.e51"`` for ``W/"1.e51"``, ``"1.e51-gzip"``,
    ``"1.e51;br"`` and their like; ``*``, and the tags of others, as they are."""
    return [f'"{found[1]}"' if (found := _OURS.fullmatch(tag)) else tag for tag in parse_etags(header)]
