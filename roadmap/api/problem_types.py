"""The closed list of the API's problem types: status, title, and what to do about it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ProblemType:
    """One type: the HTTP status it comes with, its short title, and advice for whoever meets it."""

    status: int
    title: Promise | str
    advice: Promise | str


PROBLEM_TYPES = {
    "malformed": ProblemType(
        400, _("The request can't be read"), _("Send a JSON object in UTF-8, with each name once.")
    ),
    "bad-parameter": ProblemType(
        400,
        _("A query parameter is wrong"),
        _(
            "Each parameter named under errors is unknown here or has a value that can't be understood; each "
            "entry says what can be given."
        ),
    ),
    "unauthenticated": ProblemType(
        401, _("Who you are isn't known"), _("Send a valid token: Authorization: Bearer rmt_…")
    ),
    "not-allowed": ProblemType(403, _("You may not do this"), _("Your role or organisation doesn't give this right.")),
    "missing-scope": ProblemType(
        403, _("The token may not be used for this"), _("Make a token with the scope named, or use another one.")
    ),
    "not-found": ProblemType(
        404, _("There is nothing here"), _("Nothing has this address, or it lies out of your reach.")
    ),
    "method-not-allowed": ProblemType(
        405, _("This can't be done here"), _("The Allow header names the methods of this address.")
    ),
    "not-acceptable": ProblemType(
        406, _("No such format"), _("Answers come as application/json; ask for that in Accept.")
    ),
    "conflict": ProblemType(
        409,
        _("It clashes with what is stored"),
        _("Somebody else wrote the same at the same time; read it again and retry."),
    ),
    "key-in-flight": ProblemType(
        409, _("The same request is being done"), _("Send it again in a moment; its answer will then be there.")
    ),
    "stale-edit": ProblemType(
        412,
        _("It has been changed by somebody else"),
        _("The answer holds the current state and its ETag; look at it and send your change again."),
    ),
    "too-large": ProblemType(413, _("The request is too large"), _("Send less at once.")),
    "unsupported-media-type": ProblemType(
        415, _("This content type isn't read here"), _("Send Content-Type: application/json.")
    ),
    "invalid": ProblemType(
        422, _("Some of it can't be accepted"), _("Each entry under errors points at what is wrong in the body.")
    ),
    "key-reused": ProblemType(
        422,
        _("This key was used for another request"),
        _("An Idempotency-Key stands for one request; send each new one with a new key."),
    ),
    "needs-if-match": ProblemType(
        428,
        _("Say which version you change"),
        _("Read the milestone and send its ETag as If-Match, so that no change of somebody else is overwritten."),
    ),
    "too-many-requests": ProblemType(
        429, _("Too many requests"), _("Wait for as many seconds as the Retry-After header says.")
    ),
    "internal-error": ProblemType(500, _("Something went wrong here"), _("It was recorded; try again later.")),
    "unavailable": ProblemType(
        503, _("Not available right now"), _("Wait for as many seconds as the Retry-After header says.")
    ),
}
