"""A guard of delivery, and the proofs that there are."""

from dataclasses import dataclass

from chaos.cuts import Cut

CHAOS = ("-m", "chaos.run", "--short")


def tests(*places: str) -> tuple[str, ...]:
    """The proof by tests of the suite, up to the first that fails."""
    return ("-m", "pytest", "-q", "-x", *places)


CRASH = tests("tests/outbox/test_crash_everywhere.py")


@dataclass(frozen=True)
class Guard:
    """A guard: what it keeps from happening, where it is (``module:function``), how it is cut out of there, and which
    command must then fail.
    """

    name: str
    keeps: str
    at: str
    cut: Cut
    proof: tuple[str, ...] = CHAOS
