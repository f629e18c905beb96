"""Typed readers of environment variables; a bad value stops the program with one line that says what to do.

Every reader also looks for ``NAME_FILE`` (a path, as container secrets are given) when ``NAME`` itself is unset
or empty. Defaults, bounds and choices stand in ``setting_list``, where each setting that is read has its place; a
reader is given a ``default`` only where that is worked out.
"""

import os
import re
from datetime import time
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

from roadmap.addresses import ascii_host
from tracker.setting import REQUIRED
from tracker.setting_list import SETTINGS

# What PostgreSQL's own library is told besides (libpq, 34.1.2)
LIBPQ_OPTIONS = {
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "target_session_attrs"),
    *("connect_timeout", "application_name", "options", "keepalives", "keepalives_idle", "tcp_user_timeout"),
}
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str | None = None) -> str:
    """The value of ``name``, or of the file that ``name_FILE`` points to, stripped; else the default.

    Raises ImproperlyConfigured when nothing is set and there is no default, or when the file can't be read.
    """
    if os.environ.get(name):
        return os.environ[name].strip()
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE points to {file_name}, which can't be read: {error.strerror}."
            ) from error
    value = SETTINGS[name].default_in(mode()) if default is None else default
    if value == REQUIRED:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE, the path of a file that holds it).")
    return value


def mode() -> str:
    """The mode whose defaults hold; any word but ``embedded`` is refused or taken where the mode itself is read."""
    return os.environ.get("TRACKER_MODE", "").strip().lower() or "embedded"


def boolean(name: str, default: bool | None = None) -> bool:
    """True or False; any word but 1/true/yes/on and 0/false/no/off raises ImproperlyConfigured."""
    word = text(name, None if default is None else str(default)).lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is {word!r}; write true or false.")


def whole_number(name: str, default: int | None = None) -> int:
    """An integer within the bounds of the list; anything else raises ImproperlyConfigured."""
    word, kind = text(name, None if default is None else str(default)), SETTINGS[name].kind
    try:
        number = int(word)
    except ValueError:
        number = kind.at_least - 1
    if not kind.at_least <= number <= kind.at_most:
        raise ImproperlyConfigured(f"{name} is {word!r}; write a whole number from {kind.at_least} to {kind.at_most}.")
    return number


def choice(name: str, default: str | None = None) -> str:
    """One of the words of the list; anything else raises ImproperlyConfigured."""
    word, among = text(name, default).lower(), SETTINGS[name].kind.among
    if word not in among:
        raise ImproperlyConfigured(f"{name} is {word!r}; write one of: {', '.join(among)}.")
    return word


def time_zone(name: str, default: str | None = None) -> str:
    """The name of a time zone; any other word raises ImproperlyConfigured."""
    word = text(name, default)
    try:
        ZoneInfo(word)
    except (ValueError, OSError, LookupError) as error:  # of the shape of a path, a folder, unknown
        raise ImproperlyConfigured(f"{name} is {word!r}; write a time zone, as Asia/Shanghai.") from error
    return word


def hours(name: str, default: str | None = None) -> tuple[time, time] | None:
    """Two times of day, as ``20:00-07:30``; None for ``none``. Anything else raises ImproperlyConfigured."""
    word = text(name, default)
    if word.lower() == "none":
        return None
    try:
        begins, until = (time.fromisoformat(part.strip()) for part in word.split("-"))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {word!r}; write two times of day, as 20:00-07:30, or none.") from error
    return begins, until


def words(name: str, default: str | None = None) -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def can_be_guessed(key: str) -> bool:
    """Whether ``key`` is too short or too plain to sign with; by the measure of Django's own check (security.W009)."""
    return len(key) < 50 or len(set(key)) < 10 or key.startswith("django-insecure-")


def networks(name: str) -> list[str]:
    """Networks with commas, as ``10.1.0.0/16``; none without the variable. Raises ImproperlyConfigured."""
    found = words(name)
    for word in found:
        try:
            ip_network(word)
        except ValueError:
            raise ImproperlyConfigured(f"{name} has {word!r}; write networks as 10.1.0.0/16, with commas.") from None
    return found


def ports(name: str, default: str | None = None) -> frozenset[int]:
    """Port numbers with commas. Raises ImproperlyConfigured."""
    found = words(name, default)
    if not all(word.isascii() and word.isdigit() and 0 < int(word) < 65536 for word in found):
        raise ImproperlyConfigured(f"{name} is {','.join(found)!r}; write port numbers with commas.")
    return frozenset(int(word) for word in found)


def database(name: str, default: str | None = None) -> dict[str, object]:
    """Django's DATABASES entry from a URL: ``sqlite:///path/to/file`` or ``postgresql://user:password@host:port/name``.

    The password may stand apart in ``name_PASSWORD`` or ``name_PASSWORD_FILE``; ``?sslmode=`` and the like go on to
    PostgreSQL. Raises ImproperlyConfigured for anything else.
    """
    url = _url(name, text(name, default), "sqlite:///path or postgresql://user:password@host/name")
    if url.scheme == "sqlite" and not url.netloc and not url.query:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(url.path[1:]) or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    options = dict(parse_qsl(url.query))
    if url.scheme in {"postgresql", "postgres"} and url.path.strip("/") and options.keys() <= LIBPQ_OPTIONS:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path.lstrip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or "") or text("DATABASE_URL_PASSWORD"),
            "HOST": _ascii_host(unquote(url.hostname or "")),
            "PORT": str(url.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                **options,
                "prepare_threshold": 3,
            },  # from then on a connection keeps the plans of ``models.prepared``
        }
    raise ImproperlyConfigured(
        f"{name} starts with {url.scheme!r}; write sqlite:///path or postgresql://user:password@host/name."
        if url.scheme not in {"sqlite", "postgresql", "postgres"}
        else f"{name} isn't understood; write sqlite:///path or postgresql://user:password@host/name."
    )


def redis(name: str, default: str | None = None) -> str:
    """The URL of a Redis server: ``redis://``, ``rediss://`` (TLS) or ``unix://:password@/path``.

    The password may stand apart in ``REDIS_PASSWORD`` or ``REDIS_PASSWORD_FILE``. Raises ImproperlyConfigured for any
    other scheme.
    """
    address = text(name, default)
    url = _url(name, address, "redis://host:port/0")
    if url.scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"{name} starts with {url.scheme!r}; write redis://host:port/0.")
    if url.scheme != "unix" and not (url.hostname and re.fullmatch(r"/?\d*", url.path)):
        raise ImproperlyConfigured(f"{name} names no host, or no database by its number; write redis://host:port/0.")
    password = text("REDIS_PASSWORD")
    if password and url.password is None:
        login = f"{url.username or ''}:{quote(password, safe='')}"
        return urlunsplit(url._replace(netloc=f"{login}@{url.netloc}"))
    return address


def journal(name: str, default: str | None = None) -> str:
    """Where copies of all mails are kept: ``maildir:/path``, ``imaps://user:password@host/folder`` or ``imap://…``.

    Nothing is allowed; anything else raises ImproperlyConfigured.
    """
    place = text(name, default)
    url = _url(name, place, "maildir:/path or imaps://user:password@host/folder")
    is_maildir = url.scheme == "maildir" and url.path.startswith("/") and not url.netloc
    is_folder = url.scheme in {"imap", "imaps"} and url.hostname and url.username
    if place and (url.query or not (is_maildir or is_folder)):
        raise ImproperlyConfigured(
            f"{name} starts with {url.scheme!r}; write maildir:/path or imaps://user:password@host/folder."
        )
    return place


def _url(name: str, word: str, instead: str) -> SplitResult:
    """The parts of an address that may hold a password, and therefore isn't repeated where it is refused."""
    try:
        url = urlsplit(word)
        is_one = url.port != 0 and not url.fragment and not re.search(r"[\x00-\x1f\x7f]", word)
        if is_one and url.scheme not in {"sqlite", "maildir", "unix"}:
            is_one = not re.search(r"\s", word) and _ascii_host(url.hostname or "") is not None
    except ValueError:
        is_one = False
    if not is_one:
        raise ImproperlyConfigured(
            f"{name} can't be read as an address; write {instead}, and % codes for # / ? : @ and spaces in a password."
        )
    return url


def _ascii_host(name: str) -> str:
    """The host's name in ASCII; sockets, numbers and nothing stay as they are. Raises ValueError."""
    return ascii_host(name) if name and not re.search(r"[%/:]", name) else name
