"""``Idempotency-Key``: a POST sent again under its key isn't done again; its first answer comes once more."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from django.core.files import File
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from roadmap import clock
from roadmap.api.parsers import has_files
from roadmap.api.problems import BadHeader
from roadmap.editing.repeats import KeptAnswer, claim_key, give_up, keep_answer
from roadmap.entity_tags import tags_sent_back
from roadmap.models import Person, RepeatableRequest

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEY = re.compile(r'"?([\x21\x23-\x7e]{1,255})"?')
KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location", "Content-Location", "Cache-Control")
PASSING = {409, 429}  # may well be answered otherwise a moment later, as 500 and beyond may
Handler = Callable[..., Response]
Finish = Callable[[Response], Response]


class KeptResponse(HttpResponse):
    """An answer in its bytes, kept or given for the second time."""


def once(handler: Handler, *, finish: Finish, refuse: Callable[[Exception], Response]) -> Callable[..., HttpResponse]:
    """The handler, done once for each key; ``finish`` makes its answer whole, ``refuse`` an answer of an exception."""

    def handle(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        claim = claim_key(
            cast("Person", request.user), _key(request), fingerprint=_fingerprint(request), now=clock.now()
        )
        if isinstance(claim, KeptAnswer):
            return _answer(claim, replayed=True)
        try:
            return _answer(_done(claim, lambda: handler(request, *args, **kwargs), finish=finish, refuse=refuse))
        except BaseException:
            give_up(claim)
            raise

    return handle


def _done(
    claim: RepeatableRequest,
    do: Callable[[], Response],
    *,
    finish: Finish,
    refuse: Callable[[Exception], Response],
) -> KeptAnswer:
    try:
        with transaction.atomic():
            response = do()
            kept_data = getattr(response, "kept_data", None)
            answer = _rendered(finish(response))
            keep_answer(claim, answer if kept_data is None else replace(answer, body=JSONRenderer().render(kept_data)))
    except Exception as error:
        answer = _rendered(finish(refuse(error)))
        if answer.status >= 500 or answer.status in PASSING:
            give_up(claim)
        else:
            keep_answer(claim, answer)
    return answer


def _rendered(response: Response) -> KeptAnswer:
    rendered = response.render()
    headers = {name: rendered.headers[name] for name in (*KEPT_HEADERS, "Retry-After") if name in rendered.headers}
    return KeptAnswer(rendered.status_code, headers, rendered.content)


def _answer(answer: KeptAnswer, *, replayed: bool = False) -> KeptResponse:
    headers = {**answer.headers, **({REPLAYED: "true"} if replayed else {})}
    response = KeptResponse(answer.body, status=answer.status, headers=headers)
    if "Content-Type" not in answer.headers:
        del response.headers["Content-Type"]
    return response


def _key(request: Request) -> str:
    found = KEY.fullmatch(request.headers[HEADER].strip())
    if found is None:
        raise BadHeader(_("An Idempotency-Key has 1 to 255 characters of printable ASCII, without spaces."))
    return found[1]


def _fingerprint(request: Request) -> str:
    asked = [request.get_full_path(), ", ".join(tags_sent_back(request.headers.get("If-Match", "")))]
    if not has_files(request):
        asked.append(request.headers.get("Content-Type", ""))
        return hashlib.sha256("\n".join(asked).encode() + b"\n" + request._request.body).hexdigest()
    digest = hashlib.sha256("\n".join(asked).encode())
    given = cast("QueryDict", request.data)
    for name, value in sorted(given.items()):  # the boundary between them is another one each time
        content = [str(value).encode(), *(value.chunks() if isinstance(value, File) else [])]
        digest.update(f"\n{name}={sum(map(len, content))}:".encode() + b"".join(content))
    return digest.hexdigest()
