"""What a run changes in the program: its clock, and how long it waits between rounds and attempts.

How long it waits for a mail server, and with that its leases, are settings (``cluster.py``).
"""

import os
import socket
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.apps import AppConfig
from django.utils import timezone

from chaos.timepiece import Timepiece

# module: {constant: what it is in a run}
PATIENCE: dict[str, dict[str, object]] = {
    "roadmap.outbox.claim": {
        "FIRST_WAIT": timedelta(seconds=2),
        "LONGEST_WAIT": timedelta(seconds=60),
    },
    "roadmap.outbox.breaker": {
        "FIRST_PAUSE": timedelta(seconds=1),
        "LONGEST_PAUSE": timedelta(seconds=4),
    },
    "roadmap.management.commands.dispatch": {"SECONDS_BETWEEN_ROUNDS": 2},
}


class ChaosConfig(AppConfig):
    """Runs in each process of the program, before it does anything."""

    name = "chaos"

    def ready(self) -> None:
        from roadmap import clock

        timepiece = Timepiece(Path(os.environ["CHAOS_CLOCK"]))
        clock.now = timepiece.now
        timezone.now = timepiece.now
        socket.getfqdn = lambda name="": f"p{os.getpid()}.chaos"  # the mail server hears which process greets it
        for name, constants in PATIENCE.items():
            module = import_module(name)
            for constant, value in constants.items():
                _replace(module, constant, value)


def _replace(module: ModuleType, constant: str, value: object) -> None:
    if not hasattr(module, constant):
        raise RuntimeError(f"{module.__name__} has no {constant} (any more); see chaos/apps.py.")
    setattr(module, constant, value)
