"""How a guard is taken out of the source: found by what it is (a function, a call, an argument), not by a line's text.

A cut is made for one function and gives back how often it found its place there; that must be once. What it puts in
place is Python, in which braces hold what was there: ``{call}``, ``{receiver}`` (what a method is called on), ``{0}``
(an argument), ``{name}`` (an argument given by name).
"""

import ast
from collections.abc import Callable
from typing import Any

Cut = Callable[[Any], int]
Body = list[ast.stmt]


def name_of(call: ast.Call) -> str:
    """The name of the function or method that is called; empty for what has none."""
    return _named(call.func)


def body(new: str) -> Cut:
    """The function does nothing but ``new``; its docstring stays."""

    def cut(function: ast.FunctionDef) -> int:
        has_words = ast.get_docstring(function) is not None
        function.body = [*function.body[:has_words], *ast.parse(new).body]
        return 1

    return cut


def call(name: str, new: str, *, given: str = "") -> Cut:
    """``new`` stands where ``name`` was called; with ``given``, where that is among the arguments."""
    return _expression(lambda node: isinstance(node, ast.Call) and _is_call(node, name, given), new)


def argument(name: str, of: str, new: str | None = None) -> Cut:
    """``of`` is called without its argument ``name``, or with ``new`` for it."""

    def cut(function: ast.AST) -> int:
        found = 0
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _is_call(node, of, name):
                for one in [one for one in node.keywords if one.arg == name]:
                    found += 1
                    if new is None:
                        node.keywords.remove(one)
                    else:
                        one.value = _parsed(new.format(value=ast.unparse(one.value)))
        return found

    return cut


def statement(calling: str, *, given: str = "") -> Cut:
    """The statement that calls ``calling`` is left out."""

    def is_it(node: ast.stmt) -> bool:
        simple = isinstance(node, ast.Expr | ast.Assign | ast.AugAssign)
        return simple and any(_is_call(one, calling, given) for one in _calls(node))

    return _statements(is_it, lambda _found: [ast.Pass()])


def condition(before: str, new: str) -> Cut:
    """``new`` is asked by the ``if`` whose own branch calls ``before``."""

    def swap(found: Any) -> Body:
        found.test = _parsed(new)
        return [found]

    return _statements(lambda node: _is_branch_calling(node, before), swap)


def branch(calling: str, new: str) -> Cut:
    """The branch of an ``if`` that calls ``calling`` does ``new`` instead."""

    def swap(found: Any) -> Body:
        found.body = ast.parse(new).body
        return [found]

    return _statements(lambda node: _is_branch_calling(node, calling), swap)


def refusal(error: str, new: str) -> Cut:
    """Where ``error`` was raised, ``new`` is done."""

    def is_it(node: ast.stmt) -> bool:
        return isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and name_of(node.exc) == error

    return _statements(is_it, lambda _found: ast.parse(new).body)


def comparison(with_: str, new: str) -> Cut:
    """``new`` stands where something was compared with ``with_``."""
    return _expression(lambda node: isinstance(node, ast.Compare) and _named(node.comparators[0]) == with_, new)


def constant(name: str, new: str) -> Cut:
    """``new`` stands where the constant ``name`` was read."""
    return _expression(lambda node: isinstance(node, ast.Name) and node.id == name, new)


def words(old: str, new: str) -> Cut:
    """In a text of the function, such as a statement for the database, ``old`` says ``new``."""

    def cut(function: ast.AST) -> int:
        texts = [node for node in ast.walk(function) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        found = [node for node in texts if old in str(node.value)]
        for node in found:
            node.value = str(node.value).replace(old, new)
        return len(found)

    return cut


def after_its_transaction(calling: str) -> Cut:
    """What calls ``calling`` within a ``with`` is done behind it, within another like it."""

    def is_it(node: ast.stmt) -> bool:
        return isinstance(node, ast.With) and any(_calls_itself(one, calling) for one in node.body)

    def moved(found: Any) -> Body:
        late = [one for one in found.body if _calls_itself(one, calling)]
        found.body = [one for one in found.body if one not in late]
        return [found, ast.With(items=found.items, body=late)]

    return _statements(is_it, moved)


def column_option(option: str, *, model: str, column: str) -> Cut:
    """In the migration, the ``column`` of ``model`` is made without ``option``."""

    def cut(module: ast.AST) -> int:
        found = 0
        for making in (one for one in _calls(module) if _is_call(one, "CreateModel", model)):
            for pair in (one for one in ast.walk(making) if isinstance(one, ast.Tuple) and len(one.elts) == 2):
                name, field = pair.elts
                if isinstance(field, ast.Call) and isinstance(name, ast.Constant) and name.value == column:
                    found += len(kept := [one for one in field.keywords if one.arg == option])
                    field.keywords = [one for one in field.keywords if one not in kept]
        return found

    return cut


def _calls(node: ast.AST) -> list[ast.Call]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Call)]


def _named(node: ast.AST) -> str:
    return str(getattr(node, "id", "") or getattr(node, "attr", ""))


def _is_call(node: ast.Call, name: str, given: str) -> bool:
    values = [*node.args, *(one.value for one in node.keywords)]
    among = {one.arg for one in node.keywords} | {_named(one) for one in values}
    among |= {one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return name_of(node) == name and (not given or given in among)


def _calls_itself(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and name_of(node.value) == name


def _is_branch_calling(node: ast.stmt, name: str) -> bool:
    simple = [one for one in getattr(node, "body", []) if not hasattr(one, "body")]
    return isinstance(node, ast.If) and any(name_of(one) == name for line in simple for one in _calls(line))


def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def _filled(node: ast.expr, new: str) -> ast.expr:
    parts: dict[str, Any] = {"call": ast.unparse(node)}
    places: list[str] = []
    if isinstance(node, ast.Call):
        places = [ast.unparse(one) for one in node.args]
        parts |= {one.arg: ast.unparse(one.value) for one in node.keywords if one.arg}
        if isinstance(node.func, ast.Attribute):
            parts["receiver"] = ast.unparse(node.func.value)
    return _parsed(new.format(*places, **parts))


def _expression(is_it: Callable[[ast.expr], bool], new: str) -> Cut:
    return _swap(ast.expr, is_it, lambda node: _filled(node, new))


def _statements(is_it: Callable[[ast.stmt], bool], new: Callable[[Any], Body]) -> Cut:
    return _swap(ast.stmt, is_it, new)


def _swap(kind: type[ast.AST], is_it: Callable[[Any], bool], new: Callable[[Any], Any]) -> Cut:
    """A cut that puts ``new`` in the place of each node of the kind that it is; gives how many there were."""

    class Swap(ast.NodeTransformer):
        found = 0

        def visit(self, node: ast.AST) -> Any:
            if isinstance(node, kind) and is_it(node):
                self.found += 1
                return new(node)
            return self.generic_visit(node)

    def cut(function: ast.AST) -> int:
        swap = Swap()
        swap.visit(function)
        return swap.found

    return cut
