"""The language of the person at the terminal, as their locale says."""

import os

from roadmap.vocabulary import Language


def terminal_language() -> str:
    """Chinese under a Chinese locale (``LC_ALL``, else ``LC_MESSAGES``, else ``LANG``), English under any other."""
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return Language.CHINESE.value if told.lower().startswith("zh") else Language.ENGLISH.value
