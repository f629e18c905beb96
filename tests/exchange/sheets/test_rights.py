"""Nobody changes through a file what the form or the API would refuse them."""

from datetime import date

import pytest

from roadmap.errors import BadTable, InvalidChange, NotAllowed
from roadmap.exchange.sheets.bring import bring_in
from roadmap.exchange.sheets.kinds import MILESTONES
from roadmap.vocabulary import Role
from tests import factories as make
from tests.exchange.sheets.plan import NOW, REASON, actor, brought, foretold, make_plan, xlsx

pytestmark = pytest.mark.django_db


def test_lead_changes_milestones_of_the_own_branch_only() -> None:
    organisation = make.make_organisation()
    lead = make.make_person(role=Role.LEAD, organisation=organisation)
    own, others = make_plan(organisation=organisation), make_plan()
    heads = ["ID", "due date"]
    assert foretold(xlsx(heads, [own.pk, "2026-12-15"]), by=lead).changed == 1
    with pytest.raises(BadTable) as refused:
        brought(xlsx(heads, [own.pk, "2026-12-15"], [others.pk, "2026-12-15"]), by=lead)
    assert [(one.row, one.text) for one in refused.value.faults] == [
        (3, "You may edit milestones of your own organisation only, as its lead.")
    ]
    own.refresh_from_db()
    assert own.due_on == date(2026, 11, 30)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.OBSERVER, Role.VERIFIER, Role.AUDITOR])
def test_no_file_is_read_of_those_who_edit_nothing(role: Role) -> None:
    person = make.make_person(role=role, organisation=make.make_organisation())
    with pytest.raises(NotAllowed):
        foretold(b"\0 whatever", by=person)


def test_people_out_of_sight_can_not_be_named_and_are_not_told_from_nobody() -> None:
    organisation = make.make_organisation()
    lead = make.make_person(role=Role.LEAD, organisation=organisation)
    seen = make.make_person(organisation=organisation)
    unseen = make.make_person(organisation=make.make_organisation())
    own = make_plan(organisation=organisation)
    assert foretold(xlsx(["ID", "owner"], [own.pk, seen.username]), by=lead).changed == 1
    said = set()
    for name in (unseen.username, "nobody-at-all"):
        with pytest.raises(BadTable) as refused:
            foretold(xlsx(["ID", "owner"], [own.pk, name]), by=lead)
        said.add(refused.value.faults[0].text)
    assert said == {"There is no such entry."}


def test_changes_need_a_reason_and_what_was_shown() -> None:
    one = make_plan()
    content = xlsx(["ID", "weight"], [one.pk, 2])
    with pytest.raises(InvalidChange) as refused:
        brought(content, reason=" ")
    assert list(refused.value.fields) == ["reason"]
    shown = foretold(content).fingerprint
    one.weight, one.version = 3, 2
    one.save()
    with pytest.raises(InvalidChange):
        bring_in(content, MILESTONES, by=actor(), now=NOW, reason=REASON, seen=shown)
    shown = foretold(content).fingerprint
    assert bring_in(content, MILESTONES, by=actor(), now=NOW, reason=REASON, seen=shown).changed == 1
