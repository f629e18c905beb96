"""Every reason has its words, in both languages."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from roadmap.progress.measure import Reason
from roadmap.progress.reasons import reason_text


@pytest.mark.parametrize(
    ("reason", "english", "chinese"),
    [
        (Reason("cancelled", day=date(2026, 5, 1)), "Cancelled on 1 May 2026", "已于2026年5月1日取消"),
        (Reason("done", day=date(2026, 5, 1)), "Done on 1 May 2026", "已于2026年5月1日完成"),
        (
            Reason("done_unverified", day=date(2026, 5, 1)),
            "Reported done on 1 May 2026, not verified yet",
            "2026年5月1日填报完成，尚未核验",
        ),
        (Reason("overdue", number=Decimal(1)), "1 day overdue", "逾期1天"),
        (Reason("overdue", number=Decimal(12)), "12 days overdue", "逾期12天"),
        (
            Reason("reported_red", day=date(2026, 5, 1)),
            "Reported off track on 1 May 2026",
            "2026年5月1日填报为红灯（滞后）",
        ),
        (
            Reason("reported_amber", day=date(2026, 5, 1)),
            "Reported at risk on 1 May 2026",
            "2026年5月1日填报为黄灯（有风险）",
        ),
        (
            Reason("forecast_late", day=date(2027, 1, 5)),
            "Forecast date 5 January 2027, after the due date",
            "预计完成日期为2027年1月5日，晚于到期日",
        ),
        (Reason("behind_plan", number=Decimal("17.4")), "17 percentage points behind plan", "落后计划17个百分点"),
        (Reason("silent", number=Decimal(44)), "No report for 44 days", "已44天未填报进展"),
        (Reason("not_started", day=date(2027, 1, 1)), "Starts on 1 January 2027", "2027年1月1日启动"),
        (Reason("not_started"), "Not started yet", "尚未启动"),
        (Reason("on_plan"), "On plan", "符合计划"),
        (Reason("some_late", number=Decimal(2)), "2 milestones overdue", "2项里程碑逾期"),
        (
            Reason("spi_low", number=Decimal("0.8123")),
            "Progress index (actual ÷ planned) 0.81",
            "进度指数（实际÷计划）为0.81",
        ),
        (Reason("empty"), "No milestones yet", "暂无里程碑"),
    ],
)
def test_reason_text_in_both_languages(reason, english, chinese):
    with translation.override("en"):
        assert reason_text(reason) == english
    with translation.override("zh-hans"):
        assert reason_text(reason) == chinese


def test_reason_text_knows_no_other_code():
    with pytest.raises(KeyError):
        reason_text(Reason("unheard_of"))
