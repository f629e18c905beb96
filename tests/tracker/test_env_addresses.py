"""Settings that name a place: taken in any script, or refused in one line that says what to write. No process."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tracker import env
from tracker.env_addresses import host, hosts, mailbox, origin, origins, sender

HOST = "xn--d6qv69d.xn--fiqs8s"  # 海关.中国
DATABASE = "sqlite:///path or postgresql://user:password@host/name"
REDIS = "redis://host:port/0"
JOURNAL = "maildir:/path or imaps://user:password@host/folder"


def as_read(monkeypatch: pytest.MonkeyPatch, reader: Callable[..., Any], word: str, **options: Any) -> Any:
    monkeypatch.setenv("PLACE", word)
    return reader("PLACE", "", **options)


@pytest.mark.parametrize(
    ("reader", "word", "value"),
    [
        (origin, "https://海关.中国/", f"https://{HOST}"),
        (origin, "HTTPS://Roadmap.example.org:443", "https://roadmap.example.org"),
        (origin, "http://roadmap.example.org:80", "http://roadmap.example.org"),
        (origin, "https://roadmap.example.org:8443", "https://roadmap.example.org:8443"),
        (origin, "http://[::1]:8000/", "http://[::1]:8000"),
        (origin, "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        (hosts, "海关.中国, .Example.org,[::1],*", [HOST, ".example.org", "[::1]", "*"]),
        (origins, "https://*.海关.中国,http://a.org:8000", [f"https://*.{HOST}", "http://a.org:8000"]),
        (host, "邮件.example.org", "邮件".encode("idna").decode() + ".example.org"),
        (host, "::1", "::1"),
        (mailbox, "lin@海关.中国", f"lin@{HOST}"),
        (sender, "路线图 <roadmap@海关.中国>", f'"路线图" <roadmap@{HOST}>'),
        (sender, "Customs, Office <a@example.org>", '"Customs, Office" <a@example.org>'),
        (sender, '"A \\"b\\"" <a@example.org>', '"A \\"b\\"" <a@example.org>'),
        (sender, "<a@example.org>", "a@example.org"),
        (sender, "a@example.org", "a@example.org"),
        (env.redis, "rediss://:p%23ss@redis:6379/1", "rediss://:p%23ss@redis:6379/1"),
        (env.journal, "maildir:/var/mail/the journal", "maildir:/var/mail/the journal"),
    ],
)
def test_place_is_written_in_ascii(
    monkeypatch: pytest.MonkeyPatch, reader: Callable[..., Any], word: str, value: object
) -> None:
    assert as_read(monkeypatch, reader, word) == value


def test_everywhere_is_said_by_a_star_only_where_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert as_read(monkeypatch, origins, "*", everywhere=True) == ["*"]
    with pytest.raises(ImproperlyConfigured):
        as_read(monkeypatch, origins, "*")


@pytest.mark.parametrize(
    ("reader", "word", "instead"),
    [
        *(
            (origin, word, "write scheme and host alone, as https://roadmap.example.org.")
            for word in (
                "https://roadmap.example.org/tracker",
                "https://roadmap.example.org?x=1",
                "https://roadmap.example.org/#top",
                "https://office:secret@roadmap.example.org",
                "https://roadmap.example.org:99999",
                "https://roadmap.example.org:0",
                "https://roadmap.example.org:",
                "https://road map.example.org",
                "https://road\tmap.example.org",
                "https://roadmap.example.org\\x",
                "ftp://roadmap.example.org",
                "roadmap.example.org",
                "https://",
                "https://[::1",
            )
        ),
        (origins, "https://a.example.org/x", "write scheme and host alone, as https://roadmap.example.org."),
        *(
            (reader, word, "write a host name alone, as roadmap.example.org.")
            for reader, word in (
                (hosts, "https://roadmap.example.org"),
                (hosts, "roadmap.example.org:8000"),
                (hosts, "*.example.org"),
                (host, "smtp.example.org:587"),
                (host, "smtp://smtp.example.org"),
                (host, "a..b"),
            )
        ),
        *(
            (reader, word, "write an address with its local part in ASCII, as roadmap@example.org.")
            for reader, word in (
                (sender, "Roadmap"),
                (sender, "Roadmap <路线图@example.org>"),
                (sender, "Roadmap <a@example.org>, Office <b@example.org>"),
                (sender, "Roadmap <road map@example.org>"),
                (sender, "Road\nmap <a@example.org>x"),
                (mailbox, "Bounces <bounces@example.org>"),
                (mailbox, "mailto:leave@example..org"),
                (mailbox, "journal"),
            )
        ),
    ],
)
def test_place_that_would_fail_later_is_refused(
    monkeypatch: pytest.MonkeyPatch, reader: Callable[..., Any], word: str, instead: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        as_read(monkeypatch, reader, word)
    assert str(refused.value) == f"PLACE is {word!r}; {instead}"


@pytest.mark.parametrize(
    ("reader", "word", "instead"),
    [
        (env.database, "postgresql://tracker:p#ss@postgres/tracker", DATABASE),
        (env.database, "postgresql://tracker:secret@postgres:54x/tracker", DATABASE),
        (env.database, "postgresql://tracker:secret@a..b/tracker", DATABASE),
        (env.database, "sqlite:///folder#1/tracker.sqlite3", DATABASE),
        (env.redis, "redis://:p/ss@redis:6379/0", REDIS),
        (env.redis, "redis://redis:99999/0", REDIS),
        (env.redis, "redis://re dis/0", REDIS),
        (env.journal, "imaps://tracker:p#ss@mail.example.org/INBOX", JOURNAL),
        (env.journal, "imaps://tracker:secret@mail.example.org:x/INBOX", JOURNAL),
    ],
)
def test_address_with_a_password_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, reader: Callable[..., Any], word: str, instead: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        as_read(monkeypatch, reader, word)
    how = "and % codes for # / ? : @ and spaces in a password"
    assert str(refused.value) == f"PLACE can't be read as an address; write {instead}, {how}."


@pytest.mark.parametrize(
    ("reader", "word", "told"),
    [
        (
            env.database,
            "postgresql://tracker:secret@postgres/tracker?sslmod=require",
            f"isn't understood; write {DATABASE}.",
        ),
        (env.database, "postgresql://tracker:secret@postgres", f"isn't understood; write {DATABASE}."),
        (env.database, "sqlite://folder/tracker.sqlite3", f"isn't understood; write {DATABASE}."),
        (env.redis, "redis://redis/first", f"names no host, or no database by its number; write {REDIS}."),
        (env.redis, "redis:///0", f"names no host, or no database by its number; write {REDIS}."),
    ],
)
def test_address_that_is_half_understood_is_refused(
    monkeypatch: pytest.MonkeyPatch, reader: Callable[..., Any], word: str, told: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        as_read(monkeypatch, reader, word)
    assert str(refused.value) == f"PLACE {told}"


def test_database_is_told_how_to_encrypt_and_where_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    read = as_read(monkeypatch, env.database, "postgresql://tracker:p%23ss@海关.中国/tracker?sslmode=require")
    named = {name: read[name] for name in ("PASSWORD", "NAME", "HOST", "OPTIONS")}
    options = {"sslmode": "require", "prepare_threshold": 3}
    assert named == {"PASSWORD": "p#ss", "NAME": "tracker", "HOST": HOST, "OPTIONS": options}
