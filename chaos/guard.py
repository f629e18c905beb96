"""A guard of delivery, and the proofs that there are."""

from dataclasses import dataclass

CHAOS = ("-m", "chaos.run", "--short")


def tests(*places: str) -> tuple[str, ...]:
    """The proof by tests of the suite, up to the first that fails."""
    return ("-m", "pytest", "-q", "-x", *places)


CRASH = tests("tests/outbox/test_crash_everywhere.py")


@dataclass(frozen=True)
class Guard:
    """A guard: what it keeps from happening, how it is taken out, and which command must then fail."""

    name: str
    keeps: str
    file: str
    old: str
    new: str
    proof: tuple[str, ...] = CHAOS
