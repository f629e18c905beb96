"""What lists write straight from plain rows is what the serializers describe, value by value."""

from datetime import date
from decimal import Decimal

import orjson
import pytest
from django.utils import translation

from roadmap.api.renderers import FastJSONRenderer
from roadmap.api.serializers.milestones import MilestoneEntry
from roadmap.api.shapes import milestone_entries
from roadmap.api.viewsets.milestones import Milestones
from roadmap.models import Baseline, BaselineEntry, Milestone, Source
from roadmap.progress.facts import milestone_lines
from roadmap.progress.page import measured_rows, measured_window
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
DAY = date(2026, 11, 23)


@pytest.fixture
def various(milestone) -> list[Milestone]:
    """Milestones that differ in whatever may be missing."""
    first = milestone.initiative
    source = Source.objects.create(
        code="s", title_zh="来源", title_en="S", citation_zh="引", citation_en="C", published_on=date(2026, 1, 1)
    )
    done = make.make_milestone(
        first,
        milestone.phase,
        status="done",
        completed_on=date(2026, 6, 1),
        weight=Decimal("2.50"),
        provenance="sourced",
        source=source,
        workstream=make.make_workstream(first.roadmap),
    )
    given_up = make.make_milestone(first, milestone.phase, status="cancelled", cancelled_on=DAY)
    nameless = make.make_milestone(first, milestone.phase, owner=make.make_person(full_name=""))
    late = make.make_milestone(first, milestone.phase, due_on=date(2026, 3, 1))
    make.make_deliverable(late, weight=3, done_on=date(2026, 2, 1))
    make.make_deliverable(late, weight=4)
    make.make_update(nameless, 33, date(2026, 5, 1), confidence="amber", narrative_zh="慢", narrative_en="Slow")
    make.make_update(nameless, 44, date(2026, 12, 1))
    make.make_update(milestone, 20, DAY, forecast_on=date(2027, 1, 1))
    baseline = Baseline.objects.create(roadmap=first.roadmap, name="B", approved_on=date(2026, 2, 1))
    BaselineEntry.objects.create(
        baseline=baseline,
        milestone=late,
        planned_start_on=date(2026, 1, 5),
        due_on=date(2026, 2, 20),
        weight=Decimal(1),
    )
    return [milestone, done, given_up, nameless, late]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("day", [DAY, date(2026, 2, 10), date(2027, 1, 1)])
def test_milestones_of_a_list_are_written_as_their_serializer_would(various, language, day):
    with translation.override(language):
        lines = milestone_lines(Milestone.objects.order_by("id"), as_of=day)
        context = {"lines": {line.milestone.pk: (line, day) for line in lines}}
        described = MilestoneEntry([line.milestone for line in lines], many=True, context=context).data
        written = milestone_entries(measured_rows([(line.milestone.pk, day) for line in lines]))
    assert len(written) == len(various)
    render = FastJSONRenderer().render
    assert orjson.loads(render(written)) == orjson.loads(render(described))


@pytest.mark.both_databases("roadmap.progress.page")
def test_rows_come_in_the_order_asked_for_and_each_on_its_day(various):
    asked = [(various[4].pk, DAY), (various[0].pk, date(2026, 1, 1)), (various[2].pk, DAY)]
    assert [(one.row.milestone_id, one.as_of) for one in measured_rows(asked)] == asked


@pytest.mark.parametrize("falling", ["", "-"])
@pytest.mark.parametrize("column", [name for name in Milestones.ordering_fields if name != "id"])
def test_window_of_all_holds_what_the_framework_finds_in_its_order(various, column, falling):
    ordering = [f"{falling}{column}", f"{falling}id"]
    ids = list(Milestone.objects.order_by(*ordering).values_list("pk", flat=True))
    for most in (2, 9):
        window = measured_window(ordering=ordering, beyond=None, most=most, day=DAY)
        assert window == measured_rows([(pk, DAY) for pk in ids[:most]])
    for place, pk in enumerate(ids):
        row = Milestone.objects.get(pk=pk)
        rest = measured_window(ordering=ordering, beyond=[getattr(row, column), pk], most=9, day=DAY)
        assert [one.row.milestone_id for one in rest] == ids[place + 1 :]


def test_window_is_ordered_by_columns_of_milestones_only():
    with pytest.raises(ValueError, match="aren't ordered"):
        measured_window(ordering=["id; DROP TABLE x"], beyond=None, most=1, day=DAY)


def test_each_milestone_is_measured_on_the_day_of_its_roadmap(stranger, milestone, time_machine):
    other = make.make_milestone(make.make_initiative(make.make_pillar(make.make_roadmap(time_zone="Pacific/Auckland"))))
    for instant, days in [
        ("2026-11-23T09:00:00Z", {"2026-11-23"}),
        ("2026-11-23T12:00:00Z", {"2026-11-23", "2026-11-24"}),
    ]:
        time_machine.move_to(instant, tick=False)
        entries = {one["id"]: one["progress"]["as_of"] for one in stranger.get("milestones/").json()["results"]}
        assert (entries[milestone.pk], set(entries.values())) == ("2026-11-23", days)
        asked = stranger.get(f"milestones/{other.pk}/").json()["progress"]["as_of"]
        assert entries[other.pk] == asked
