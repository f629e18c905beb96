"""The feed of changes: a mirror that follows it has everything once, whatever is written meanwhile."""

import threading

import pytest
from django.db import connection, connections, transaction

from roadmap.editing.milestones import change_milestone, reschedule_milestone
from roadmap.editing.progress import record_progress
from roadmap.models import Milestone
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.api.conftest import NOW

pytestmark = pytest.mark.on_postgresql


def follow(stranger, after="0.0", size=2):
    """All that comes after the cursor, a few at a time, and where that leads."""
    seen, more = [], True
    while more:
        answer = stranger.get(f"changes/?after={after}&page_size={size}").json()
        seen += answer["results"]
        after, more = answer["cursor"], answer["has_more"]
    return seen, after


@pytest.mark.django_db
def test_feed_tells_every_change_once_in_order(stranger, milestone):
    before, cursor = follow(stranger)
    assert [one["kind"] for one in before].count("milestone") == 1
    assert follow(stranger, cursor) == ([], cursor)
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=10)
    change_milestone(milestone, by=SYSTEM, now=NOW, reason="why", title_en="New")
    later, _cursor = follow(stranger, cursor)
    assert [(one["kind"], one["change"], one["object"]) for one in later if one["kind"] == "progressupdate"] == [
        ("progressupdate", "created", milestone.progress_updates.get().pk)
    ]
    last = later[-1]
    assert (last["kind"], last["change"], last["reason"], last["by"]) == ("milestone", "changed", "why", None)
    assert last["values"]["title_en"] == "New"
    assert ("title_en" in last["changed"], "code" in last["changed"]) == (True, False)
    assert follow(stranger)[0] == before + later


@pytest.mark.django_db
@pytest.mark.parametrize("after", ["x", "1", "1.", "-1.2", "1.2.3", "9" * 30 + ".1"])
def test_cursor_that_was_made_up_is_refused(stranger, after):
    answer = stranger.get(f"changes/?after={after}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "after")


@pytest.mark.django_db
def test_what_is_deleted_is_told_with_its_last_values(stranger, milestone):
    item = make.make_deliverable(milestone, title_en="Report")
    _seen, cursor = follow(stranger)
    pk = item.pk
    item.delete()
    assert [(one["change"], one["object"], one["values"]["title_en"]) for one in follow(stranger, cursor)[0]] == [
        ("deleted", pk, "Report")
    ]


@pytest.mark.django_db
def test_milestones_history_is_the_latest_first(stranger, office, milestone):
    reschedule_milestone(milestone, by=SYSTEM, now=NOW, due_on=milestone.due_on.replace(year=2027), reason="late")
    found = stranger.get(f"milestones/{milestone.pk}/history/").json()["results"]
    assert [(one["change"], one["reason"]) for one in found] == [("changed", "late"), ("created", "")]
    assert found[0]["values"]["due_on"] == "2027-12-31"
    assert "due_on" in found[0]["changed"]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 6, pytest.param(100, marks=pytest.mark.everything)])
def test_feed_costs_the_same_for_any_number(stranger, milestone, number, django_assert_num_queries):
    for _ in range(number):
        milestone.save()
    with django_assert_num_queries(9):  # revision, changes, six kinds of entries, what was before
        assert len(stranger.get("changes/?page_size=200").json()["results"]) == 6 + number


@pytest.mark.django_db(transaction=True)
def test_change_that_commits_late_is_not_missed(stranger, client):
    """The first to write is the last to commit; a reader comes in between. SQLite has the second writer wait."""
    first, second = make.make_milestone(), make.make_milestone()
    _seen, cursor = follow(stranger)
    written, go_on = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                Milestone.objects.get(pk=first.pk).save()
                written.set()
                go_on.wait(20)
        finally:
            connections.close_all()

    writer = threading.Thread(target=slow)
    writer.start()
    assert written.wait(20)
    if connection.vendor == "sqlite":
        go_on.set()
        writer.join()
    Milestone.objects.get(pk=second.pk).save()
    between, cursor = follow(stranger, cursor)
    go_on.set()
    writer.join()
    after, _cursor = follow(stranger, cursor)
    assert sorted(one["object"] for one in between + after) == [first.pk, second.pk]
    assert [one["object"] for one in after] == ([first.pk] if connection.vendor == "postgresql" else [])
