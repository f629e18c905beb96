"""Mails are read as their readers would; the program's own templates are what is read here."""

from datetime import date

import pytest

from chaos.mails import Unreadable, first_day, milestones_told


def test_each_milestone_is_found_with_the_day_after_its_title():
    text = (
        "Roadmap\nTuesday, 24 November 2026\n\nMilestone 1-0\n  Due: Friday, 27 November 2026 (in 3 days)\n"
        "  Part of: Initiative · Phase, gate on 31 December 2027\n  http://x/milestones/m1-0/\n\n"
        "- 里程碑 1-2：2026年12月1日（7 天后）\n  http://x/milestones/m1-2/\n"
    )
    assert milestones_told(text) == (("m1-0", date(2026, 11, 27)), ("m1-2", date(2026, 12, 1)))


@pytest.mark.parametrize(
    "text", ["Nothing here", "no title http://x/milestones/m1-0/", "Milestone 1-0 /milestones/m1-0/"]
)
def test_what_can_not_be_read_is_said(text):
    with pytest.raises(Unreadable):
        milestones_told(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年1月2日 or 3 March 2026", date(2026, 1, 2)),
        ("3 March 2026, 2026年1月2日", date(2026, 3, 3)),
        ("", None),
    ],
)
def test_the_first_day_is_found_in_either_language(text, day):
    assert first_day(text) == day
