"""The list of guards speaks of the source as it is; a proof is run by ``python -m chaos.power``."""

import ast

import pytest

from chaos import cuts
from chaos.guard import Guard
from chaos.guards import GUARDS
from chaos.power import NotTakenOut, taken_out, without
from embedded.place import ROOT

SOURCE = """
class Room:
    def act(self, rows, key):
        '''Words.'''
        with atomic():
            found = list(rows.locked(key=key, of="self")[:5])
            write(found)
            if found == Phase.LATE or found in keys:
                tell(found)
            else:
                raise Refused(f"at = {key}, until = {LIMIT}")
        return found
"""


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_guard_is_found_once_where_the_list_says_and_can_be_taken_out(guard):
    file, source = without(guard, ROOT)
    compile(source, file, "exec")
    assert source != ast.unparse(ast.parse(file.read_text()))


@pytest.mark.parametrize(
    ("cut", "before", "after"),
    [
        (cuts.call("locked", "{receiver}"), "rows.locked(key=key, of='self')[:5]", "rows[:5]"),
        (cuts.call("locked", "{call}[:0]", given="self"), "of='self')[:5]", "of='self')[:0][:5]"),
        (cuts.call("tell", "{0}"), "tell(found)", "found"),
        (cuts.call("locked", "of({key})", given="key"), "rows.locked(key=key, of='self')", "of(key)"),
        (cuts.argument("of", of="locked"), "key=key, of='self'", "key=key"),
        (cuts.argument("of", of="locked", new="0 * {value}"), "of='self'", "of=0 * 'self'"),
        (cuts.statement("write"), "write(found)", "pass"),
        (cuts.condition("tell", "False"), "if found == Phase.LATE or found in keys:", "if False:"),
        (cuts.branch("tell", "found = []"), "tell(found)", "found = []"),
        (cuts.comparison("LATE", "True"), "found == Phase.LATE", "True"),
        (cuts.constant("LIMIT", "-1"), "{LIMIT}", "{-1}"),
        (cuts.words("until = ", "until >= "), "until = ", "until >= "),
        (cuts.refusal("Refused", "return []"), "raise Refused(f'at = {key}, until = {LIMIT}')", "return []"),
    ],
)  # fmt: skip
def test_a_cut_changes_what_it_names_and_nothing_else(tmp_path, cut, before, after):
    said = ast.unparse(ast.parse(SOURCE))
    assert cut_out(tmp_path, cut) == said.replace(before, after, 1) != said


def test_what_was_in_a_transaction_is_put_behind_it_into_one_like_it(tmp_path):
    said = cut_out(tmp_path, cuts.after_its_transaction("write"))
    assert (
        said.index("tell(found)")
        < said.index("        with atomic():\n            write(found)\n")
        < said.index("return")
    )
    assert (said.count("write(found)"), said.count("with atomic():")) == (1, 2)


def test_a_function_that_is_cut_down_keeps_its_words(tmp_path):
    said = cut_out(tmp_path, cuts.body("return 0"))
    assert said == 'class Room:\n\n    def act(self, rows, key):\n        """Words."""\n        return 0'


def test_a_column_is_made_without_its_option(tmp_path):
    made = "CreateModel(name='{}', fields=[('key', Text(unique=True, size=2)), ('code', Text(unique=True))])"
    (tmp_path / "room.py").write_text(f"a = {made.format('Mail')}\nb = {made.format('Other')}\n")
    guard = Guard("key", "", at="room:", cut=cuts.column_option("unique", model="Mail", column="key"))
    assert without(guard, tmp_path)[1] == (
        f"a = {made.format('Mail').replace('unique=True, size', 'size')}\nb = {made.format('Other')}"
    )


@pytest.mark.parametrize(
    ("at", "cut"),
    [
        ("room:Room.act", cuts.call("unlocked", "rows")),
        ("room:Room.other", cuts.body("return 0")),
        ("room:act", cuts.body("return 0")),
        ("room:Room.act", cuts.constant("found", "rows")),  # many times
    ],
)
def test_a_guard_that_is_not_there_once_is_said_to_be_missing(tmp_path, at, cut):
    (tmp_path / "room.py").write_text(SOURCE)
    with pytest.raises(NotTakenOut):
        taken_out(Guard("none", "", at=at, cut=cut), tmp_path)
    assert (tmp_path / "room.py").read_text() == SOURCE


def cut_out(tmp_path, cut):
    (tmp_path / "room.py").write_text(SOURCE)
    taken_out(Guard("some", "", at="room:Room.act", cut=cut), tmp_path)
    return (tmp_path / "room.py").read_text()
