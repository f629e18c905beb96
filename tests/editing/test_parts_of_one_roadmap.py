"""What belongs together belongs to one roadmap, whichever of the two is changed, and by whichever way."""

from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from roadmap.editing.dependencies import link_milestones
from roadmap.editing.entries import change_entry, create_entry
from roadmap.editing.milestones import change_milestone
from roadmap.errors import InvalidChange
from roadmap.models import Indicator, Initiative, Milestone, Pillar, Roadmap
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.api.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def milestone() -> Milestone:
    return make.make_milestone(workstream=None)


@pytest.fixture
def other() -> Roadmap:
    return make.make_roadmap(code="other")


def refused(act: Any, *given: Any, **fields: Any) -> list[str]:
    """The fields that the act finds wrong."""
    with pytest.raises(InvalidChange) as error:
        act(*given, by=SYSTEM, **fields)
    return list(error.value.fields)


def test_an_initiative_and_an_indicator_stand_in_a_pillar_of_their_own_roadmap(milestone: Milestone, other: Roadmap):
    foreign = make.make_pillar(other)
    own = milestone.initiative.roadmap
    titles = {"title_zh": "新", "title_en": "New", "code": "new", "provenance": "entered"}
    assert refused(create_entry, Initiative, roadmap=own, pillar=foreign, **titles) == ["pillar"]
    units = {"unit_zh": "个", "unit_en": "items"}
    assert refused(create_entry, Indicator, roadmap=own, pillar=foreign, **titles, **units) == ["pillar"]
    assert refused(change_entry, milestone.initiative, pillar=foreign) == ["pillar"]


@pytest.mark.parametrize("path", ["phase", "initiative", "initiative.pillar"])
def test_what_is_referred_to_stays_in_its_roadmap(milestone: Milestone, other: Roadmap, path: str):
    part: Any = milestone
    for name in path.split("."):
        part = getattr(part, name)
    assert "roadmap" in refused(change_entry, part, roadmap=other)
    stored: models.Model = type(part).objects.get(pk=part.pk)
    assert stored.roadmap_id != other.pk  # type: ignore[attr-defined]
    free = make.make_pillar(milestone.initiative.roadmap)
    assert change_entry(free, by=SYSTEM, roadmap=other).roadmap == other


def test_a_milestone_that_waits_for_others_stays_in_their_roadmap(milestone: Milestone, other: Roadmap):
    earlier = make.make_milestone(milestone.initiative, milestone.phase)
    there = {"initiative": make.make_initiative(make.make_pillar(other)), "phase": make.make_phase(other)}
    link = link_milestones(earlier, milestone, by=SYSTEM)
    for one in (earlier, milestone):
        assert refused(change_milestone, one, now=NOW, **there) == ["initiative"]
    link.delete()
    assert change_milestone(milestone, by=SYSTEM, now=NOW, **there).initiative == there["initiative"]


def test_the_form_of_the_administration_says_so_at_the_field(milestone: Milestone, other: Roadmap):
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(make.make_office_person())
    page = reverse("admin:roadmap_pillar_change", args=[milestone.initiative.pillar_id])
    form = browser.get(page).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields} | {"roadmap": other.pk, "reason": "r"}
    answer = browser.post(page, {name: value for name, value in sent.items() if value is not None})
    assert answer.status_code == 200, answer.url
    assert list(answer.context["adminform"].form.errors) == ["roadmap"]
    assert not Pillar.objects.filter(roadmap=other).exists()
