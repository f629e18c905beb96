"""What our commands share: the language of the person at the terminal, as their locale says, and how they start."""

import os

from django.core.management.base import BaseCommand

from roadmap.vocabulary import Language


class Command(BaseCommand):
    """A command that starts in half the time, as it leaves ``manage.py check`` to those who change the program."""

    requires_system_checks: list[str] = []


def terminal_language() -> str:
    """Chinese under a Chinese locale (``LC_ALL``, else ``LC_MESSAGES``, else ``LANG``), English under any other."""
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return Language.CHINESE.value if told.lower().startswith("zh") else Language.ENGLISH.value
