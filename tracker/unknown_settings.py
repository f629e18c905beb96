"""Names in the environment that look like settings and are none: misspelt, or of another release.

A container's environment is what its image has and what the operator gave it: there every other name is told. Anywhere
else it also holds the names of all other programs; told is what nearly is a setting's name, or begins like some.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from tracker.setting_list import SETTINGS

IMAGE_NAMES = Path(__file__).resolve().parent.parent / "environment-of-image"  # written when the image is built
ALIKE, SHORT = 0.84, 5  # names of five letters are like too many
BEGINNINGS = ("ANSWER_", "API_", "BOUNCE_", "EMAIL_", "EMBED_", "EVIDENCE_", "MAIL_", "QUIET_", "TRACKER_", "WEBHOOK_")
# What engines, orchestrators and shells add by themselves
SYSTEM = re.compile(
    r"HOME|HOSTNAME|PATH|PWD|OLDPWD|SHLVL|TERM|USER|LANG|LC_\w+|TZ|_|container|\w+_proxy|\w+_PROXY|PYTHON\w*|PIP_\w+|"
    r"SSL_CERT_\w+|GPG_KEY|KUBERNETES_\w+|\w+_SERVICE_(HOST|PORT\w*)|\w+_PORT(_\d+_\w+)?|DJANGO_SETTINGS_MODULE|"
    r"DJANGO_SUPERUSER_\w+|PROMETHEUS_MULTIPROC_DIR|SERVER_SOFTWARE|CELERY\w*|FORKED_BY_MULTIPROCESSING|\w+_LOG_\w+"
)


def unknown_names(environment: Iterable[str], *, of_image: frozenset[str] | None) -> dict[str, str]:
    """Each name that is no setting, with the setting that is meant (``""`` where none is like it).

    ``of_image`` are the names that the container's image has; None outside of containers.
    """
    found: dict[str, str] = {}
    for name in sorted(environment):
        told = name.removesuffix("_FILE")
        if name in SETTINGS or told in SETTINGS:
            continue
        meant = "".join(get_close_matches(told, SETTINGS, n=1, cutoff=ALIKE)) if len(told) > SHORT else ""
        is_strange = name not in of_image if of_image is not None else name.startswith(BEGINNINGS)
        if meant or (is_strange and not SYSTEM.fullmatch(name)):
            found[name] = meant
    return found


def complaints(environment: Iterable[str]) -> list[str]:
    """One line for each of them."""
    of_image = frozenset(IMAGE_NAMES.read_text().split()) if IMAGE_NAMES.exists() else None
    found = unknown_names(environment, of_image=of_image)
    return [
        f"Unknown setting {name} is ignored{f'; is {meant} meant?' if meant else '.'}" for name, meant in found.items()
    ]
