#!/usr/bin/env python3
"""Makes the program's environment, then runs a command in it: ``python3 embedded/bootstrap.py run``.

Standard library only, and written so that any Python 3 reads it far enough to say what is wrong. The Makefile is a
thin wrapper around it; ``VENV`` names another folder for the environment.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.abspath(os.environ.get("VENV") or os.path.join(ROOT, ".venv"))
INSTALL_BYTES = {"requirements.txt": 400 * 1024**2, "requirements-dev.txt": 1000 * 1024**2}  # twice what stays
RUN_BYTES = 100 * 1024**2
SYSTEM = "/usr/bin/python3"

# command: (requirement file, module or script, what it does)
COMMANDS = {
    "run": ("requirements.txt", ["-m", "embedded.supervisor"], "install, prepare and start everything; Ctrl-C ends it"),
    "test": (
        "requirements-dev.txt",
        ["-m", "embedded.testing"],
        "checks, and each test once: on PostgreSQL what tells something about the database, all else on SQLite",
    ),
    "test-everything": (
        "requirements-dev.txt",
        ["-m", "embedded.testing", "--everything"],
        "every test on both databases, every mail at every width, every guard of delivery taken out; takes hours",
    ),
    "check": ("requirements-dev.txt", ["-m", "embedded.checks"], "format, lint, types, floors, migrations, messages"),
    "messages": ("requirements-dev.txt", ["-m", "embedded.messages"], "collect and compile translations"),
    "lock": ("requirements-dev.txt", ["-m", "embedded.lock"], "pin anew what the requirements need in turn"),
    "manage": ("requirements.txt", ["manage.py"], "Django's command line on the data of run"),
    "chaos": (
        "requirements-dev.txt",
        ["-m", "chaos.run"],
        "kill everything for ten minutes, and count who was told what",
    ),
    "restore-drill": (
        "requirements-dev.txt",
        ["-m", "chaos.restore_drill"],
        "back up, lose the host, restore on another one, and count who was told what",
    ),
    "compose-check": ("requirements.txt", ["-m", "embedded.compose_check"], "bring up docker-compose.yml and try it"),
}


class Unfit(Exception):
    """Something that this machine lacks, told in one line."""


def check_machine() -> None:
    """Raises Unfit when Python is too old, lacks venv, or this isn't Linux or macOS."""
    if sys.version_info < OLDEST:
        raise Unfit(
            "needs Python {}.{} or newer; this is {}.{}.{} ({}); set PYTHON, as in: make run PYTHON=python3.12".format(
                *(OLDEST + tuple(sys.version_info[:3]) + (sys.executable,))
            )
        )
    if os.name != "posix":
        raise Unfit("runs on Linux and macOS; elsewhere use docker compose.")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Unfit(
            "this Python has no venv module; on Debian or Ubuntu: apt install python{}.{}-venv".format(
                *sys.version_info[:2]
            )
        ) from None


def check_disk(folder: str, needed: int) -> None:
    """Raises Unfit when fewer than ``needed`` bytes are free where ``folder`` is or will be."""
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Unfit("the disk of {} has {} MB free; {} MB are needed.".format(folder, free >> 20, needed >> 20))


def lock_of(name: str) -> str:
    """The file that pins everything which the requirement file ``name`` needs, also in turn."""
    return os.path.join(ROOT, name.replace(".txt", ".lock"))


def stamp_of(name: str) -> str:
    """What an environment with the requirement file ``name`` installed is known by."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    with open(lock_of(name), "rb") as content:
        digest.update(content.read())
    return digest.hexdigest()


def is_installed(name: str) -> bool:
    """Whether the environment already has what the requirement file ``name`` lists."""
    for wanted in {name, "requirements-dev.txt"}:
        try:
            with open(os.path.join(VENV, wanted + ".stamp")) as stamp:
                if stamp.read() == stamp_of(wanted):
                    return True
        except OSError:
            continue
    return False


def install(name: str) -> None:
    """Makes the environment where needed and installs the requirement file ``name``; seconds when nothing changed."""
    if is_installed(name):
        return
    check_disk(VENV, INSTALL_BYTES[name])
    began = time.monotonic()
    print("Installing into {} (once) … 正在安装（仅一次）……".format(VENV), flush=True)
    python = os.path.join(VENV, "bin", "python")
    same = [python, "-c", "import sys; sys.exit(sys.version_info[:2] != {})".format(tuple(sys.version_info[:2]))]
    if not os.path.exists(python) or run(same, silent=True):
        run_or_unfit([quickest(), "-m", "venv", "--clear", "--without-pip", VENV], "making the environment failed")
    if not install_quickly(python, lock_of(name)):
        run_or_unfit([*pip_into(python), "--no-deps", "-r", lock_of(name)], "installing failed")
    with open(os.path.join(VENV, name + ".stamp"), "w") as stamp:
        stamp.write(stamp_of(name))
    print(step_words("Installed 已安装", began), flush=True)


def quickest() -> str:
    """The interpreter to make the environment with: ours, or the system's where that is of the same version.

    Distributions build Python with all optimisations, version managers mostly without: everything takes 1.6 times as
    long with those. Whoever names PYTHON gets that one.
    """
    fits = "import ctypes, lzma, sqlite3, ssl, sys, venv; sys.exit(sys.version_info[:2] != {})"
    choice = sys.platform == "linux" and not os.environ.get("PYTHON") and importlib.util.find_spec("pip")
    if choice and os.path.exists(SYSTEM) and not run([SYSTEM, "-c", fits.format(tuple(sys.version_info[:2]))], True):
        return SYSTEM
    return sys.executable


def install_quickly(python: str, lock: str) -> bool:
    """Installs what ``lock`` pins by uv, which takes a fifth of pip's time, its own arrival included.

    False, with nothing said, where uv can't be had or doesn't manage: pip then does all.
    """
    with open(os.path.join(ROOT, "requirements-dev.txt")) as file:
        uv = next(line.split()[0] for line in file if line.startswith("uv=="))
    if run([*pip_into(python), "--no-deps", "--only-binary=:all:", uv], silent=True):
        return False
    command = [os.path.join(VENV, "bin", "uv"), "pip", "install", "--quiet", "--python", python, "--no-deps"]
    return not run([*command, "-r", lock], silent=True, **pip_settings_for_uv())


def pip_into(python: str) -> "list[str]":
    """The start of a command by which pip installs into the environment of ``python``, which needs none of its own."""
    quiet = ["install", "-qq", "--disable-pip-version-check", "--no-input"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", python, *quiet]
    run_or_unfit([python, "-m", "ensurepip"], "putting pip into the environment failed", silent=True)
    return [python, "-m", "pip", *quiet]


def pip_settings_for_uv() -> "dict[str, str]":
    """Where pip was told to find packages and by which way, as uv is told it: uv reads nothing of pip's settings."""
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE", "proxy": "ALL_PROXY"}
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ).stdout
    found = re.findall(r"^(?:global|install|:env:)\.([a-z-]+)='(.*)'$", told, re.MULTILINE)
    return {names[name]: value for name, value in found if name in names}


def run(command: "list[str]", silent: bool = False, **environment: str) -> int:
    """The exit code of ``command``, which gets ``environment`` over ours; it ends, with all it started, when we do."""
    process = subprocess.Popen(
        command,
        env=dict(os.environ, **environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if silent else None,
        stderr=subprocess.DEVNULL if silent else None,
        start_new_session=True,
    )
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def run_or_unfit(command: "list[str]", complaint: str, silent: bool = False) -> None:
    """Runs ``command``; raises Unfit when it fails, naming a full disk where that is why."""
    if run(command, silent=silent):
        check_disk(VENV, RUN_BYTES)
        raise Unfit(complaint + "; see above, then try again: nothing is lost.")


def step_words(words: str, began: float) -> str:
    """What is told once something is done: the seconds that it took since the monotonic ``began``, and ``words``."""
    return "  {:5.1f} s  {}".format(time.monotonic() - began, words)


def version() -> str:
    """The number of this release."""
    with open(os.path.join(ROOT, "pyproject.toml")) as file:
        return next(line.split('"')[1] for line in file if line.startswith("version = "))


def end_when_asked() -> None:
    """Lets SIGINT and SIGTERM end us; a shell that starts us by ``&`` in a script leaves SIGINT ignored."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def install_alone(name: str) -> None:
    """``install``, one process at a time, so that ``run`` and ``test`` may be started together."""
    import fcntl

    with open(VENV.rstrip(os.sep) + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(name)


def main(arguments: "list[str]") -> int:
    """Runs the command named first in ``arguments``; doesn't come back when it starts."""
    if arguments == ["--version"]:
        print(version())
        return 0
    if not arguments or arguments[0] not in COMMANDS:
        if arguments and arguments[0] != "help":
            print("There is no command {!r}; there are:".format(arguments[0]), file=sys.stderr)
        for command, (_, _, meaning) in COMMANDS.items():
            print("  {:<14} {}".format(command, meaning))
        return 0 if arguments in ([], ["help"]) else 2
    name, target, _ = COMMANDS[arguments[0]]
    check_machine()
    end_when_asked()
    # Each of the processes that follow would compile all it imports anew: 7 s to start one instead of 2.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["BEGAN"] = str(time.monotonic())  # for the seconds that the greeting tells
    data_dir = os.path.abspath(os.environ.get("DATA_DIR") or os.path.join(ROOT, "var"))
    os.environ["DATA_DIR"] = data_dir  # of the folder that the command was given in
    check_disk(data_dir, RUN_BYTES)
    install_alone(name)
    os.chdir(ROOT)
    python = os.path.join(VENV, "bin", "python")
    return os.execv(python, [python, *target, *arguments[1:]])  # noqa: S606 (no shell wanted)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Unfit as error:
        sys.exit("Smart-Customs Roadmap Tracker: {}".format(error))
    except OSError as error:
        sys.exit("Smart-Customs Roadmap Tracker: {}".format(error))
    except KeyboardInterrupt:
        sys.exit(130)
