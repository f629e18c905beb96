"""The OpenAPI description of what can be done with milestones."""

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view

from roadmap.api.openapi import DAY, IF_MATCH, IF_MATCH_IF_YOU_LIKE, PAGES
from roadmap.api.serializers import acts, many
from roadmap.api.serializers.changes import ChangeEntry
from roadmap.api.serializers.milestones import (
    CommentEntry,
    EvidenceEntry,
    MilestoneDetail,
    MilestoneEntry,
    ProgressUpdateEntry,
)
from roadmap.api.serializers.reminders import MilestoneReminders
from roadmap.api.serializers.tables import NewTable, TableTaken

NEW = OpenApiExample(
    "A milestone of the second half of 2026",
    value={
        "code": "image-review-phase-1",
        "initiative": "intelligent-image-review",
        "phase": "basic-framework",
        "title_zh": "智能审图覆盖重点口岸",
        "title_en": "Image review at the key ports",
        "planned_start_on": "2026-07-01",
        "due_on": "2026-12-31",
        "weight": 2,
        "deliverables": [{"title_zh": "验收报告", "title_en": "Acceptance report"}],
    },
    request_only=True,
)
CHANGE = OpenApiExample(
    "A later due date and a heavier weight",
    value={"due_on": "2027-01-31", "weight": 3, "reason": "The supplier delivers in January."},
    request_only=True,
)
REPORT = OpenApiExample(
    "Forty percent, a little worried",
    value={
        "percent_complete": 40,
        "confidence": "amber",
        "forecast_on": "2027-01-15",
        "narrative_zh": "设备到货延迟。",
        "narrative_en": "Equipment arrives late.",
    },
    request_only=True,
)
LINK = OpenApiExample(
    "A link",
    value={"kind": "link", "title": "Acceptance report", "url": "https://example.org/report.pdf"},
    request_only=True,
)

RULE = {"id": 1, "code": "due", "name_zh": "到期提醒", "name_en": "Due dates", "kind": "due"}
REMINDERS = OpenApiExample(
    "Told a month before, and to be told a fortnight before",
    value={
        "next_look_at": "2026-12-17T08:30:00+08:00",
        "ahead": [
            {
                "rule": RULE,
                "audiences": ["owner"],
                "occurrence": "due=2026-12-31/T-14",
                "at": "2026-12-17T08:30:00+08:00",
                "is_provisional": False,
            }
        ],
        "next": None,
        "previous": None,
        "results": [
            {
                "id": 12,
                "rule": RULE,
                "recipient": {"id": 5, "name": "李敏"},
                "told_as": "owner",
                "occurrence": "due=2026-12-31/T-30",
                "is_provisional": False,
                "planned_at": "2026-12-01T08:30:02+08:00",
                "state": "sent",
                "sent_at": "2026-12-01T08:30:04+08:00",
            }
        ],
    },
    response_only=True,
)

described_milestones = extend_schema_view(
    list=extend_schema(
        summary="List milestones",
        description="With their figures as of today or of another day; the plan's dates are always the present ones.",
        parameters=DAY,
        responses=MilestoneEntry(many=True),
    ),
    retrieve=extend_schema(summary="Show a milestone", parameters=DAY, responses=MilestoneDetail),
    create=extend_schema(
        summary="Make a milestone",
        description="For the programme office, and for leads within their organisation.",
        request=acts.NewMilestone,
        responses={201: MilestoneDetail},
        examples=[NEW],
    ),
    partial_update=extend_schema(
        summary="Change a milestone",
        description="Send only what changes. A moved `due_on` needs a `reason`; status has acts of its own.",
        parameters=[IF_MATCH],
        request=acts.MilestoneChange,
        responses=MilestoneDetail,
        examples=[CHANGE],
    ),
)


def _act(summary: str, description: str, request: type, example: dict[str, object]):  # type: ignore[no-untyped-def]
    return extend_schema(
        summary=summary,
        description=description,
        parameters=[IF_MATCH],
        request=request,
        responses=MilestoneDetail,
        examples=[OpenApiExample("A body", value=example, request_only=True)],
    )


complete = _act("Complete a milestone", "Marks an open one as done.", acts.Completion, {"completed_on": "2026-11-20"})
verify = _act(
    "Verify a completion",
    "Says that a done milestone is done: for verifiers and leads of its branch and the programme office, but not for "
    "its owner, its last reporter or whoever completed it. It needs evidence. Reopening withdraws the verification.",
    acts.Reason,
    {"reason": "Seen on site."},
)
reopen = _act(
    "Reopen a milestone", "Takes a done or cancelled one back into work.", acts.GivenReason, {"reason": "Test failed."}
)
cancel = _act(
    "Cancel a milestone",
    "Gives an open one up; its weight no longer counts from today on.",
    acts.GivenReason,
    {"reason": "Merged into another milestone."},
)
reschedule = _act(
    "Reschedule a milestone",
    "Moves the due date, and the start where given. Reminders that are no longer true are withdrawn.",
    acts.NewDates,
    {"due_on": "2027-01-31", "reason": "The supplier delivers in January."},
)
reassign = _act(
    "Reassign a milestone", "To another owner, organisation or both.", acts.NewOwner, {"organisation": "shanghai"}
)
many_milestones = extend_schema(
    summary="Reschedule, reassign or tag many milestones",
    description="Up to 1,000 milestones: what is given is done to all of them, or nothing is. What stands against one "
    "is told of its item, as `#/items/17/due_on`. With `dry_run` everything is checked and nothing written; the answer "
    "shows what each would be.",
    request=many.ManyMilestones,
    responses=many.ManyChanged,
    examples=[
        OpenApiExample(
            "Two a fortnight later",
            value={
                "items": [{"milestone": "intelligent-image-review-2026"}, {"milestone": 7, "version": 3}],
                "days": 14,
                "reason": "The supplier delivers later.",
                "add_tags": ["procurement"],
            },
            request_only=True,
        )
    ],
    filters=False,
)
progress_updates = extend_schema(
    summary="List a milestone's progress reports",
    description="The latest first.",
    responses=ProgressUpdateEntry(many=True),
    filters=False,
)
record_progress = extend_schema(
    summary="Record progress",
    description="Appends a report; nothing recorded is ever changed. For the owner, and for leads and contributors "
    "within their organisation.",
    parameters=[IF_MATCH_IF_YOU_LIKE],
    request=acts.Report,
    responses={201: ProgressUpdateEntry},
    examples=[REPORT],
)
history = extend_schema(
    summary="List a milestone's changes",
    description="The latest first: who changed what, when, why and through which door, with the values after each.",
    responses=ChangeEntry(many=True),
    filters=False,
)
reminders = extend_schema(
    summary="Show a milestone's reminders",
    description="Those ahead as things stand, and those planned or sent so far, the latest first. For those who "
    "are responsible for the milestone, the programme office and auditors.",
    parameters=PAGES,
    responses=forced_singular_serializer(MilestoneReminders),  # type: ignore[no-untyped-call]
    examples=[REMINDERS],
    filters=False,
)
evidence = extend_schema(
    summary="List a milestone's evidence",
    description="The latest first.",
    responses=EvidenceEntry(many=True),
    filters=False,
)
attach_evidence = extend_schema(
    summary="Attach evidence",
    description="A link or a note; a file goes to `evidence/file/`. For those who may report.",
    parameters=[IF_MATCH_IF_YOU_LIKE],
    request={"application/json": acts.NewEvidence},
    responses={201: EvidenceEntry},
    examples=[LINK],
)
attach_file = extend_schema(
    summary="Attach a file as evidence",
    description="As multipart/form-data. For those who may report.",
    parameters=[IF_MATCH_IF_YOU_LIKE],
    request={"multipart/form-data": acts.NewEvidenceFile},
    responses={201: EvidenceEntry},
)
comments = extend_schema(
    summary="List a milestone's comments",
    description="The latest first.",
    responses=CommentEntry(many=True),
    filters=False,
)
write_comment = extend_schema(
    summary="Comment on a milestone",
    description="`@` before somebody's name or user name mentions them, and they get a mail; a name that is nobody's, "
    "or several people's, is refused. For those who may report.",
    request=acts.NewComment,
    responses={201: CommentEntry},
    examples=[OpenApiExample("A comment", value={"text": "@lin Is the port ready?"}, request_only=True)],
)
bring_table = extend_schema(
    summary="Take in a table of milestones",
    description="XLSX or CSV, as exported in the administration or from this list, and changed: entries are found by "
    "`id` or `code`, rows of neither are new ones. All of it or nothing, up to 1,000 changes; a row that others "
    "changed since its `version` is refused with both values. What is wrong is told by sheet, row and column. For "
    "those who may edit milestones, each row by its own.",
    request={"multipart/form-data": NewTable},
    responses={200: TableTaken},
    filters=False,
)
