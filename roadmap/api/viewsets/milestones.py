"""Milestones: read with their figures, made, changed, and moved through their acts."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, cast

from django.http import Http404
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.fields import DateTimeField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api import openapi_milestones as docs
from roadmap.api.changes import change_plan, held, reassign, step_for
from roadmap.api.etags import expected_version, version_if_given
from roadmap.api.feed import entries_of
from roadmap.api.filters import parameters_of
from roadmap.api.filtersets import MilestoneFilters
from roadmap.api.naming import all_found, milestones_named
from roadmap.api.pagination import KeyPagination
from roadmap.api.parameters import day_asked_for
from roadmap.api.parsers import WITH_FILES, has_files
from roadmap.api.serializers import acts, many
from roadmap.api.serializers.changes import ChangeEntry
from roadmap.api.serializers.many import MOST_ITEMS
from roadmap.api.serializers.milestones import CommentEntry, EvidenceEntry, MilestoneEntry, ProgressUpdateEntry
from roadmap.api.serializers.reminders import ReminderAhead, ReminderTold
from roadmap.api.serializers.tables import NewTable, TableTaken, told_of
from roadmap.api.shapes import milestone_entries
from roadmap.api.viewsets.frame import IN_BOTH_LANGUAGES
from roadmap.api.viewsets.reports import UPDATES
from roadmap.api.viewsets.showing import MilestonesShown
from roadmap.editing.attachments import inspected
from roadmap.editing.comments import write_comment
from roadmap.editing.dry_run import undone
from roadmap.editing.evidence import attach_evidence
from roadmap.editing.many_milestones import Change as ManyChange
from roadmap.editing.many_milestones import change_many
from roadmap.editing.milestones import (
    cancel_milestone,
    complete_milestone,
    create_milestone,
    reopen_milestone,
    reschedule_milestone,
)
from roadmap.editing.progress import record_progress
from roadmap.editing.verification import verify_completion
from roadmap.exchange.sheets.bring import bring_in, foretell, refuse_large
from roadmap.exchange.sheets.kinds import MILESTONES
from roadmap.models import Change, Comment, Evidence, Milestone, ReminderOccurrence
from roadmap.progress.page import MeasuredRow, measured_rows, measured_window
from roadmap.reminders.ahead import reminders_ahead
from roadmap.rights import may_see_reminders, require_report, require_see_reminders, within_reach
from roadmap.vocabulary import EvidenceKind, Scope

ZONE = "initiative__roadmap__time_zone"


@docs.described_milestones
class Milestones(MilestonesShown):
    """Dated, owned, weighted results."""

    queryset = Milestone.objects.select_related("initiative__roadmap", "phase", "organisation", "owner")  # of rights
    shows_plan_only = True
    serializer_class = MilestoneEntry
    filterset_class = MilestoneFilters
    search_fields = (*IN_BOTH_LANGUAGES, "code")
    ordering_fields = ("id", "code", "due_on", "planned_start_on", "updated_at", "weight")
    scope_of = {
        "record_progress": Scope.PROGRESS,
        "attach_evidence": Scope.PROGRESS,
        "attach_file": Scope.PROGRESS,
        "write_comment": Scope.PROGRESS,
    }
    measured_actions = frozenset({"list", "retrieve"})
    shapes_below = {
        "progress_updates": ProgressUpdateEntry,
        "evidence": EvidenceEntry,
        "comments": CommentEntry,
        "history": ChangeEntry,
        "reminders": ReminderTold,
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of milestones, measured at once."""
        found = self._window()
        return self.get_paginated_response(milestone_entries(self._page() if found is None else found))

    def _window(self) -> Sequence[MeasuredRow] | None:
        """The page in one query, where nothing narrows the list and it is one day in all roadmaps; else None."""
        day, narrowing = self.day_of_all(), {*parameters_of(self.filterset_class), "search"}
        if day is None or not narrowing.isdisjoint(self.request.query_params):
            return None
        pages = cast("KeyPagination", self.paginator)
        pages.open(self.filter_queryset(self.get_queryset()), self.request)
        found = measured_window(ordering=pages.read_in, beyond=pages.position, most=pages.size + 1, day=day)
        if not {one.row.roadmap_time_zone for one in found} <= set(self.stand.zones):
            return None  # a roadmap that came after the stand was read
        return pages.taken(found, value=lambda one, column: getattr(one.row, f"milestone_{column}"))

    def _page(self) -> Sequence[MeasuredRow]:
        """The page, whatever narrows the list: which milestones first, and then all of them."""
        found = self.filter_queryset(self.get_queryset()).values(*self.ordering_fields, ZONE)
        page: list[dict[str, Any]] = self.paginate_queryset(found) or []
        as_of, now = day_asked_for(self.request), clock.now()
        return measured_rows([(one["id"], as_of or clock.day_in(one[ZONE], at=now)) for one in page])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One milestone."""
        return self.shown(int(pk))

    def create(self, request: Request) -> Response:
        """Make one."""
        values = self.accepted(acts.NewMilestone)
        made = create_milestone(by=self.actor, now=clock.now(), **values)
        return self.shown(made.pk, status_code=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change plain fields, dates included."""
        values = self.accepted(acts.MilestoneChange, partial=True, kept=lambda: self.get_object().owner_id)
        return self._after(
            lambda milestone, version: change_plan(
                milestone, values, by=self.actor, now=clock.now(), expected_version=version
            )
        )

    @docs.bring_table
    @action(detail=False, methods=["post"], url_path="import", url_name="import", parser_classes=WITH_FILES)
    def bring_table(self, request: Request) -> Response:
        """Take in a table, all of it or nothing."""
        MILESTONES.require_bring(self.actor)  # before the file is read
        values = self.accepted(NewTable)
        dry_run = values.get("dry_run", False)
        refuse_large(values["file"].size)
        brought = (foretell if dry_run else bring_in)(
            values["file"].read(),
            MILESTONES,
            by=self.actor,
            now=clock.now(),
            reason=values.get("reason", ""),
            most=MOST_ITEMS,
        )
        return Response(TableTaken(told_of(brought, dry_run=dry_run)).data)

    @docs.complete
    @action(detail=True, methods=["post"], url_name="complete")
    def complete(self, request: Request, pk: str) -> Response:
        """Mark as done."""
        return self._after_act(complete_milestone, acts.Completion)

    @docs.verify
    @action(detail=True, methods=["post"], url_name="verify")
    def verify(self, request: Request, pk: str) -> Response:
        """Confirm that it is done."""
        return self._after_act(verify_completion, acts.Reason)

    @docs.reopen
    @action(detail=True, methods=["post"], url_name="reopen")
    def reopen(self, request: Request, pk: str) -> Response:
        """Take back into work."""
        return self._after_act(reopen_milestone, acts.GivenReason)

    @docs.cancel
    @action(detail=True, methods=["post"], url_name="cancel")
    def cancel(self, request: Request, pk: str) -> Response:
        """Give up."""
        return self._after_act(cancel_milestone, acts.GivenReason)

    @docs.reschedule
    @action(detail=True, methods=["post"], url_name="reschedule")
    def reschedule(self, request: Request, pk: str) -> Response:
        """Move the due date."""
        return self._after_act(reschedule_milestone, acts.NewDates)

    @docs.reassign
    @action(detail=True, methods=["post"], url_name="reassign")
    def reassign(self, request: Request, pk: str) -> Response:
        """Give to another owner or organisation."""
        values = self.accepted(acts.NewOwner, kept=lambda: self.get_object().owner_id)
        return self._after(
            lambda milestone, version: reassign(
                milestone, values, by=self.actor, now=clock.now(), expected_version=version
            )
        )

    @docs.many_milestones
    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    def bulk(self, request: Request) -> Response:
        """Reschedule, reassign or tag many, all or none."""
        values = self.accepted(many.ManyMilestones)
        dry_run, items = values.get("dry_run", False), values["items"]
        found = all_found(milestones_named([item["milestone"] for item in items]), name="milestone")
        step = step_for(values)
        changes = [ManyChange(one, step, item.get("version")) for one, item in zip(found, items, strict=True)]
        with undone() if dry_run else nullcontext():
            changed = change_many(changes, by=self.actor, now=clock.now(), reason=values.get("reason", ""))
        return Response(many.ManyChanged({"dry_run": dry_run, "items": changed}).data)

    @docs.progress_updates
    @action(detail=True, url_path="progress-updates", url_name="progress-updates", filter_backends=[])
    def progress_updates(self, request: Request, pk: str) -> Response:
        """The milestone's reports, the latest first."""
        return self.page_of(UPDATES.filter(milestone=self.get_object()), ProgressUpdateEntry)

    @docs.record_progress
    @progress_updates.mapping.post
    def record_progress(self, request: Request, pk: str) -> Response:
        """Append a report."""
        values = self.accepted(acts.Report)
        milestone = self.get_object()
        with self.stale_shown(milestone), held(milestone, expected_version=version_if_given(request)) as current:
            update = record_progress(current, by=self.actor, now=clock.now(), **values)
        return Response(
            ProgressUpdateEntry(update).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": reverse("api:progress-update-detail", args=[update.pk], request=request)},
        )

    @docs.evidence
    @action(detail=True, url_name="evidence", filter_backends=[], parser_classes=WITH_FILES)
    def evidence(self, request: Request, pk: str) -> Response:
        """The milestone's evidence, the latest first."""
        return self.page_of(
            Evidence.objects.select_related("added_by").filter(milestone=self.get_object()), EvidenceEntry
        )

    @docs.attach_evidence
    @evidence.mapping.post
    def attach_evidence(self, request: Request, pk: str) -> Response:
        """Attach a link, a note or (as the address below does) a file."""
        return self._attach(request)

    @docs.attach_file
    @action(
        detail=True, methods=["post"], url_path="evidence/file", url_name="evidence-file", parser_classes=WITH_FILES
    )
    def attach_file(self, request: Request, pk: str) -> Response:
        """Attach a file, under an address of its own: programs made from the description send one type to each."""
        return self._attach(request)

    def _attach(self, request: Request) -> Response:
        milestone = self.get_object()
        require_report(self.actor, milestone)  # before the file is read, and a scanner takes its time
        values = self.accepted(acts.NewEvidenceFile if has_files(request) else acts.NewEvidence)
        if has_files(request):
            values |= {"kind": EvidenceKind.FILE, "file": inspected(values["file"])}
        with self.stale_shown(milestone), held(milestone, expected_version=version_if_given(request)) as current:
            made = attach_evidence(current, by=self.actor, now=clock.now(), **values)
        return Response(EvidenceEntry(made).data, status=status.HTTP_201_CREATED)

    @docs.comments
    @action(detail=True, url_name="comments", filter_backends=[])
    def comments(self, request: Request, pk: str) -> Response:
        """What people say about the milestone, the latest first."""
        found = Comment.objects.select_related("written_by").filter(milestone=self.get_object())
        return self.page_of(found, CommentEntry)

    @docs.write_comment
    @comments.mapping.post
    def write_comment(self, request: Request, pk: str) -> Response:
        """Say something, and tell whom it mentions."""
        values = self.accepted(acts.NewComment)
        made = write_comment(self.get_object(), by=self.actor, now=clock.now(), **values)
        return Response(CommentEntry(made).data, status=status.HTTP_201_CREATED)

    @docs.history
    @action(detail=True, url_path="history", url_name="history", filter_backends=[])
    def history(self, request: Request, pk: str) -> Response:
        """The milestone's own changes, the latest first."""
        found = Change.objects.filter(kind="milestone", object_id=self.get_object().pk).order_by("-revision", "-pk")
        page: list[Change] = self.paginate_queryset(found) or []
        return self.get_paginated_response(entries_of(page))

    @docs.reminders
    @action(detail=True, filter_backends=[], is_personal=True, shows_plan_only=False)
    def reminders(self, request: Request, pk: str) -> Response:
        """What is to be told of the milestone, and what was."""
        milestone = self.get_object()
        if not may_see_reminders(self.person, milestone) and not within_reach(self.person, milestone):
            raise Http404
        require_see_reminders(self.person, milestone)
        found = ReminderOccurrence.objects.filter(milestone=milestone).select_related("rule", "recipient", "message")
        page: list[ReminderOccurrence] = self.paginate_queryset(found.defer("message__rendered")) or []
        answer = self.get_paginated_response(ReminderTold(page, many=True).data)
        ahead = reminders_ahead(milestone, now=clock.now())
        answer.data = {
            "next_look_at": DateTimeField().to_representation(milestone.remind_at) if milestone.remind_at else None,
            "ahead": ReminderAhead(ahead, many=True).data,
            **answer.data,
        }
        return answer

    def _after_act(self, act: Callable[..., Milestone], serializer: type) -> Response:
        values = self.accepted(serializer)
        return self._after(
            lambda milestone, version: act(
                milestone, by=self.actor, now=clock.now(), expected_version=version, **values
            )
        )

    def _after(self, change: Callable[[Milestone, int | None], object]) -> Response:
        """The milestone after the change. Raises NeedsIfMatch, Stale with the current state, and what acts raise."""
        milestone = self.get_object()
        version = expected_version(self.request)
        with self.stale_shown(milestone):
            change(milestone, version)
        return self.shown(milestone.pk)
