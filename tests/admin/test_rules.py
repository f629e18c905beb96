"""The pages of reminder rules and of confirming: understandable, and with an example of what a rule would tell."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from roadmap.admin.rule_example import example_text
from roadmap.models import Milestone, ReminderRule
from roadmap.reminders.foretell import foretell
from roadmap.reminders.look import facts_of
from roadmap.workdays import WorkCalendar
from tests import factories as make
from tests.admin.rows import make_rule

pytestmark = pytest.mark.django_db


def example(rule: ReminderRule, *, language: str = "en") -> str:
    rule.refresh_from_db()
    found = foretell(
        facts_of(rule),
        due_on=date(2026, 12, 31),
        escalate_after_days=rule.escalate_after_days,
        zone="Asia/Shanghai",
        calendar=WorkCalendar(),
    )
    with translation.override(language):
        return example_text(rule.kind, found)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            {"offsets": [30, 0], "repeat_every_days": 7, "escalate_after_days": 3},
            "For a milestone due on 31 December 2026 this rule reminds on: 2026-12-01, 2026-12-31.\n"
            "For a milestone overdue since 31 December 2026 this rule reminds on: 2027-01-07, 2027-01-14 and so on.\n"
            "If nobody answers the first, it is escalated on: 2026-12-04, 2026-12-09.",
        ),
        (
            {"kind": "silence", "offsets": [], "after_days": 30, "repeat_every_days": None},
            "For a milestone last reported on 31 December 2026 this rule reminds on: 2027-01-30.",
        ),
        (
            {"kind": "evidence", "offsets": [5], "after_days": 3, "repeat_every_days": 10},
            "For a milestone due on 31 December 2026 without evidence this rule reminds on: 2026-12-26.\n"
            "For one done on 31 December 2026 without evidence this rule reminds on: 2027-01-03, 2027-01-13 and so on.",
        ),
        (
            {"kind": "unverified", "offsets": [], "after_days": 5, "repeat_every_days": None, "day_kind": "working"},
            "For a milestone done on 31 December 2026 and not verified this rule reminds on: 2027-01-08.\n"
            "These days may still change: the year's working days are not published yet.",
        ),
    ],
)
def test_example_says_on_which_days_a_rule_speaks(fields: dict[str, object], text: str) -> None:
    assert example(make_rule(**fields)) == text


def test_example_in_chinese() -> None:
    rule = make_rule(offsets=[30, 0], repeat_every_days=None)
    assert example(rule, language="zh-hans") == (
        "到期日为2026年12月31日的里程碑，此规则的提醒日期为：2026-12-01、2026-12-31。"
    )


def test_page_of_a_rule_shows_its_example(browser: Client) -> None:
    rule = make_rule(offsets=[30], repeat_every_days=None)
    page = browser.get(reverse("admin:roadmap_reminderrule_change", args=[rule.pk])).content.decode()
    assert "this rule reminds on: 2026-12-01" in page or "此规则的提醒日期为：2026-12-01" in page


@pytest.mark.both_databases("roadmap.admin.rules")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "silence", "offsets": "30", "after_days": "30"}, "offsets"),
        ({"kind": "silence", "offsets": "", "after_days": ""}, "after_days"),
        ({"kind": "unverified", "offsets": "", "after_days": ""}, "after_days"),
        ({"kind": "unverified", "offsets": "", "after_days": "0"}, "after_days"),
        ({"kind": "due", "offsets": "30", "after_days": "5"}, "after_days"),
    ],
)
def test_wrong_combination_is_told_at_its_field(browser: Client, given: dict[str, str], field: str) -> None:
    rule = make_rule(offsets=[30])
    sent = {
        "code": rule.code, "name_zh": "规则", "name_en": "Rule", "roadmap": rule.roadmap_id, "is_active": "on",
        "audiences": ["owner"], "day_kind": "calendar", "send_at": "08:30",
        "repeat_every_days": "7", "provenance": "entered", "reason": "because", **given,
    }  # fmt: skip
    response = browser.post(reverse("admin:roadmap_reminderrule_change", args=[rule.pk]), sent)
    assert set(response.context["adminform"].form.errors) == {field}


def test_confirming_from_the_admin(browser: Client) -> None:
    done = make.make_milestone(status="done", completed_on=date(2026, 11, 20), organisation=make.make_organisation())
    Milestone.history.all().delete()
    make.make_evidence(done, note="The minutes of the acceptance")
    page = reverse("admin:roadmap_milestone_act", args=["verify"]) + f"?ids={done.pk}"
    assert "The minutes of the acceptance" in browser.get(page).content.decode()
    assert browser.post(page, {"reason": "Seen on site"}).status_code == 302
    confirmed = Milestone.objects.get(pk=done.pk)
    assert (confirmed.verified_at is not None, confirmed.verified_by is not None) == (True, True)
    assert confirmed.verified_at is not None
    assert confirmed.verified_at <= datetime.now(UTC)
