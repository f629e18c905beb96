#!/usr/bin/env python3
"""Makes the program's environment, then runs a command in it: ``python3 embedded/bootstrap.py run``.

Standard library only, and written so that any Python 3 reads it far enough to say what is wrong. The Makefile is a
thin wrapper around it; ``VENV`` names another folder for the environment.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.abspath(os.environ.get("VENV") or os.path.join(ROOT, ".venv"))
INSTALL_BYTES = {"requirements.txt": 400 * 1024**2, "requirements-dev.txt": 1000 * 1024**2}  # twice what stays
RUN_BYTES = 100 * 1024**2

# command: (requirement file, module or script, what it does)
COMMANDS = {
    "run": ("requirements.txt", ["-m", "embedded.supervisor"], "install, prepare and start everything; Ctrl-C ends it"),
    "test": (
        "requirements-dev.txt",
        ["-m", "embedded.testing"],
        "checks, all tests on SQLite, and on PostgreSQL those that tell something about the database",
    ),
    "test-everything": (
        "requirements-dev.txt",
        ["-m", "embedded.testing", "--everything"],
        "every test on both databases, every mail at every width, every guard of delivery taken out; takes hours",
    ),
    "check": ("requirements-dev.txt", ["-m", "embedded.checks"], "format, lint, types, floors, migrations, messages"),
    "messages": ("requirements-dev.txt", ["-m", "embedded.messages"], "collect and compile translations"),
    "manage": ("requirements.txt", ["manage.py"], "Django's command line on the data of run"),
    "chaos": (
        "requirements-dev.txt",
        ["-m", "chaos.run"],
        "kill everything for ten minutes, and count who was told what",
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


def stamp_of(name: str) -> str:
    """What an environment with the requirement file ``name`` installed is known by."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for file in ("requirements.txt", name):
        with open(os.path.join(ROOT, file), "rb") as content:
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
    python = os.path.join(VENV, "bin", "python")
    said = "Installing into {} (about half a minute, once) … 正在安装（约半分钟，仅一次）……".format(VENV)
    print(said, flush=True)
    same = [python, "-c", "import sys, pip; sys.exit(sys.version_info[:2] != {})".format(tuple(sys.version_info[:2]))]
    if not os.path.exists(python) or subprocess.call(same, stderr=subprocess.DEVNULL):
        run_or_unfit([sys.executable, "-m", "venv", "--clear", VENV], "making the environment failed; see above.")
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    run_or_unfit(
        [*pip, "-r", os.path.join(ROOT, name)], "installing failed; see above, then try again: nothing is lost."
    )
    with open(os.path.join(VENV, name + ".stamp"), "w") as stamp:
        stamp.write(stamp_of(name))


def run_or_unfit(command: "list[str]", complaint: str) -> None:
    """Runs ``command``; raises Unfit when it fails, naming a full disk where that is why."""
    if subprocess.call(command):
        check_disk(VENV, RUN_BYTES)
        raise Unfit(complaint)


def install_alone(name: str) -> None:
    """``install``, one process at a time, so that ``run`` and ``test`` may be started together."""
    import fcntl

    with open(VENV.rstrip(os.sep) + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(name)


def main(arguments: "list[str]") -> int:
    """Runs the command named first in ``arguments``; doesn't come back when it starts."""
    if not arguments or arguments[0] not in COMMANDS:
        if arguments and arguments[0] != "help":
            print("There is no command {!r}; there are:".format(arguments[0]), file=sys.stderr)
        for command, (_, _, meaning) in COMMANDS.items():
            print("  {:<14} {}".format(command, meaning))
        return 0 if arguments in ([], ["help"]) else 2
    name, target, _ = COMMANDS[arguments[0]]
    check_machine()
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
