"""``?fields=`` and ``?expand=``: exactly what was asked for, in lists, below rows, in tables and of single entries."""

from datetime import date

import pytest

from roadmap.api.expansion import OFFERED
from roadmap.models import Dependency, ExternalReference, Webhook
from roadmap.vocabulary import PersonKind
from tests import factories as make
from tests.admin.rows import make_invitation, make_subscription
from tests.api.conftest import caller_for
from tests.api.test_reading import make_indicator, make_observation

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
ADDRESS = {
    "roadmap": "roadmaps/{code}/",
    "parent": "organisations/{id}/",
    **{name: f"{name}s/{{id}}/" for name in ("phase", "pillar", "workstream", "initiative", "organisation")},
    "indicator": "indicators/{id}/",
}
LISTS = {
    "initiatives/": ["pillar"],
    "organisations/": ["parent"],
    "indicators/": ["pillar"],
    "observations/": ["indicator"],
    "milestones/": ["phase", "pillar", "workstream", "initiative", "organisation"],
    "digest-subscriptions/": ["roadmap", "phase", "pillar", "initiative", "organisation"],
    "service-accounts/": ["organisation"],
    "invitations/": ["organisation"],
    "webhooks/": ["organisation"],
}


@pytest.fixture
def reader(milestone):
    """The programme office, with an entry in every list."""
    initiative, organisation = milestone.initiative, milestone.organisation
    milestone.workstream = make.make_workstream(initiative.roadmap)
    milestone.save()
    make.make_deliverable(milestone)
    make.make_update(milestone, 33, date(2026, 11, 1))
    Dependency.objects.create(predecessor=make.make_milestone(initiative), successor=milestone)
    ExternalReference.objects.create(system="s", reference="r", milestone=milestone)
    make.make_organisation(organisation)
    make_observation(make_indicator(initiative.roadmap, pillar=initiative.pillar))
    person = make.make_office_person()
    make.make_person(kind=PersonKind.SERVICE, email="", organisation=organisation)
    Webhook.objects.create(person=person, url="https://e.org/", events="progress.recorded", organisation=organisation)
    make_invitation(organisation=organisation)
    parts = {"phase": milestone.phase, "pillar": initiative.pillar, "initiative": initiative}
    make_subscription(person=person, roadmap=initiative.roadmap, organisation=organisation, **parts)
    return caller_for(person)


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in LISTS.items() for name in names])
def test_expanded_entry_is_the_one_at_its_own_address(reader, path, name):
    plain, whole = reader.get(path).json()["results"], reader.get(f"{path}?expand={name}").json()["results"]
    told = [one for one in whole if one[name] is not None]
    assert told != []
    for one in told:
        assert one[name] == reader.get(ADDRESS[name].format(**one[name])).json()
    assert [{**one, name: None} for one in whole] == [{**one, name: None} for one in plain]


@pytest.mark.parametrize("path", ["progress-updates/", "external-references/"])
def test_expanded_milestone_is_the_one_of_its_list(reader, milestone, path):
    (one,) = reader.get(f"{path}?expand=milestone").json()["results"]
    assert one["milestone"] == reader.get(f"milestones/?code={milestone.code}").json()["results"][0]
    assert reader.get(f"{path}{one['id']}/?expand=milestone").json() == one


def test_parts_of_milestones_come_with_the_list_when_asked_for(reader, milestone):
    whole = reader.get(f"milestones/{milestone.pk}/").json()
    assert whole.pop("warnings") == []  # of the milestone alone
    listed = {one["id"]: one for one in reader.get("milestones/?expand=predecessors,deliverables").json()["results"]}
    assert listed.pop(milestone.pk) == whole
    assert whole["deliverables"] != [] != whole["predecessors"]
    assert [(one["deliverables"], one["predecessors"]) for one in listed.values()] == [([], [])]


def test_expansion_of_every_shape_is_tried():
    tried = {name for names in LISTS.values() for name in names} | {"milestone", "deliverables", "predecessors"}
    assert {name for names in OFFERED.values() for name in names} == tried


def test_only_the_fields_asked_for_come_in_their_order(reader, milestone):
    page = reader.get("milestones/?fields=due_on,code&as_of=2026-06-30").json()["results"]
    assert [list(one) for one in page] == [["due_on", "code"]] * 2
    one = reader.get(f"milestones/{milestone.pk}/?fields=code,deliverables")
    assert list(one.json()) == ["code", "deliverables"]
    below = reader.get(f"milestones/{milestone.pk}/progress-updates/?fields=percent_complete").json()["results"]
    assert below == [{"percent_complete": 33}]
    changes = reader.get("changes/?fields=kind&page_size=1").json()
    assert [list(changes), *map(list, changes["results"])] == [["cursor", "has_more", "results"], ["kind"]]


def test_fields_and_expansion_go_together(reader):
    page = reader.get("milestones/?fields=deliverables,pillar&expand=deliverables,pillar,phase").json()["results"]
    assert [list(one) for one in page] == [["deliverables", "pillar"]] * 2
    assert "position" in page[0]["pillar"]


def test_table_has_the_columns_asked_for(reader):
    table = reader.get("milestones/?fields=code,phase", Accept="text/csv").content.decode()
    assert table.splitlines()[0] == "\ufeffcode,phase.id,phase.code,phase.title_zh,phase.title_en"


def test_tag_of_a_part_serves_for_a_change(reader, milestone):
    tag = reader.get(f"milestones/{milestone.pk}/?fields=weight").headers["ETag"]
    assert reader.patch(f"milestones/{milestone.pk}/", {"weight": 4}, If_Match=tag).status_code == 200


@pytest.mark.parametrize(
    ("query", "parameter", "offered"),
    [
        ("pillars/?fields=kode", "fields", "id, code, title_zh"),
        ("pillars/?fields=id,id", "fields", "id, code, title_zh"),
        ("pillars/?fields=", "fields", "id, code, title_zh"),
        ("milestones/?fields=code,deliverables", "fields", "id, code, roadmap"),
        ("milestones/?expand=owner", "expand", "phase, pillar, workstream"),
        ("milestones/{pk}/?expand=deliverables", "expand", "phase, pillar, workstream"),
        ("milestones/{pk}/history/?fields=x", "fields", "cursor, revision, kind"),
        ("changes/?fields=cursors", "fields", "cursor, revision, kind"),
    ],
)
def test_unknown_names_are_refused_by_parameter(reader, milestone, query, parameter, offered):
    answer = reader.get(query.format(pk=milestone.pk))
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["parameter"], error["code"]) == (parameter, "unknown")
    assert error["detail"].startswith(f"Name some of these, each once: {offered}, ")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "pillars/?expand=roadmap"),
        ("GET", "roadmaps/smart/series/?fields=points"),
        ("GET", "changes/?ordering=id"),
        ("POST", "milestones/?fields=id"),
        ("PATCH", "milestones/{pk}/?fields=id"),
    ],
)
def test_where_nothing_can_be_chosen_the_parameter_is_unknown(reader, milestone, method, path):
    answer = reader(method, path.format(pk=milestone.pk), {}, If_Match="*")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown")
