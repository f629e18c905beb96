"""Makes the data folder ready, each step safe to repeat: schema, catalogue, sample layer, static files, first admin."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from tracker.health import database_state

Step = Callable[[str], AbstractContextManager[None]]


def prepare(step: Step) -> None:
    """Runs what is still to be done, each within ``step`` of its words; a failing one raises."""
    from embedded.first_admin import ensure_admin  # models can be imported only after setup

    with ThreadPoolExecutor(1) as beside:  # compressing files leaves the other core to the database
        static = beside.submit(collect_static, settings.DATA_DIR / "static.stamp", step)
        if database_state() != "ok":
            with step("Database made ready 已备好数据库"):
                call_command("migrate", interactive=False, verbosity=0)
        with step("Roadmap loaded 已载入路线图"):
            call_command("load_catalogue")
        load_sample_once(settings.DATA_DIR / "sample.loaded", step)
        ensure_admin(settings.DATA_DIR / "admin-password")
        static.result()


def load_sample_once(marker: Path, step: Step) -> None:
    """Lays the sample layer at the first start only: whoever removes it later does not get it back."""
    if not marker.exists():
        with step("Sample loaded 已载入示例"):
            call_command("load_sample")
        marker.touch()


def collect_static(stamp: Path, step: Step) -> None:
    """Collects static files when their sources changed since the run that wrote ``stamp``."""
    sources = sorted(path for path in (settings.BASE_DIR / "roadmap").glob("static/**/*") if path.is_file())
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.lock").read_bytes())
    for path in sources:
        digest.update(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}\n".encode())
    if not stamp.exists() or stamp.read_text() != digest.hexdigest() or not settings.STATIC_ROOT.exists():
        with step("Pictures and styles collected 已收集静态文件"):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest.hexdigest())
