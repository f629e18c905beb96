"""A small whole catalogue, and how tests load it."""

from datetime import UTC, datetime
from pathlib import Path

from roadmap.exchange.load import load_catalogue
from roadmap.exchange.report import LoadReport
from roadmap.models.history import Actor
from roadmap.vocabulary import Door

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LOADER = Actor(None, Door.COMMAND)

SMALL = """\
mark: derived
roadmap:
  code: bridge
  title: {zh: 桥, en: Bridge}
  starts_on: 2024-01-01
sources:
  - code: gazette
    title: {zh: 公报, en: Gazette}
    citation: {zh: 公报第1期, en: "Gazette, no. 1"}
    published_on: 2024-01-02
organisations:
  - {code: works, name: {zh: 工程处, en: Works}}
phases:
  - {code: piers, title: {zh: 桥墩, en: Piers}, starts_on: 2024-01-01, gate_on: 2026-12-31}
pillars:
  - {code: safe, title: {zh: 安全, en: Safe}}
initiatives:
  - {code: north, pillar: safe, title: {zh: 北岸, en: North bank}}
indicators:
  - code: length
    mark: sourced
    source: gazette
    title: {zh: 长度, en: Length}
    unit: {zh: 米, en: metres}
    observations:
      - {period: "2024", period_name: {zh: 2024年, en: "2024"}, ends_on: 2024-12-31, value: 12.5, qualifier: about}
milestones:
  - code: north-1
    title: {zh: 北岸一号墩, en: Pier 1 north}
    initiative: north
    phase: piers
    organisation: works
    planned_start_on: 2024-02-01
    due_on: 2026-12-01
    deliverables:
      - {title: {zh: 图纸, en: Drawings}}
  - code: north-2
    title: {zh: 北岸二号墩, en: Pier 2 north}
    initiative: north
    phase: piers
    planned_start_on: 2024-02-01
    due_on: 2026-12-31
    after:
      - {milestone: north-1, lag_working_days: 3}
reminder_rules:
  - {code: owners, name: {zh: 负责人, en: Owners}, offsets: [30, 7, 0], repeat_every_days: 7, send_at: "08:30"}
"""


def load_text(folder: Path, text: str, *, now: datetime = NOW) -> LoadReport:
    """Write ``text`` to ``plan.yaml`` and load it."""
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return load_catalogue([path], names=["plan.yaml"], by=LOADER, now=now)
