"""Readers who have an answer already cost one query, and are never told that nothing changed when something did."""

from datetime import date, timedelta

import pytest
from django.db import connection, models

from roadmap.api.urls import v1
from roadmap.editing.baselines import set_baseline
from roadmap.editing.progress import record_progress
from roadmap.models import Milestone, Person, revision_triggers
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.api.conftest import NOW
from tests.servers.databases import as_if_committed

pytestmark = pytest.mark.on_postgresql

PATHS = ["milestones/{}/", "milestones/", "milestones/?as_of=2026-06-30", "roadmaps/smart/progress/", "phases/"]


def revision() -> int:
    as_if_committed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM roadmap_revision")
        return (cursor.fetchone() or (0,))[0]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["stranger", "office"])
def test_what_is_not_changed_costs_one_query(request, milestone, path, who, django_assert_num_queries):
    caller, path = request.getfixturevalue(who), path.format(milestone.pk)
    first = caller.get(path)
    with django_assert_num_queries(1):
        second = caller.get(path, If_None_Match=f'"other", {first.headers["ETag"]}')
    assert (second.status_code, second.content, second.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert second.headers["Cache-Control"] == first.headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_tag_of_one_language_person_or_address_is_not_that_of_another(stranger, office, milestone, path):
    path = path.format(milestone.pk)
    tag = stranger.get(path).headers["ETag"].split(".")[-1]
    assert stranger.get(path, Accept_Language="zh-CN").headers["ETag"].split(".")[-1] != tag
    assert office.get(path).headers["ETag"].split(".")[-1] != tag
    other = stranger.get("pillars/", If_None_Match=f'"{"0" * 24}.{tag}')
    assert other.status_code == 200


@pytest.mark.django_db
def test_same_bytes_under_a_newer_revision_are_still_304(stranger, milestone):
    first = stranger.get("pillars/")
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=10)
    second = stranger.get("pillars/", If_None_Match=first.headers["ETag"])
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["ETag"] != first.headers["ETag"]


@pytest.mark.both_databases("roadmap.api.validators")
@pytest.mark.django_db
def test_midnight_of_any_roadmap_is_a_change(stranger, milestone, time_machine):
    make.make_roadmap(time_zone="America/New_York")
    tags = []
    for instant in ("2026-11-23T04:59:00+00:00", "2026-11-23T05:01:00+00:00", "2026-11-23T16:01:00+00:00"):
        time_machine.move_to(instant, tick=False)
        tags.append(stranger.get("milestones/").headers["ETag"].split(".")[-1])
    assert len(set(tags)) == 3


def changed(field: models.Field, value: object) -> object:
    """Another value that the field takes."""
    if field.choices:
        return next(choice for choice, _label in field.choices if choice != value)
    match value:
        case bool():
            return not value
        case date():
            return value + timedelta(days=1)
        case str():
            return value + "x"
        case None:
            return date(2026, 6, 1)
    return value + 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["code", "title_en", "due_on", "weight", "description_zh", "version"])
def test_every_changed_column_is_a_revision_and_an_unchanged_one_is_none(milestone, name):
    value = getattr(milestone, name)
    before = revision()
    Milestone.objects.filter(pk=milestone.pk).update(**{name: value})
    assert revision() == before
    Milestone.objects.filter(pk=milestone.pk).update(**{name: changed(Milestone._meta.get_field(name), value)})
    assert revision() > before


@pytest.mark.django_db
def test_machinery_makes_no_revision(milestone):
    before = revision()
    Milestone.objects.ask_planner_to_look(at=NOW)
    Person.objects.update(last_login=NOW, password="!x")
    assert revision() == before


@pytest.mark.django_db
def test_rows_that_come_and_go_are_revisions(milestone):
    seen = [revision()]
    item = make.make_deliverable(milestone)
    seen.append(revision())
    item.delete()
    seen.append(revision())
    make.make_update(milestone, 10, date(2026, 1, 1))
    seen.append(revision())
    set_baseline(milestone.initiative.roadmap, by=SYSTEM, now=NOW, name="B", reason="r")
    seen.append(revision())
    assert seen == sorted(set(seen))


def test_all_that_plan_resources_show_is_counted():
    shown = set()
    for _prefix, viewset, _name in v1.registry:
        if not viewset.shows_plan_only:
            continue
        shown.add(viewset.queryset.model.__name__)
        joined = viewset.queryset.query.select_related
        pairs = [(viewset.queryset.model, joined if isinstance(joined, dict) else {})]
        while pairs:
            model, names = pairs.pop()
            for name, below in names.items():
                target = model._meta.get_field(name).related_model
                shown.add(target.__name__)
                pairs.append((target, below))
    # a row of the feed is written by the very triggers that count
    assert shown - set(revision_triggers.COUNTED) == {"Change"}
    assert "Person" in shown


@pytest.mark.both_databases("roadmap.models.revision_triggers")
@pytest.mark.django_db
def test_triggers_are_made_once_and_taken_away_for_migrations(milestone):
    from django.apps import apps

    revision_triggers.install("default", apps)
    with connection.cursor() as cursor:
        present = revision_triggers._present(cursor, connection.vendor)
    revision_triggers.remove("default")
    before = revision()
    Milestone.objects.update(title_en="Unseen")
    assert revision() == before
    revision_triggers.install("default", apps)
    with connection.cursor() as cursor:
        assert revision_triggers._present(cursor, connection.vendor) == present
    Milestone.objects.update(title_en="Seen")
    assert revision() > before
