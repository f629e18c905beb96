"""Tags: tidied, bounded, found whole."""

import pytest
from django.core.exceptions import ValidationError

from roadmap.models import Milestone
from roadmap.models.tags import bears, check_tags, tidy_tags
from tests import factories as make

pytestmark = pytest.mark.on_postgresql


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ("", []),
        ("pilot, port，口岸、审图；x", ["pilot", "port", "口岸", "审图", "x"]),
        ("  two   words , Two words ", ["two words"]),
        (["a", "", " b "], ["a", "b"]),
        (None, []),
    ],
)
def test_tags_are_tidied(given: object, tags: list[str]) -> None:
    assert tidy_tags(given) == tags


@pytest.mark.parametrize("tags", [["a|b"], ["a,b"], ["x" * 41], [str(number) for number in range(21)]])
def test_tags_that_cannot_be_kept_are_refused(tags: list[str]) -> None:
    with pytest.raises(ValidationError):
        check_tags(tags)


@pytest.mark.django_db
def test_a_whole_tag_is_found() -> None:
    one = make.make_milestone(tags=["Pilot", "口岸"])
    make.make_milestone(one.initiative, one.phase, tags=["Pilots"])
    make.make_milestone(one.initiative, one.phase)
    assert [list(Milestone.objects.filter(bears(tag))) for tag in ("pilot", "口岸", "口")] == [[one], [one], []]
    one.refresh_from_db()
    assert one.tags == ["Pilot", "口岸"]
