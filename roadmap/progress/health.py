"""Why something is red, amber or green, and how groups stand. Pure, as ``measure``, which does the milestones."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from roadmap.vocabulary import Rag

if TYPE_CHECKING:
    from roadmap.progress.figures import Sums

SPI_AMBER, SPI_RED = Decimal("0.95"), Decimal("0.85")
SPI_COUNTS_FROM_POINTS = Decimal(1)  # behind by less, a low index only says that little was planned yet


class Reason(NamedTuple):
    """Why something is red, amber or green: a code that ``reasons`` puts into words, and its number or day."""

    code: str
    number: Decimal | None = None
    day: date | None = None


def group_health(sums: "Sums", *, planned: Decimal, earned: Decimal, spi: Decimal | None) -> tuple[Rag | None, Reason]:
    """The first rule that holds, worst first; None for a group without milestones, or of none that weighs anything
    and none that needs somebody."""
    if not sums.total:
        return None, Reason("empty")
    index = spi if spi is not None and planned - earned >= SPI_COUNTS_FROM_POINTS else Decimal(1)
    if index < SPI_RED:
        return Rag.RED, Reason("spi_low", number=spi)
    if sums.late:
        return Rag.AMBER, Reason("some_late", number=Decimal(sums.late))
    if index < SPI_AMBER:
        return Rag.AMBER, Reason("spi_low", number=spi)
    if sums.verification_overdue:
        return Rag.AMBER, Reason("some_unverified", number=Decimal(sums.verification_overdue))
    if not sums.weight:
        return None, Reason("weightless")
    if not planned and not earned:
        return Rag.GREEN, Reason("not_started")
    return Rag.GREEN, Reason("on_plan")
