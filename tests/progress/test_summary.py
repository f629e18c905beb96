"""Sums alone give the figures that all milestones give, and the curve is the rules' own on every day."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from roadmap.models import KeptSums
from roadmap.progress import kept
from roadmap.progress.series import progress_series
from roadmap.progress.summary import roadmap_summary
from tests import factories as make
from tests.progress.by_rule import roadmap_progress
from tests.progress.test_rollup import DAYS, FIRST, MILESTONES, write

pytestmark = pytest.mark.on_postgresql


class Compared(TestCase):
    """On made-up rows."""

    @settings(max_examples=20, deadline=None)
    @given(st.lists(MILESTONES, max_size=6), DAYS)
    def test_summary_and_curve_are_what_all_milestones_give(self, rows: list, as_of) -> None:
        roadmap = make.make_roadmap()
        pillars = [make.make_pillar(roadmap, position=0)]
        pillars.append(make.make_pillar(roadmap, position=1))
        for pillar in pillars:
            make.make_phase(roadmap)
            make.make_workstream(roadmap)
            make.make_initiative(pillar)
        write(roadmap, rows)
        days = [FIRST + timedelta(days=number) for number in range(0, 800, 41)]
        whole, sums = roadmap_progress(roadmap, as_of=as_of), roadmap_summary(roadmap, as_of=as_of)
        names = ["overall", "phases", "by_pillar", "by_workstream", "by_initiative", "cells", "workstream_cells"]
        assert {name: getattr(sums, name) for name in names} == {name: getattr(whole, name) for name in names}
        for point in progress_series(roadmap, days=[day for day in days if day <= as_of], today=as_of):
            known = roadmap_progress(roadmap, as_of=point.day).overall
            assert (point.earned, point.verified) == (known.earned, known.verified)
        [now] = progress_series(roadmap, days=[as_of], today=as_of)
        assert (now.planned, now.earned) == (whole.overall.planned, whole.overall.earned)
        ahead = progress_series(roadmap, days=[FIRST + timedelta(days=900)], today=as_of)
        assert (ahead[0].earned, ahead[0].verified) == ((None, None) if as_of < ahead[0].day else (0, 0))


@pytest.mark.both_databases("roadmap.progress.told")
@pytest.mark.django_db(transaction=True)
def test_kept_curve_is_read_once_and_never_stale(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable
) -> None:
    monkeypatch.setattr(kept, "FROM_MILESTONES", 1)
    milestone = make.make_milestone(planned_start_on=FIRST, due_on=FIRST + timedelta(days=99))
    roadmap = milestone.initiative.roadmap
    days = [FIRST + timedelta(days=number) for number in (0, 50, 100)]
    first = progress_series(roadmap, days=days, today=days[1])
    assert KeptSums.objects.count() == 1
    with django_assert_num_queries(1):
        assert progress_series(roadmap, days=days, today=days[1]) == first
    make.make_update(milestone, 30, days[0])
    assert [point.earned for point in progress_series(roadmap, days=days, today=days[1])] == [30, 30, None]
    milestone.delete()
    assert [point.planned for point in progress_series(roadmap, days=days, today=days[1])] == [0, 0, 0]
