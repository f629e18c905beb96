"""The web server's settings."""

import subprocess
import sys

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
