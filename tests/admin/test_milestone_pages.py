"""A copy of a milestone, a dependency with a look at what it means, the list edited in place, views of one's own."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.models import Dependency, Milestone, Person, SavedView
from roadmap.vocabulary import Door
from tests import factories as make

pytestmark = pytest.mark.django_db

LIST = "admin:roadmap_milestone_changelist"
TABLE = "admin:milestone_table"


@pytest.fixture
def three(db: None) -> list[Milestone]:
    """The second waits for the first, the third for the second."""
    first = make.make_milestone(title_en="A", due_on=date(2026, 11, 27))
    frame = (first.initiative, first.phase)
    second = make.make_milestone(*frame, title_en="B", planned_start_on=date(2026, 11, 30))
    third = make.make_milestone(*frame, title_en="C", planned_start_on=date(2026, 12, 1))
    Dependency.objects.create(predecessor=first, successor=second)
    return [first, second, third]


def link_to(other: Milestone, **more: str) -> dict[str, str]:
    return {"way": "after", "other": str(other.pk), "lag_working_days": "0", "reason": "", **more}


def test_a_dependency_shows_what_it_means_before_it_is_made(three: list[Milestone], browser: Client) -> None:
    address = reverse("admin:milestone_link", args=[three[2].pk])
    Milestone.objects.filter(pk=three[1].pk).update(due_on=date(2026, 12, 4))
    told = browser.post(address, link_to(three[1], lag_working_days="2", _preview="")).context["consequences"]
    assert told == [
        "“B” is due on 2026-12-04: “C” may start on 2026-12-09, planned is 2026-12-01",
        "“C” waits for it and starts on 2026-12-01, but may start on 2026-12-09 at the earliest: 6 working days later",
    ]
    assert Dependency.objects.count() == 1
    assert browser.post(address, link_to(three[1], lag_working_days="2")).status_code == 302
    made = Dependency.objects.get(successor=three[2])
    assert (made.predecessor, made.lag_working_days, made.history.get().door) == (three[1], 2, Door.ADMIN)


def test_a_milestone_may_start_on_a_working_day_only(three: list[Milestone], browser: Client) -> None:
    Milestone.objects.filter(pk=three[1].pk).update(due_on=date(2026, 9, 28), planned_start_on=date(2026, 9, 1))
    Milestone.objects.filter(pk=three[2].pk).update(planned_start_on=date(2026, 10, 12))
    address = reverse("admin:milestone_link", args=[three[2].pk])
    told = browser.post(address, link_to(three[1], lag_working_days="5", _preview="")).context["consequences"]
    assert told == [
        "“B” is due on 2026-09-28: “C” may start on 2026-10-12, planned is 2026-10-12",
        "nobody has to start later",
    ]
    assert "2026-11-30" in browser.get(reverse("admin:roadmap_dependency_changelist")).content.decode()


def test_a_circle_is_refused_and_shown(three: list[Milestone], browser: Client) -> None:
    Dependency.objects.create(predecessor=three[1], successor=three[2])
    response = browser.post(reverse("admin:milestone_link", args=[three[0].pk]), link_to(three[2]))
    assert response.context["form"].errors == {"other": ["That would make a circle of dependencies: A → B → C → A"]}


def test_a_copy_is_asked_for_and_made(three: list[Milestone], browser: Client, filled: Any) -> None:
    address = reverse("admin:milestone_duplicate", args=[three[1].pk])
    sent = filled(browser.get(address)) | {"due_on": "2027-03-31", "links": str(three[1].predecessor_links.get().pk)}
    response = browser.post(address, sent)
    made = Milestone.objects.get(code=f"{three[1].code}-copy")
    assert (response.url, made.title_en) == (reverse("admin:roadmap_milestone_change", args=[made.pk]), "B (copy)")
    assert made.predecessor_links.get().predecessor == three[0]
    assert "code" in browser.post(address, sent).context["form"].errors


@pytest.mark.parametrize("page", ["milestone_link", "milestone_duplicate"])
def test_nobody_opens_these_pages_of_what_is_not_theirs(
    page: str, three: list[Milestone], lead: Person, enter: Any
) -> None:
    assert enter(lead).get(reverse(f"admin:{page}", args=[three[0].pk])).status_code == 403


def cells(milestone: Milestone, **given: str) -> dict[str, Any]:
    """A row of the list as its page sends it, with the given cells changed."""
    values = {
        "planned_start_on": str(milestone.planned_start_on),
        "due_on": str(milestone.due_on),
        "weight": str(milestone.weight),
        "tags": ", ".join(milestone.tags),
        **given,
    }
    seen = {f"version-{milestone.pk}": str(milestone.version)}
    return {**seen, **{f"row-{milestone.pk}-{name}": value for name, value in values.items()}}


def test_rows_are_changed_in_the_list(three: list[Milestone], browser: Client) -> None:
    ids = [one.pk for one in three]
    sent = {
        "row": ids,
        **cells(three[0], weight="4", tags="pilot, 口岸"),
        **cells(three[1], due_on="2027-01-29"),
        **cells(three[2]),
    }
    refused = browser.post(reverse(TABLE), {**sent, "reason": ""})
    assert refused.context["reason"].errors == {"reason": ["A date changes: give the reason; it is kept."]}
    assert browser.post(reverse(TABLE), {**sent, "reason": "Agreed."}).status_code == 302
    rows = list(Milestone.objects.order_by("pk"))
    assert [(one.weight, one.tags, one.version) for one in rows] == [(4, ["pilot", "口岸"], 2), (1, [], 2), (1, [], 1)]
    assert (rows[1].due_on, rows[1].history.first().history_change_reason) == (date(2027, 1, 29), "Agreed.")


def test_a_row_that_somebody_changed_meanwhile_is_shown_and_not_overwritten(
    three: list[Milestone], browser: Client
) -> None:
    for one in three:
        one.save()  # the history knows what the page shows
    page = {"row": [one.pk for one in three[:2]], **cells(three[0], tags="mine"), **cells(three[1], weight="9")}
    theirs = Milestone.objects.get(pk=three[0].pk)
    theirs.weight, theirs.version = 7, 2
    theirs.save()
    response = browser.post(reverse(TABLE), page)
    row = response.context["rows"][0]
    assert row.meanwhile == ["weight: 1 → 7"]
    assert (row.form["weight"].value(), row.form["tags"].value()) == ("7.00", "mine")
    assert set(Milestone.objects.filter(pk__in=page["row"]).values_list("weight", flat=True)) == {7, 1}
    again = {**page, f"row-{three[0].pk}-weight": "7", f"version-{three[0].pk}": "2"}
    assert browser.post(reverse(TABLE), again).status_code == 302
    saved = Milestone.objects.get(pk=three[0].pk)
    assert (saved.weight, saved.tags) == (7, ["mine"])


def test_one_wrong_row_leaves_all_as_they_were(three: list[Milestone], browser: Client) -> None:
    sent = {
        "row": [one.pk for one in three[:2]],
        **cells(three[0], weight="5"),
        **cells(three[1], due_on="2020-01-01"),
        "reason": "x",
    }
    row = browser.post(reverse(TABLE), sent).context["rows"][1]
    assert row.form.errors == {"due_on": ["The due date lies before the planned start (2026-11-30)."]}
    assert set(Milestone.objects.values_list("weight", flat=True)) == {1}


def test_rows_of_others_have_no_fields(three: list[Milestone], lead: Person, enter: Any) -> None:
    browser = enter(lead)
    assert [row.form for row in browser.get(reverse(TABLE)).context["rows"]] == [None] * 3
    browser.post(reverse(TABLE), {"row": [three[0].pk], **cells(three[0], weight="5")})
    assert Milestone.objects.get(pk=three[0].pk).weight == 1


@pytest.mark.both_databases("roadmap.editing.views")
def test_a_view_is_kept_shown_and_removed_by_its_person_alone(
    three: list[Milestone], browser: Client, lead: Person, enter: Any, office: Person
) -> None:
    query = "due_on_to=2026-12-31&standing=open"
    save = f"{reverse('admin:milestone_view_save')}?standing=open&due_on_to=2026-12-31&p=2"
    assert browser.post(save, {"name": "Quarter"}).url == f"{reverse(LIST)}?{query}"
    view = SavedView.objects.get()
    assert (view.person, view.query, view.history.get().door) == (office, query, Door.ADMIN)
    shown = browser.get(f"{reverse(LIST)}?{query}").context["saved_views"]
    assert [(one["view"].name, one["is_shown"]) for one in shown] == [("Quarter", True)]
    browser.post(f"{reverse('admin:milestone_view_save')}?standing=late", {"name": "Quarter"})
    assert SavedView.objects.get().query == "standing=late"
    remove = reverse("admin:milestone_view_remove", args=[view.pk])
    other = enter(lead)
    assert other.get(reverse(LIST)).context["saved_views"] == []
    assert other.post(remove).status_code == 404
    assert browser.post(remove).status_code == 302
    assert not SavedView.objects.exists()


def test_a_view_needs_something_to_show(browser: Client) -> None:
    assert browser.get(reverse("admin:milestone_view_save")).status_code == 404
