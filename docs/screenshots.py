"""Takes the pictures of the README and the docs from a running site: ``python -m docs.screenshots [ADDRESS]``.

Needs an installed Chromium and the packages of ``requirements-dev.txt``. The address is ``http://127.0.0.1:8000``
unless given; load the sample layer first.
"""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parent / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MOST_BYTES = 300_000


@dataclass(frozen=True)
class Picture:
    """One picture: what it shows, to whom, how large; ``part`` picks one section out of the page."""

    name: str
    address: str
    language: str
    width: int = 1280
    height: int = 1000
    scale: float = 1
    is_dark: bool = False
    part: str = ""


PICTURES = (
    Picture("overview-zh", "/", "zh-hans"),
    Picture("overview-en", "/", "en"),
    Picture("overview-dark-en", "/", "en", is_dark=True),
    Picture("timeline-zh", "/timeline/?open=none", "zh-hans", part="section[aria-labelledby=h-timeline]"),
    Picture("timeline-en", "/timeline/?open=none", "en", part="section[aria-labelledby=h-timeline]"),
    Picture("milestones-zh", "/milestones/?state=open", "zh-hans"),
    Picture("milestones-en", "/milestones/?state=open", "en"),
    Picture("calendar-zh", "/calendar/?month=2026-12", "zh-hans"),
    Picture("calendar-en", "/calendar/?month=2026-12", "en"),
    Picture("organisations-zh", "/organisations/", "zh-hans"),
    Picture("organisations-en", "/organisations/", "en"),
    Picture("phone-zh", "/", "zh-hans", width=390, height=844, scale=2),
    Picture("phone-en", "/", "en", width=390, height=844, scale=2),
)


def take(picture: Picture, browser: Browser, *, address: str) -> int:
    """Write one picture and return its bytes. Raises RuntimeError when the page or the file isn't as it should be."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=picture.scale,
        color_scheme="dark" if picture.is_dark else "light",
    )
    context.add_cookies([{"name": "django_language", "value": picture.language, "url": address}])
    page = context.new_page()
    answer = page.goto(address + picture.address)
    if answer is None or not answer.ok:
        raise RuntimeError(f"{address}{picture.address} can't be opened; is the site running?")
    path = FOLDER / f"{picture.name}.png"
    if picture.part:
        page.locator(picture.part).screenshot(path=path)
    else:
        page.screenshot(path=path)
    context.close()
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise RuntimeError(f"{path.name} has {size} bytes; at most {MOST_BYTES} are wanted.")
    return size


def main() -> None:
    """Take all pictures and say how large each became."""
    address = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
    program = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if program is None:
        sys.exit(f"No Chromium is installed; looked for {', '.join(BROWSERS)}.")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            print(f"{picture.name}.png: {take(picture, browser, address=address):,} bytes")  # noqa: T201 (a command)
        browser.close()


if __name__ == "__main__":
    main()
