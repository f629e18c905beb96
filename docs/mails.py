"""``python -m docs.mails [folder]``: makes every mail there is, looks at each in an installed Chromium and says what is
wrong with it: 360 and 640 pixels, light and dark, both languages, plans of no, one and 200 milestones.

With a folder, the pictures and the mails themselves (``.eml``) are kept there. Needs the test tools, no running site.
"""

import os
import sys
from pathlib import Path

os.environ.update(
    DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL="sqlite:///:memory:", DJANGO_ALLOW_ASYNC_UNSAFE="true"
)
import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.template import engines  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tests.mails.looks import SCHEMES, WIDTHS, faults_of_bytes, faults_of_look  # noqa: E402
from tests.mails.plans import cases  # noqa: E402
from tests.servers.browser import chromium  # noqa: E402


def main() -> None:
    """Make, look, tell; ends with 1 if anything is wrong."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    engines["django"].engine.string_if_invalid = "UNRESOLVED(%s)"
    made = list(cases(0, 1, 200))  # before the browser, whose loop gets connections of its own
    wrong = looks = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for case in made:
            faults = list(faults_of_bytes(case))
            if folder:
                (folder / f"{case.name}.eml").write_bytes(case.raw)
            for width in WIDTHS:
                for scheme in SCHEMES:
                    picture = str(folder / f"{case.name}-{width}-{scheme}.png") if folder else ""
                    found = faults_of_look(case, browser, width=width, scheme=scheme, picture=picture)
                    faults += [f"{width} {scheme}: {fault}" for fault in found]
                    looks += 1
            wrong += bool(faults)
            print(f"{case.name}: {len(case.raw):,} octets", *faults, sep="\n    ")  # noqa: T201  # a command
        browser.close()
    print(f"{looks} looks; {wrong} mails with faults")  # noqa: T201
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
