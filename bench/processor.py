"""Processor time that servers and the database spend, from Linux's /proc: it tells the same however much else runs."""

import os
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")
USER, SYSTEM, PARENT = 11, 12, 1  # fields of /proc/PID/stat after the name, which ends with the last bracket


def seconds_spent(servers: Iterable[int]) -> float:
    """By these processes, those that they started, and the present database's own processes, until now."""
    lines = {int(folder.name): line for folder in Path("/proc").glob("[0-9]*") if (line := _stat(folder))}
    counted = {pid for pid in (*servers, *_of_the_database()) if pid in lines}
    counted |= {pid for pid, line in lines.items() if int(line[PARENT]) in counted}
    return sum(int(lines[pid][USER]) + int(lines[pid][SYSTEM]) for pid in counted) / TICKS


def _stat(folder: Path) -> list[str]:
    """Empty for a process that has ended meanwhile."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _of_the_database() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]
