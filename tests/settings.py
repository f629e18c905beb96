"""The settings of the tests: the program's own, with a throw-away data folder and without slow safety."""

import atexit
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="tracker-tests-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["DATA_DIR"] = _FOLDER
os.environ["TRACKER_MODE"] = "embedded"

from tracker.settings import *  # noqa: E402, F403 (reads the environment set above)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; protects nothing here
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "redis")
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOG_LEVEL = "WARNING"
LOGGING_CONFIG = None  # pytest captures log records itself
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # static files straight from the source, nothing collected
