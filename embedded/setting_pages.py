"""Writes what is told of settings from their one list: ``.env.example`` and the tables of ``docs/operators*.md``.

``python -m embedded.setting_pages`` writes them; the suite compares.
"""

from collections.abc import Iterator
from pathlib import Path

from embedded.place import ROOT
from tracker.setting import REQUIRED, Setting, Where
from tracker.setting_list import GROUPS

BEGINS, ENDS = "<!-- settings: written by python -m embedded.setting_pages -->", "<!-- end of settings -->"
GUIDES = {0: "docs/operators.md", 1: "docs/operators.zh-hans.md"}
HEADS = (
    ("name", "type", "embedded default", "production", "meaning"),
    ("名称", "类型", "单机默认值", "生产环境", "含义"),
)
REQUIRED_WORDS = ("required", "必填")
EXAMPLE_HEAD = """\
# What docker-compose.yml reads. Copy to .env, readable by you only (chmod 600 .env), and fill in.
# Whatever stands here reaches all containers; what is commented out has the value that is shown.
# Secrets may come from files instead: leave them empty here and add docker-compose.secrets.yml.
# Long random values, for keys and passwords: python3 -c "import secrets; print(secrets.token_urlsafe(50))"
"""


def pages() -> dict[Path, str]:
    """What each of the files has to hold."""
    written = {ROOT / ".env.example": env_example()}
    for language, name in GUIDES.items():
        before, _begins, rest = (ROOT / name).read_text(encoding="utf-8").partition(BEGINS)
        _old, _ends, after = rest.partition(ENDS)
        written[ROOT / name] = f"{before}{BEGINS}\n{tables(language)}\n{ENDS}{after}"
    return written


def tables(language: int) -> str:
    """The tables of one language, 0 English and 1 Chinese, one a group."""
    head = "\n".join((_line(HEADS[language]), _line("---" for _ in HEADS[language])))
    return "\n\n".join(
        "\n".join((f"**{title[language]}**\n\n{head}", *(_row(setting, language) for setting in group)))
        for title, group in GROUPS.items()
    )


def env_example() -> str:
    """A file with what has to be filled in, and all else commented out."""
    return "\n".join((EXAMPLE_HEAD, *("\n".join(_section(*group)) for group in GROUPS.items()))) + "\n"


def _section(title: tuple[str, str], group: tuple[Setting, ...]) -> Iterator[str]:
    told = [setting for setting in group if setting.where in (Where.PROGRAM, Where.COMPOSE)]
    yield f"# -- {title[0]} --"
    for setting in told:
        yield f"# {setting.meaning[0]} ({setting.kind.en})".replace("`", "")
        is_filled_in = setting.example is not None
        value = setting.example if is_filled_in else setting.in_compose or setting.default_in("production")
        yield f"{'' if is_filled_in else '#'}{setting.name}={value}"
    yield ""


def _row(setting: Setting, language: int) -> str:
    embedded = setting.shown[language] if setting.shown else _code(setting.default)
    production = _code(setting.default_in("production"))
    if setting.default_in("production") == REQUIRED:
        production = REQUIRED_WORDS[language]
    if setting.shown_production:
        production = setting.shown_production[language]
    if setting.in_compose is not None:
        production += {0: f"; in compose `{setting.in_compose}`", 1: f"；compose 中为 `{setting.in_compose}`"}[language]
    cells = {Where.EMBEDDED: (embedded, "–"), Where.COMPOSE: ("–", production)}.get(
        setting.where, (embedded, production)
    )
    return _line((f"`{setting.name}`", (setting.kind.en, setting.kind.zh)[language], *cells, setting.meaning[language]))


def _code(value: str) -> str:
    return f"`{value}`" if value else "–"


def _line(cells: Iterator[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Writes all of them."""
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
