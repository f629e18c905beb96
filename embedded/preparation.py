"""Makes the data folder ready, each step safe to repeat: schema, catalogue, sample layer, static files, first admin."""

import hashlib
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from tracker.start import read_settings


def prepare() -> None:
    """Runs every step in order; a failing one raises."""
    from embedded.first_admin import ensure_admin  # models can be imported only after setup

    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_catalogue")
    load_sample_once(settings.DATA_DIR / "sample.loaded")
    collect_static(settings.DATA_DIR / "static.stamp")
    ensure_admin(settings.DATA_DIR / "admin-password")


def load_sample_once(marker: Path) -> None:
    """Lays the sample layer at the first start only: whoever removes it later does not get it back."""
    if not marker.exists():
        call_command("load_sample")
        marker.touch()


def collect_static(stamp: Path) -> None:
    """Collects static files when their sources changed since the run that wrote ``stamp``."""
    sources = sorted(path for path in (settings.BASE_DIR / "roadmap").glob("static/**/*") if path.is_file())
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in sources:
        digest.update(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}\n".encode())
    if not stamp.exists() or stamp.read_text() != digest.hexdigest() or not settings.STATIC_ROOT.exists():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    read_settings()
    django.setup()
    prepare()
