"""Rows for tests: plain functions with sensible defaults, each call a new row. They write models directly."""

from base64 import b32encode
from datetime import date
from decimal import Decimal
from itertools import count
from secrets import token_bytes
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone

from roadmap.factor_secrets import seal
from roadmap.models import (
    Deliverable,
    Evidence,
    Initiative,
    Milestone,
    Organisation,
    Person,
    Phase,
    Pillar,
    ProgressUpdate,
    Roadmap,
    Workstream,
)
from roadmap.vocabulary import Door, EvidenceKind, Rag, Role

_numbers = count(1)


def make_roadmap(**fields: Any) -> Roadmap:
    number = next(_numbers)
    return Roadmap.objects.create(
        **{
            "code": f"roadmap-{number}",
            "title_zh": f"路线图 {number}",
            "title_en": f"Roadmap {number}",
            "starts_on": date(2024, 1, 1),
            **fields,
        }
    )


def make_phase(roadmap: Roadmap, **fields: Any) -> Phase:
    number = next(_numbers)
    return Phase.objects.create(
        **{
            "roadmap": roadmap,
            "code": f"phase-{number}",
            "title_zh": f"阶段 {number}",
            "title_en": f"Phase {number}",
            "starts_on": date(2024, 1, 1),
            "gate_on": date(2026, 12, 31),
            **fields,
        }
    )


def make_pillar(roadmap: Roadmap, **fields: Any) -> Pillar:
    number = next(_numbers)
    return Pillar.objects.create(
        **{
            "roadmap": roadmap,
            "code": f"pillar-{number}",
            "title_zh": f"支柱 {number}",
            "title_en": f"Pillar {number}",
            **fields,
        }
    )


def make_workstream(roadmap: Roadmap, **fields: Any) -> Workstream:
    number = next(_numbers)
    return Workstream.objects.create(
        **{
            "roadmap": roadmap,
            "code": f"workstream-{number}",
            "title_zh": f"工作线 {number}",
            "title_en": f"Workstream {number}",
            **fields,
        }
    )


def make_initiative(pillar: Pillar, **fields: Any) -> Initiative:
    number = next(_numbers)
    return Initiative.objects.create(
        **{
            "roadmap": pillar.roadmap,
            "pillar": pillar,
            "code": f"initiative-{number}",
            "title_zh": f"举措 {number}",
            "title_en": f"Initiative {number}",
            **fields,
        }
    )


def make_milestone(initiative: Initiative | None = None, phase: Phase | None = None, **fields: Any) -> Milestone:
    """A planned milestone from 2026-01-01 to 2026-12-31 of weight 1; its frame is made where none is given."""
    if initiative is None:
        initiative = make_initiative(make_pillar(phase.roadmap if phase else make_roadmap()))
    number = next(_numbers)
    return Milestone.objects.create(
        **{
            "initiative": initiative,
            "phase": phase or make_phase(initiative.roadmap),
            "code": f"milestone-{number}",
            "title_zh": f"里程碑 {number}",
            "title_en": f"Milestone {number}",
            "planned_start_on": date(2026, 1, 1),
            "due_on": date(2026, 12, 31),
            **fields,
        }
    )


def make_deliverable(milestone: Milestone, **fields: Any) -> Deliverable:
    number = next(_numbers)
    return Deliverable.objects.create(
        **{
            "milestone": milestone,
            "title_zh": f"交付物 {number}",
            "title_en": f"Deliverable {number}",
            **fields,
        }
    )


def make_update(milestone: Milestone, percent: int, on: date, **fields: Any) -> ProgressUpdate:
    return ProgressUpdate.objects.create(
        **{
            "milestone": milestone,
            "percent_complete": Decimal(percent),
            "reported_on": on,
            "confidence": Rag.GREEN,
            "door": Door.SYSTEM,
            **fields,
        }
    )


def make_evidence(milestone: Milestone, **fields: Any) -> Evidence:
    """A note that shows something."""
    return Evidence.objects.create(
        **{"milestone": milestone, "kind": EvidenceKind.NOTE, "title": "Acceptance", "note": "Seen.", **fields}
    )


def make_organisation(parent: Organisation | None = None, **fields: Any) -> Organisation:
    code = fields.pop("code", f"unit-{next(_numbers)}")
    return Organisation.objects.create(
        **{
            "code": code,
            "name_zh": f"单位 {code}",
            "name_en": f"Unit {code}",
            "parent": parent,
            "path": f"{parent.path if parent else ''}{code}/",
            **fields,
        }
    )


def make_person(**fields: Any) -> Person:
    """An active contributor who reads Chinese, in Shanghai, with an address at example.org."""
    number = next(_numbers)
    username = fields.pop("username", f"person-{number}")
    return Person.objects.create(
        **{
            "username": username,
            "full_name": f"人员 {number}",
            "email": f"{username}@example.org",
            "password": "!",  # unusable
            "role": Role.CONTRIBUTOR,
            **fields,
        }
    )


def give_app(person: Person) -> str:
    """The person has an app that makes codes; its key."""
    secret = b32encode(token_bytes(20)).decode()
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": seal(secret)})
    person.second_factor_since = timezone.now()
    person.save()
    return secret


def make_office_person(**fields: Any) -> Person:
    """Somebody of the programme office, who may enter the admin."""
    return make_person(**{"role": Role.OFFICE, "is_staff": True, **fields})
