"""The web server's settings."""

import subprocess
import sys

from tracker import serving

LOOK = """
import gc
from tracker import serving
gc.collect()
loaded = len(gc.get_objects())
serving.when_ready(None)
print(gc.get_freeze_count() > 0.9 * loaded, len(gc.get_objects()) < 0.1 * loaded)
print(gc.get_threshold()[0] == serving.COLLECT_AFTER, gc.isenabled())
"""


def test_what_is_loaded_before_workers_are_forked_is_not_looked_through_for_garbage_again():
    asked = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert asked.stdout.split() == ["True"] * 4


def test_idle_connections_are_closed_by_the_other_end_first():
    kept_by_nginx = 60  # seconds, keepalive_timeout of its upstream
    assert serving.keepalive > kept_by_nginx
