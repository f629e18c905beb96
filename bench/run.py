"""Runs one measurement in a throw-away database: ``python -m bench.run progress [size …]``.

``DATABASE_URL`` chooses the server, where its user must be allowed to create databases; without it, SQLite.
"""

import importlib
import os
import sys
import tempfile

import django
from django.test.runner import DiscoverRunner


def main() -> None:
    """Make the database, run ``bench.<name>.measure(sizes)``, drop the database."""
    name, *sizes = sys.argv[1:] or ["progress"]
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
        os.environ.setdefault("DATA_DIR", folder)
        django.setup()
        from django.conf import settings

        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = (
            f"{folder}/bench.sqlite3" if "sqlite" in settings.DATABASES["default"]["ENGINE"] else "tracker_bench"
        )
        runner = DiscoverRunner(verbosity=0, interactive=False)
        old = runner.setup_databases()
        try:
            importlib.import_module(f"bench.{name}").measure([int(size) for size in sizes])
        finally:
            runner.teardown_databases(old)


if __name__ == "__main__":
    main()
