"""What production refuses to start on, each in one line that says what to do; and what it accepts."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "TRACKER_MODE": "production",
    "SECRET_KEY": "k7Qv-3Zp9Lw2Xs8Rb5Nt1Yc6Hd4Gf0Jm_AeUiOzTqPyWxKvBnC",
    "SITE_URL": "https://roadmap.example.org",
    "ALLOWED_HOSTS": "roadmap.example.org",
    "DATABASE_URL": "postgresql://tracker:secret@postgres/tracker",
    "REDIS_URL": "redis://redis:6379/0",
    "REDIS_PASSWORD": "p@ss/word",
    "EMAIL_HOST": "smtp.example.org",
    "MAIL_FROM": "Roadmap <roadmap@example.org>",
}


WEAK_FALLBACK = (
    "SECRET_KEY_FALLBACKS has a key that can be guessed (or one with a comma in it): whoever knows it can make "
    "sessions and links. Leave it out."
)
# Forks for each line that it reads: importing Django is most of what a process costs that only reads settings
STARTER = """
import json, os, sys
import django.conf, tracker.admin_site
for line in sys.stdin:
    code, environment, out, err = json.loads(line)
    child = os.fork()
    if not child:
        os.environ.clear()
        os.environ.update(environment)
        for path, number in ((out, 1), (err, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
        from tracker.start import read_settings
        read_settings()
        from django.conf import settings
        exec(code)
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Starter:
    """Runs code after the settings have been read, each time in a process of its own with its own environment alone."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process, self.folder = process, folder

    def __call__(self, code: str, data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        out, err = self.folder / "out", self.folder / "err"
        for file in (out, err):
            file.unlink(missing_ok=True)
        request = [code, {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **environment}, str(out), str(err)]
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(request), file=self.process.stdin, flush=True)
        answer = int(self.process.stdout.readline())
        return subprocess.CompletedProcess(code, answer, out.read_text(), err.read_text())


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """What code prints in a process that has read its settings from an environment."""
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Starter(process, tmp_path_factory.mktemp("started"))


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"SECRET_KEY": ""}, "Set SECRET_KEY (or SECRET_KEY_FILE, the path of a file that holds it)."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY can be guessed; set a random one of at least 50 characters."),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY can be guessed; set a random one of at least 50 characters."),
        (
            {"SECRET_KEY": "", "SECRET_KEY_FILE": "/nowhere"},
            "SECRET_KEY_FILE points to /nowhere, which can't be read: No such file or directory.",
        ),
        (
            {"SECRET_KEY": "django-insecure-" + GOOD["SECRET_KEY"]},
            "SECRET_KEY can be guessed; set a random one of at least 50 characters.",
        ),
        ({"SECRET_KEY_FALLBACKS": "short"}, WEAK_FALLBACK),
        ({"SECRET_KEY_FALLBACKS": f"{GOOD['SECRET_KEY']},{'a' * 60}"}, WEAK_FALLBACK),
        ({"SECRET_KEY_FALLBACKS": "django-insecure-" + GOOD["SECRET_KEY"]}, WEAK_FALLBACK),
        (
            {"HSTS_PRELOAD": "true"},
            "HSTS_PRELOAD needs HSTS_SUBDOMAINS=true and HSTS_SECONDS of 31536000 (a year) or more.",
        ),
        ({"HSTS_SECONDS": "a year"}, "HSTS_SECONDS is 'a year'; write a whole number from 0 to 63072000."),
        ({"DEBUG": "true"}, "DEBUG is on in production; unset it."),
        ({"TIME_ZONE": "Mars/Base"}, "TIME_ZONE is 'Mars/Base'; write a time zone, as Asia/Shanghai."),
        ({"TIME_ZONE": "../etc"}, "TIME_ZONE is '../etc'; write a time zone, as Asia/Shanghai."),
        (
            {"QUIET_HOURS": "8 to 7"},
            "QUIET_HOURS is '8 to 7'; write two times of day, as 20:00-07:30, or none.",
        ),
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe'; write true or false."),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS to the host names of this site, without '*'."),
        ({"ALLOWED_HOSTS": "*"}, "Set ALLOWED_HOSTS to the host names of this site, without '*'."),
        ({"HTTPS": "false"}, "HTTPS is off in production; unset it, and set BEHIND_PROXY=true behind a proxy."),
        (
            {"SITE_URL": "http://roadmap.example.org"},
            "SITE_URL is 'http://roadmap.example.org'; write the https:// address that people open.",
        ),
        ({"SITE_URL": ""}, "Set SITE_URL (or SITE_URL_FILE, the path of a file that holds it)."),
        ({"DATABASE_URL": ""}, "Set DATABASE_URL (or DATABASE_URL_FILE, the path of a file that holds it)."),
        (
            {"DATABASE_URL": "sqlite:///tracker.sqlite3"},
            "DATABASE_URL names SQLite; production needs postgresql://user:password@host/name.",
        ),
        (
            {"DATABASE_URL": "mysql://host/name"},
            "DATABASE_URL starts with 'mysql'; write sqlite:///path or postgresql://user:password@host/name.",
        ),
        ({"REDIS_URL": "http://redis"}, "REDIS_URL starts with 'http'; write redis://host:port/0."),
        ({"REDIS_URL": ""}, "Set REDIS_URL (or REDIS_URL_FILE, the path of a file that holds it)."),
        ({"REDIS_PASSWORD": ""}, "REDIS_URL has no password; set REDIS_PASSWORD."),
        ({"EMAIL_HOST": ""}, "Set EMAIL_HOST (or EMAIL_HOST_FILE, the path of a file that holds it)."),
        ({"EMAIL_PORT": "0"}, "EMAIL_PORT is '0'; write a whole number from 1 to 65535."),
        (
            {"EMAIL_PASSWORD": "secret", "EMAIL_USE_TLS": "false"},
            "EMAIL_PASSWORD would travel in the clear; set EMAIL_USE_TLS=true or EMAIL_USE_SSL.",
        ),
        (
            {"EMAIL_USE_TLS": "true", "EMAIL_USE_SSL": "true"},
            "EMAIL_USE_TLS and EMAIL_USE_SSL are both on; set one of them.",
        ),
        (
            {"SITE_URL": "https://roadmap.example.org/tracker"},
            "SITE_URL is 'https://roadmap.example.org/tracker'; write scheme and host alone, "
            "as https://roadmap.example.org.",
        ),
        (
            {"MAIL_FROM": "Roadmap <路线图@example.org>"},
            "MAIL_FROM is 'Roadmap <路线图@example.org>'; write an address with its local part in ASCII, "
            "as roadmap@example.org.",
        ),
        ({"TRACKER_MODE": "prod"}, "TRACKER_MODE is 'prod'; write one of: embedded, production."),
    ],
)
def test_production_refuses_in_one_line(
    changed: dict[str, str], complaint: str, started: Starter, tmp_path: Path
) -> None:
    refused = started("pass", tmp_path, **{**GOOD, **changed})
    assert (refused.returncode, refused.stderr, refused.stdout) == (1, f"Not started: {complaint}\n", "")


def test_production_reads_good_values(started: Starter, tmp_path: Path) -> None:
    code = (
        "print(settings.DEBUG, settings.SECURE_SSL_REDIRECT, settings.SESSION_COOKIE_SECURE, settings.PUBLIC_READING, "
        "settings.EMAIL_USE_TLS, settings.DATABASES['default']['HOST'], settings.BROKER_URL)"
    )
    done = started(code, tmp_path, **GOOD)
    assert done.stderr == ""
    assert done.stdout == "False True True False True postgres redis://:p%40ss%2Fword@redis:6379/0\n"


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ({}, "max-age=31536000"),
        ({"HSTS_SECONDS": "0"}, ""),
        ({"HSTS_SECONDS": "3600"}, "max-age=3600"),
        ({"HSTS_SUBDOMAINS": "true", "HSTS_PRELOAD": "true"}, "max-age=31536000; includeSubDomains; preload"),
    ],
)
def test_browsers_are_told_what_the_operator_says(
    given: dict[str, str], header: str, started: Starter, tmp_path: Path
) -> None:
    code = (
        "from django.http import HttpResponse; from django.test import RequestFactory; "
        "from django.middleware.security import SecurityMiddleware; "
        "request = RequestFactory().get('/', secure=True, headers={'host': 'roadmap.example.org'}); "
        "answer = SecurityMiddleware(lambda _request: HttpResponse())(request); "
        "print(answer.headers.get('Strict-Transport-Security', ''))"
    )
    done = started(code, tmp_path, **GOOD, **given)
    assert (done.stderr, done.stdout) == ("", f"{header}\n")


def test_addresses_are_taken_in_any_script(started: Starter, tmp_path: Path) -> None:
    """Each setting that holds one, as a process that starts reads it."""
    given = {
        "SITE_URL": "https://海关.中国/",
        "ALLOWED_HOSTS": "海关.中国",
        "CSRF_TRUSTED_ORIGINS": "https://*.海关.中国",
        "EMBED_ALLOWED_SITES": "https://海关.中国/",
        "MAIL_FROM": "路线图 <roadmap@海关.中国>",
        "MAIL_RETURN_PATH": "bounces@海关.中国",
        "MAIL_UNSUBSCRIBE": "leave@海关.中国",
        "MAIL_JOURNAL_ADDRESS": "journal@海关.中国",
        "MAIL_JOURNAL": "maildir:/journal",
        "EMAIL_HOST": "海关.中国",
    }
    names = ["SITE_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "EMBED_ALLOWED_SITES", "DEFAULT_FROM_EMAIL"]
    names += ["MAIL_RETURN_PATH", "MAIL_UNSUBSCRIBE", "MAIL_JOURNAL_ADDRESS", "EMAIL_HOST"]
    host = "xn--d6qv69d.xn--fiqs8s"
    done = started(f"print(*(getattr(settings, name) for name in {names}), sep='\\n')", tmp_path, **{**GOOD, **given})
    assert (done.stderr, done.stdout.splitlines()) == (
        "",
        [
            f"https://{host}",
            f"['{host}']",
            f"['https://*.{host}']",
            f"['https://{host}']",
            f'"路线图" <roadmap@{host}>',
            f"bounces@{host}",
            f"leave@{host}",
            f"journal@{host}",
            host,
        ],
    )


def test_data_folder_may_have_any_name(started: Starter, tmp_path: Path) -> None:
    folder = tmp_path / "a #1 ?%41"
    done = started("print(settings.DATABASES['default']['NAME'])", folder)
    assert (done.stderr, done.stdout) == ("", f"{folder}/tracker.sqlite3\n")


def test_production_passes_djangos_deployment_checks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **GOOD},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (2 silenced).\n"), done.stderr


def test_secrets_come_from_files_too(started: Starter, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(GOOD["SECRET_KEY"] + "\n")
    (tmp_path / "password").write_text("from a file\n")
    values = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    values |= {
        "SECRET_KEY_FILE": str(tmp_path / "key"),
        "DATABASE_URL": "postgresql://tracker@postgres/tracker",
        "DATABASE_URL_PASSWORD_FILE": str(tmp_path / "password"),
    }
    done = started("print(settings.SECRET_KEY, settings.DATABASES['default']['PASSWORD'])", tmp_path, **values)
    assert (done.stdout, done.stderr) == (f"{GOOD['SECRET_KEY']} from a file\n", "")


def test_embedded_mode_needs_nothing_and_keeps_its_key(started: Starter, tmp_path: Path) -> None:
    first, second = (started("print(settings.SECRET_KEY)", tmp_path) for _ in range(2))
    assert first.stderr == ""
    assert len(first.stdout.strip()) > 50
    assert first.stdout == second.stdout


@pytest.mark.parametrize("module", ["tracker.wsgi", "tracker.celery"])
def test_every_entry_refuses_in_one_line(module: str, tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **GOOD, "DEBUG": "yes"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, refused.stderr) == (1, "Not started: DEBUG is on in production; unset it.\n")
