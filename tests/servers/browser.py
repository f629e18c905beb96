"""Where an installed Chromium is; the tests use it through Playwright, which downloads none."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of the browser's program, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
