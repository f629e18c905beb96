"""YAML text to a tree of nodes that know their line. Values are read from the nodes elsewhere (``values.py``).

Anchors and aliases aren't read: a catalogue says everything once, where it stands, and a file can't blow up.
"""

from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from roadmap.errors import BadCatalogue
from roadmap.exchange.problems import Place, Problems

DEEPEST = 100  # levels; a catalogue has six


def read_file(path: Path, *, name: str) -> yaml.Node:
    """The root node of the file. Raises BadCatalogue when it can't be read or isn't YAML; ``name`` is told then."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadCatalogue(
            _("The file can't be read: %(why)s.") % {"why": error.strerror}, file=name, line=1
        ) from error
    try:
        return read_text(content.decode("utf-8-sig"), name=name)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadCatalogue(_("The file is not written in UTF-8."), file=name, line=line) from error


def read_text(text: str, *, name: str) -> yaml.Node:
    """The root node of ``text``. Raises BadCatalogue where it isn't YAML, or is empty."""
    try:
        _refuse_aliases_and_depth(text, name=name)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise BadCatalogue(
            _("This is not valid YAML: %(problem)s.") % {"problem": error.problem or error.context},
            file=name,
            line=line,
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise BadCatalogue(
            _("This is not valid YAML: %(problem)s.") % {"problem": error.reason}, file=name, line=line
        ) from error
    if node is None:
        raise BadCatalogue(_("The file is empty."), file=name, line=1)
    return node


def _refuse_aliases_and_depth(text: str, *, name: str) -> None:
    """Raises YAML's own error at the first alias, and BadCatalogue where entries stand too deep in each other.

    Before the nodes are put together, as the parser in C takes aliases and its own stack has no guard.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        mark: Any = event.start_mark  # the parsers in C and in Python have one of their own each
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not read here", problem_mark=mark)
        if depth > DEEPEST:
            raise BadCatalogue(_("The file is nested too deeply."), file=name, line=mark.line + 1)


def place_of(node: yaml.Node, file: str) -> Place:
    """Where the node begins."""
    return Place(file=file, line=node.start_mark.line + 1)


def pairs_of(node: yaml.Node, *, file: str, problems: Problems) -> dict[str, tuple[Place, yaml.Node]] | None:
    """The keys of a mapping with their places and value nodes; a key given twice is a problem, its first value stays.

    None, and a problem, when the node is no mapping.
    """
    if not isinstance(node, yaml.MappingNode):
        problems.note(place_of(node, file), _("Write keys with values (key: value) here."))
        return None
    pairs: dict[str, tuple[Place, yaml.Node]] = {}
    for key_node, value_node in node.value:
        key, place = str(key_node.value), place_of(key_node, file)
        if key in pairs:
            problems.note(place, _("“%(key)s” is given twice.") % {"key": key})
        else:
            pairs[key] = (place, value_node)
    return pairs


def items_of(node: yaml.Node, *, file: str, problems: Problems) -> list[yaml.Node]:
    """The nodes of a list; none, and a problem, when the node is no list."""
    if not isinstance(node, yaml.SequenceNode):
        problems.note(place_of(node, file), _("Write a list (lines that begin with “- ”) here."))
        return []
    return list(node.value)
