"""What all resources share: known parameters only, entity tags, and who acts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from django.http import Http404
from django.utils.cache import patch_vary_headers
from rest_framework import mixins, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from roadmap import clock
from roadmap.api.choosing import EXPAND, FIELDS, Choice, parameters_for
from roadmap.api.compressing import compressed
from roadmap.api.etags import Unchanged, tag_when_rendered, tag_with
from roadmap.api.filters import lists_of, parameters_of
from roadmap.api.once import HEADER, once
from roadmap.api.pagination import PARAMETERS
from roadmap.api.parameters import PAST_DAY, basis_asked_for, check_parameters, day_asked_for
from roadmap.api.parsers import refuse_large
from roadmap.api.tables import TABLES
from roadmap.api.validators import Stand, stand_of, validator_of
from roadmap.errors import InvalidChange, InvalidItems
from roadmap.models import ApiToken, Milestone, Person, Roadmap
from roadmap.models.history import Actor
from roadmap.progress.as_known import plan_known_at
from roadmap.progress.replay import end_of
from roadmap.rights import within_reach
from roadmap.vocabulary import Basis, Door, Scope


class Resource(viewsets.GenericViewSet):
    """A set of rows. ``measured_actions`` read ``?as_of=`` and ``?basis=``; ``shapes_below`` are those of lists below
    a row."""

    http_method_names = ["get", "head", "options", "post", "patch"]
    write_scope = Scope.CATALOGUE  # what a token needs for writing here
    scope_of: Mapping[str, Scope] = {}  # and for actions that need another one
    is_personal = False  # whether reading, too, needs to know who reads
    lookup_value_regex = "[0-9]{1,18}"
    search_fields: tuple[str, ...] = ()
    ordering_fields: tuple[str, ...] = ("id",)
    measured_actions: frozenset[str] = frozenset()
    shows_plan_only = False  # and nothing that revisions don't count
    parameters_of_actions: Mapping[str, set[str]] = {}
    shape_of_one: type | None = None  # where it differs from that of lists
    shapes_below: Mapping[str, type] = {}
    validator: str | None = None
    stand: Stand
    choice: Choice | None = None

    @classmethod
    def as_view(cls, *arguments: Any, **options: Any) -> Any:
        """As a function for the address book; what is read travels compressed."""
        return compressed(super().as_view(*arguments, **options))

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """What was known on a past day is shown until the answer is made."""
        with ExitStack() as self.plan_shown:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before any method: the body's size, rights and limits, then the query's names."""
        refuse_large(request)
        super().initial(request, *args, **kwargs)
        if self.action not in {None, "metadata"}:  # else it goes on to be told which methods there are
            lists = {"ordering", "by", FIELDS, EXPAND, *lists_of(getattr(self, "filterset_class", None))}
            check_parameters(request, known=self._known_parameters(), lists=lists)
            self.choice = Choice(request, self.shape) if self.shape is not None else None
        if request.method in {"GET", "HEAD"} and self.shows_plan_only and self.action is not None:
            self.stand = stand_of(request)
            self.validator = validator_of(request, self.stand)
            known = tag_with(self.validator, request)
            if known is not None:
                raise Unchanged(known)
        if "basis" in request.query_params and "basis" in self._known_parameters():
            self._show_what_is_asked_for(request)
        if request.method == "POST" and HEADER in request.headers and self.action is not None:
            self._do_once()

    def _show_what_is_asked_for(self, request: Request) -> None:
        """Let all that is read from here on be as it was known on the past day, if that is asked for."""
        if basis_asked_for(request) is Basis.KNOWN and (day := day_asked_for(request)) is not None:
            instant = end_of(day, zone=self.zone_shown())
            if instant < clock.now():
                self.plan_shown.enter_context(plan_known_at(instant))

    def zone_shown(self) -> str:
        """The time zone by which days are told: the default roadmap's, or that of the one entry's roadmap."""
        return Roadmap.objects.values_list("time_zone", flat=True).first() or "UTC"

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """After any method: the entity tag of what is shown."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if not isinstance(answer, Response):  # kept bytes, or a file
            return answer
        version = getattr(self, "version_shown", None)
        is_read = request.method in {"GET", "HEAD"}
        if answer.status_code < 300 and (is_read or version is not None):
            answer.headers["Cache-Control"] = "private, no-cache"
            patch_vary_headers(answer, ["Authorization"])
            tag_when_rendered(answer, request, version=version, validator=self.validator)
        return answer

    def handle_exception(self, exc: Exception) -> Response:
        """What isn't changed is no error, and has no body."""
        if not isinstance(exc, Unchanged):
            return super().handle_exception(exc)
        answer = Response(status=304, headers={"ETag": exc.etag, "Cache-Control": "private, no-cache"})
        patch_vary_headers(answer, ["Authorization"])
        return answer

    def _do_once(self) -> None:
        """Let the handler that is about to run be done once for the request's key."""
        bound = vars(self)  # the router has bound the action as ``post``
        bound["post"] = once(
            bound["post"],
            finish=lambda response: self.finalize_response(self.request, response, *self.args, **self.kwargs),
            refuse=self.handle_exception,
        )

    def get_object(self) -> Any:
        """The row addressed. Of a milestone out of the caller's reach nothing is changed: to them it isn't there."""
        found = super().get_object()
        if self.request.method in SAFE_METHODS:
            return found
        milestone = self.milestone_of(found)
        if milestone is not None and not within_reach(self.person, milestone):
            raise Http404
        return found

    def milestone_of(self, row: Any) -> Milestone | None:
        """The milestone that a change of the row is a change of; None where it is none."""
        return row if isinstance(row, Milestone) else None

    @property
    def actor(self) -> Actor:
        """The person of the request, through this door, and by which token."""
        token = self.request.auth if isinstance(self.request.auth, ApiToken) else None
        return Actor(person=self.person, door=Door.API, token=token)

    @property
    def person(self) -> Person:
        """Whoever calls, where that has to be known."""
        return cast("Person", self.request.user)

    def accepted(
        self, serializer: type, *, partial: bool = False, kept: Callable[[], int | None] = lambda: None
    ) -> dict[str, Any]:
        """The body as the given shape reads it; ``kept`` is the id of whom the entry names already, looked up when
        somebody is named. Raises ValidationError."""
        context = {"person": self.person, "kept": kept}
        incoming = serializer(data=self.request.data, partial=partial, context=context)
        incoming.is_valid(raise_exception=True)
        return dict(incoming.validated_data)

    @contextmanager
    def one_item(self) -> Iterator[None]:
        """Turns what is wrong with the first of many items into what is wrong with the body itself."""
        try:
            yield
        except InvalidItems as error:
            raise InvalidChange(error.items[0]) from error
        except ValidationError as error:
            items: Any = error.detail["items"]  # type: ignore[call-overload]
            raise ValidationError(items[0]) from error

    def page_of(self, rows: Any, serializer: type) -> Response:
        """One page of rows below another row."""
        page: list[Any] = self.paginate_queryset(rows) or []
        return self.get_paginated_response(serializer(page, many=True, context=self.get_serializer_context()).data)

    def get_paginated_response(self, data: Any) -> Response:
        """The page, with what was asked for of its entries."""
        return super().get_paginated_response(self.choice.of(data) if self.choice is not None else data)

    @property
    def shape(self) -> Any:
        """Of the entries that a reading action shows, where these can be chosen from; else None."""
        return self.shape_in(str(self.action)) if self.request.method in {"GET", "HEAD"} else None

    @classmethod
    def shape_in(cls, action: str) -> Any:
        """Of the entries that the action shows, where these can be chosen from; else None."""
        own = {"list": cls.serializer_class, "retrieve": cls.shape_of_one or cls.serializer_class}
        return {**own, **cls.shapes_below}.get(action)

    def _known_parameters(self) -> set[str]:
        known: set[str] = set(PAST_DAY) if self.action in self.measured_actions else set()
        known |= self.parameters_of_actions.get(str(self.action), set())
        if self.action == "list":
            known |= parameters_of(getattr(self, "filterset_class", None)) | {"ordering"}
            known |= {"search"} if self.search_fields else set()
        if self.request.method in {"GET", "HEAD"} and (self.action == "list" or self.action in self.shapes_below):
            known |= PARAMETERS
        return known | parameters_for(self.shape) if self.shape is not None else known


class ReadOnlyResource(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Lists, as tables too, and shows."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One entry, with what was asked for of it."""
        return self.one_of(self.get_serializer(self.get_object()).data)

    def one_of(self, entry: Any) -> Response:
        """The answer with one entry, with what was asked for of it."""
        return Response(self.choice.of([entry])[0] if self.choice is not None else entry)

    def get_renderers(self) -> list[Any]:
        """JSON first, and for lists the forms of a table."""
        return [*super().get_renderers(), *([one() for one in TABLES] if self.action == "list" else [])]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """After any method: a table is a file with a name, and leads on to the next page."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        form = getattr(getattr(answer, "accepted_renderer", None), "format", "json")
        if answer.status_code == 200 and form in {"csv", "xlsx"}:
            answer.headers["Content-Disposition"] = f'attachment; filename="{self.basename}s.{form}"'
            if answer.data.get("next"):
                answer.headers["Link"] = f'<{answer.data["next"]}>; rel="next"'
        return answer
