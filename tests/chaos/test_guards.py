"""The list of guards speaks of the source as it is; a proof is run by ``python -m chaos.power``."""

import pytest

from chaos.guards import GUARDS
from chaos.power import NotTakenOut, taken_out
from embedded.place import ROOT

pytestmark = pytest.mark.once


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_guard_stands_once_where_the_list_says(guard):
    assert (ROOT / guard.file).read_text().count(guard.old) == 1


def test_a_guard_is_taken_out_of_a_copy_or_said_to_be_missing(tmp_path):
    guard = GUARDS[0]
    copy = tmp_path / guard.file
    copy.parent.mkdir(parents=True)
    copy.write_text(f"before\n{guard.old}\nafter\n")
    taken_out(guard, tmp_path)
    assert copy.read_text() == f"before\n{guard.new}\nafter\n"
    with pytest.raises(NotTakenOut):
        taken_out(guard, tmp_path)
