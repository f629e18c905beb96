"""Roll-ups along dimensions, curves over months, and what a figure is made of."""

from datetime import date
from decimal import Decimal

import pytest

from roadmap.models import Milestone
from tests import factories as make
from tests.progress.by_rule import roadmap_progress

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
DAY = date(2026, 6, 30)


@pytest.fixture
def plan(milestone) -> Milestone:
    """Three milestones of two phases, one without an organisation, one cancelled; a tree of two."""
    initiative = milestone.initiative
    later = make.make_phase(initiative.roadmap, code="later", title_en="Later")
    below = make.make_organisation(milestone.organisation, code="below")
    make.make_update(milestone, 40, date(2026, 6, 1))
    make.make_milestone(
        initiative, milestone.phase, code="m-2", organisation=below, weight=Decimal("2.50"), due_on=date(2026, 10, 7)
    )
    make.make_deliverable(make.make_milestone(initiative, later, code="m-3", weight=3), done_on=DAY, weight=1)
    make.make_milestone(initiative, later, code="m-4", status="cancelled", cancelled_on=DAY)
    return milestone


def test_matrix_shows_the_figures_of_the_roll_up(stranger, plan):
    answer = stranger.get("roadmaps/smart/roll-up/?by=phase,pillar&as_of=2026-06-30").json()
    whole = stranger.get("roadmaps/smart/progress/?as_of=2026-06-30").json()
    assert (answer["roadmap"], answer["as_of"], answer["by"]) == ("smart", "2026-06-30", ["phase", "pillar"])
    expected = [cell for cell in whole["phase_pillars"] if cell["figures"]["total"]]
    empty = dict.fromkeys(("workstream", "initiative", "organisation"))
    assert answer["groups"] == [{**cell, **empty} for cell in expected]


def test_organisation_counts_with_everything_below_and_null_is_without_a_workstream(stranger, plan):
    answer = stranger.get("roadmaps/smart/roll-up/?by=organisation,workstream&as_of=2026-06-30").json()
    found = [
        (one["organisation"]["code"], one["workstream"], one["figures"]["weight"], one["figures"]["total"])
        for one in answer["groups"]
    ]
    assert found == [("gacc", None, 3.5, 2), ("below", None, 2.5, 1)]


@pytest.mark.parametrize("by", ["", "phase,phase", "phase,pillar,workstream", "owner", "phase,"])
def test_dimensions_that_make_no_sense_are_refused(stranger, plan, by):
    answer = stranger.get(f"roadmaps/smart/roll-up/?by={by}")
    if by == "phase,":
        assert (answer.status_code, answer.json()["by"]) == (200, ["phase"])
    else:
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "by")


def test_series_has_a_point_a_month_and_no_earned_value_ahead(stranger, plan):
    points = stranger.get("roadmaps/smart/series/?as_of=2026-06-30").json()["points"]
    assert (points[0]["day"], points[-1]["day"], len(points)) == ("2024-01-31", "2026-12-31", 36)
    known = {point["day"]: point["earned_percent"] for point in points}
    overall = stranger.get("roadmaps/smart/progress/?as_of=2026-06-30").json()["overall"]
    assert (known["2026-06-30"], known["2026-07-31"]) == (overall["earned_percent"], None)


def every_page(stranger, path):
    pages = [stranger.get(path).json()]
    while pages[-1]["next"]:
        pages.append(stranger.get(pages[-1]["next"].removeprefix("http://testserver")).json())
    return pages


@pytest.mark.parametrize(
    "only", ["", "&phase=basic", "&pillar=safe&phase=later", "&organisation=gacc", "&initiative=review"]
)
def test_contributions_add_up_to_the_figure_exactly(stranger, plan, only):
    pages = every_page(stranger, f"roadmaps/smart/explain/?as_of=2026-06-30&page_size=1{only}")
    parts, totals = [part for page in pages for part in page["results"]], pages[0]["totals"]
    for name in ("planned_value", "earned_value"):
        assert sum(Decimal(part[name]) for part in parts) == Decimal(totals[name])
    weight = sum(Decimal(str(part["weight"])) for part in parts if part["counts"])
    assert weight == Decimal(totals["weight"])
    for part in parts:
        value = Decimal(str(part["weight"])) * Decimal(part["earned_percent"]) / 100 if part["counts"] else 0
        assert Decimal(part["earned_value"]) == value
    earned = float(round(100 * Decimal(totals["earned_value"]) / weight, 2))
    assert totals["figures"]["earned_percent"] == earned


def test_explained_whole_is_the_roadmaps_own_figure(stranger, plan):
    totals = stranger.get("roadmaps/smart/explain/?as_of=2026-06-30").json()["totals"]
    assert totals["figures"] == stranger.get("roadmaps/smart/progress/?as_of=2026-06-30").json()["overall"]
    found = roadmap_progress(plan.initiative.roadmap, as_of=DAY).overall
    assert Decimal(totals["planned_value"]) * 100 / found.weight == found.planned


def test_explanation_names_dates_and_report(stranger, plan):
    parts = {part["code"]: part for part in stranger.get("roadmaps/smart/explain/?as_of=2026-06-30").json()["results"]}
    assert [(code, part["earned_from"], part["counts"]) for code, part in sorted(parts.items())] == [
        ("m-1", "report", True),
        ("m-2", "nothing", True),
        ("m-3", "deliverables", True),
        ("m-4", "nothing", False),
    ]
    first = parts["m-1"]
    assert (first["planned_from"], first["starts_on"], first["due_on"]) == ("plan", "2026-01-01", "2026-12-31")
    assert (first["latest_update"]["percent_complete"], first["earned_value"]) == (40, "0.4")


def test_entry_of_another_roadmap_explains_nothing_here(stranger, plan):
    make.make_phase(make.make_roadmap(), code="elsewhere")
    answer = stranger.get("roadmaps/smart/explain/?phase=elsewhere")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "phase")
