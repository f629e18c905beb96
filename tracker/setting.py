"""What a setting is: a variable of the environment with its type, its defaults and its words in both languages.

The settings that there are stand in ``setting_list``, once; ``env`` reads their values.
"""

from dataclasses import dataclass
from enum import Enum


class Where(Enum):
    """Who reads a setting."""

    PROGRAM = "program"  # every process, however it is started
    FIXED = "fixed"  # the same, but production has it fixed: by the image, or as nothing else is accepted
    EMBEDDED = "embedded"  # ``make run`` and the bootstrap alone
    COMPOSE = "compose"  # docker-compose.yml alone


@dataclass(frozen=True)
class Kind:
    """The type of a value, in the words of both languages; bounds of a number, words of a choice."""

    en: str
    zh: str
    at_least: int = 0
    at_most: int = 2**31
    among: tuple[str, ...] = ()


TEXT = Kind("text", "文本")
SECRET = Kind("secret", "密钥")
BOOLEAN = Kind("true or false", "true 或 false")
PATH = Kind("path", "路径")
PLACE = Kind("address", "地址")  # of a site, a server, a mailbox; read by ``env`` and ``env_addresses``
LIST = Kind("list, with commas", "列表，逗号分隔")
HOURS = Kind("hours, or none", "时段，或 none")
ZONE = Kind("time zone", "时区")


def whole(at_least: int = 0, at_most: int = 2**31) -> Kind:
    """A whole number within bounds."""
    bounded = at_most < 2**31
    en = f"{at_least} to {at_most}" if bounded else f"number from {at_least}"
    zh = f"{at_least}～{at_most}" if bounded else f"不小于 {at_least} 的数"
    return Kind(en, zh, at_least=at_least, at_most=at_most)


def one_of(*words: str) -> Kind:
    """One of a few words."""
    return Kind(", ".join(words), "、".join(words), among=words)


REQUIRED = "\0required"  # a default that isn't one: the program doesn't start without a value


@dataclass(frozen=True)
class Setting:
    """One setting. ``default`` holds in embedded mode; ``production`` too, unless it says otherwise.

    ``meaning`` is (English, Chinese). ``shown`` tells in both what a default is that is worked out, and not written
    here; ``shown_production`` the same. With an ``example`` it is a line of ``.env.example`` to be filled in, else one
    that is commented out; ``in_compose`` is the default that docker-compose.yml gives it.
    """

    name: str
    kind: Kind
    meaning: tuple[str, str]
    default: str = ""
    production: str | None = None
    shown: tuple[str, str] | None = None
    shown_production: tuple[str, str] | None = None
    example: str | None = None
    where: Where = Where.PROGRAM
    in_compose: str | None = None

    def default_in(self, mode: str) -> str:
        """What holds in that mode where nothing is set."""
        return self.default if mode == "embedded" or self.production is None else self.production
