"""What is asked of every mail's look and bytes: it fits, can be read, hides nothing, says the same in both forms."""

import re
from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from roadmap.outbox.showing import shown
from tests.mails.plans import Case

MOST_OCTETS, LONGEST_LINE, SMALLEST_FONT = 90_000, 998, 12
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS, SCHEMES = (360, 640), ("light", "dark")
UNRESOLVED = re.compile(r"UNRESOLVED|\{\{|\}\}|\{%|%\}|\bNone\b|\bnan\b|%\(\w+\)s")
# What both forms have to tell alike: percents, dates, counts of days, and addresses
FIGURE = re.compile(
    r"\d+(?:\.\d+)?%|[+−-]\d+(?:\.\d+)?(?= points)|\d{4}年\d{1,2}月\d{1,2}日"
    r"|\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
    r"|\d+ days?\b|\d+ 天"
)
ADDRESS = re.compile(r"https?://[^\s\"'<>）)]+")
SMALL_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, words = node.textContent.replace(/\\u00a0/g, ' ').trim();
    const style = getComputedStyle(node.parentElement);
    if (words && node.parentElement.checkVisibility() && parseFloat(style.fontSize) < SMALLEST) small.push(words);
  }
  return small;
}""".replace("SMALLEST", str(SMALLEST_FONT))


def faults_of_bytes(case: Case) -> Iterator[str]:
    """What is wrong with the mail as it travels and as it is read without a browser."""
    mail = shown(case.raw)
    if len(case.raw) >= MOST_OCTETS:
        yield f"{len(case.raw)} octets"
    longest = max(len(line) for line in case.raw.split(b"\r\n"))
    if longest > LONGEST_LINE or b"\n" in case.raw.replace(b"\r\n", b""):
        yield f"a line of {longest} octets, or one not ended by CRLF"
    for form, words in (("subject", mail.subject), ("text", mail.text), ("HTML", mail.html)):
        words = re.sub(r"<style.*?</style>", "", words, flags=re.DOTALL)
        if found := UNRESOLVED.search(words):
            yield f"unresolved in {form}: {words[max(found.start() - 40, 0) : found.end() + 40]!r}"


def faults_of_look(case: Case, browser: Browser, *, width: int, scheme: str, picture: str = "") -> Iterator[str]:
    """What is wrong with the HTML in a browser; ``picture`` is a file to keep what was seen."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    try:
        page.set_content(shown(case.raw).html)
        if picture:
            page.screenshot(path=picture, full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{wide} pixels wide on {width}"
        yield from (f"too small: {words}" for words in page.evaluate(SMALL_TEXT))
        yield from _differences(case, page)
        for one in Axe().run(page, options={"runOnly": WCAG}).response["violations"]:
            yield f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}"
    finally:
        context.close()


def _differences(case: Case, page: Page) -> Iterator[str]:
    """What one form tells and the other doesn't."""
    text, words = shown(case.raw).text, page.locator("body").inner_text()
    links = set(page.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))"))
    for name, html_has, text_has in (
        ("figures", set(FIGURE.findall(words)), set(FIGURE.findall(text))),
        ("addresses", {link.rstrip("/") for link in links}, {one.rstrip("/") for one in ADDRESS.findall(text)}),
    ):
        if html_has != text_has:
            yield f"{name} in HTML only {sorted(html_has - text_has)}, in text only {sorted(text_has - html_has)}"
