"""The limit that the API's list is measured against: the same page as JSON made by one SQL statement, served barely."""

import os
import threading
from collections.abc import Callable, Iterable
from datetime import date

import psycopg

PAGE = """
SELECT json_agg(row_to_json(entry))::text FROM (
 SELECT m.id, m.code, r.code AS roadmap,
  json_build_object('id', ph.id, 'code', ph.code, 'title_zh', ph.title_zh, 'title_en', ph.title_en) AS phase,
  json_build_object('id', p.id, 'code', p.code, 'title_zh', p.title_zh, 'title_en', p.title_en) AS pillar,
  json_build_object('id', w.id, 'code', w.code, 'title_zh', w.title_zh, 'title_en', w.title_en) AS workstream,
  json_build_object('id', i.id, 'code', i.code, 'title_zh', i.title_zh, 'title_en', i.title_en) AS initiative,
  json_build_object('id', o.id, 'code', o.code, 'name_zh', o.name_zh, 'name_en', o.name_en) AS organisation,
  json_build_object('id', h.id, 'name', h.full_name) AS owner,
  m.title_zh, m.title_en, m.description_zh, m.description_en, m.acceptance_criteria_zh, m.acceptance_criteria_en,
  m.planned_start_on, m.due_on, m.completed_on, m.cancelled_on, m.status, m.weight,
  json_build_object(
   'as_of', %(day)s::date,
   'planned_percent', CASE WHEN %(day)s >= m.due_on THEN 100 WHEN %(day)s < m.planned_start_on THEN 0
    ELSE round(100.0 * (%(day)s - m.planned_start_on + 1) / (m.due_on - m.planned_start_on + 1), 2) END,
   'earned_percent', CASE WHEN m.completed_on <= %(day)s THEN 100 ELSE coalesce(u.percent_complete, 0) END,
   'is_late', m.completed_on IS NULL AND m.due_on < %(day)s, 'days_left', m.due_on - %(day)s) AS progress,
  CASE WHEN u.id IS NOT NULL THEN json_build_object(
   'id', u.id, 'reported_on', u.reported_on, 'percent_complete', u.percent_complete, 'confidence', u.confidence,
   'forecast_on', u.forecast_on, 'narrative_zh', u.narrative_zh, 'narrative_en', u.narrative_en) END AS latest_update,
  m.provenance, m.version, m.created_at, m.updated_at
 FROM (SELECT * FROM roadmap_milestone ORDER BY due_on, id LIMIT 100) m
 JOIN roadmap_initiative i ON i.id = m.initiative_id
 JOIN roadmap_roadmap r ON r.id = i.roadmap_id
 JOIN roadmap_pillar p ON p.id = i.pillar_id
 JOIN roadmap_phase ph ON ph.id = m.phase_id
 LEFT JOIN roadmap_workstream w ON w.id = m.workstream_id
 LEFT JOIN roadmap_organisation o ON o.id = m.organisation_id
 LEFT JOIN roadmap_person h ON h.id = m.owner_id
 LEFT JOIN LATERAL (
  SELECT * FROM roadmap_progressupdate WHERE milestone_id = m.id AND reported_on <= %(day)s
  ORDER BY reported_on DESC, id DESC LIMIT 1) u ON true
 ORDER BY m.due_on, m.id) entry
"""
TODAY = date(2026, 11, 23)
_thread = threading.local()


def page() -> str:
    """The page, from this thread's own connection."""
    if not hasattr(_thread, "connection"):
        _thread.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    found: tuple[str] = _thread.connection.execute(PAGE, {"day": TODAY}).fetchone()
    return found[0]


def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """A WSGI application without anything around it."""
    body = page().encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
