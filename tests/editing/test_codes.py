"""The code that a milestone gets where nobody gives one."""

import pytest

from roadmap.editing.codes import free_code


@pytest.mark.parametrize(
    ("base", "taken", "is_whole", "code"),
    [
        ("pilot", set(), True, "pilot"),
        ("pilot", {"pilot"}, True, "pilot-2"),
        ("pilot", {"pilot", "pilot-2", "pilot-4"}, True, "pilot-3"),
        ("review", set(), False, "review-1"),
        ("review", {"review", "review-1"}, False, "review-2"),
    ],
)
def test_a_code_is_the_first_that_is_free(base: str, taken: set[str], is_whole: bool, code: str) -> None:
    assert free_code(base, taken=taken, is_whole=is_whole) == code
