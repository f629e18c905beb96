"""A day is taken as people of either language write it, and what is none is answered with a right one."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from roadmap.written_days import DayField, read_day
from tests import factories as make

THE_DAY = date(2026, 6, 30)
WAYS = ["2026-06-30", "2026年6月30日", "2026年06月30日", "2026 年 6 月 30 日", "2026/6/30", " 2026-06-30 "]
NONE = ["30.6.2026", "2026-06-31", "2026年6月", "20260630", "six", "2026-W27-2"]


@pytest.mark.parametrize("text", WAYS)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert (read_day(text), DayField().clean(text)) == (THE_DAY, THE_DAY)


@pytest.mark.parametrize("text", NONE)
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Write a day as 2026-06-30."), ("zh-hans", "日期请写作2026-06-30。")]
)
def test_what_is_no_day_is_answered_with_a_right_one(text: str, language: str, words: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_day(text)
    with translation.override(language):
        with pytest.raises(ValidationError) as refused:
            DayField().clean(text)
        assert refused.value.messages == [words]


@pytest.mark.django_db
def test_the_sites_addresses_and_the_administrations_forms_take_a_chinese_day(client: Client) -> None:
    roadmap = make.make_roadmap(starts_on=date(2024, 1, 1))
    assert (
        "2026年6月30日" in client.get("/?as_of=2026年6月30日", headers={"Accept-Language": "zh-hans"}).content.decode()
    )
    phase = make.make_phase(roadmap)
    client.force_login(make.make_office_person())
    page = f"/admin/roadmap/phase/{phase.pk}/change/"
    form = client.get(page).context["adminform"].form
    given = {name: form[name].value() or "" for name in form.fields} | {"gate_on": "2031年6月30日", "reason": "later"}
    client.post(page, given)
    phase.refresh_from_db()
    assert phase.gate_on == date(2031, 6, 30)
