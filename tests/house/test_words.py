"""One thing has one name."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READ_BY_PEOPLE = (
    "roadmap/**/*.py",
    "roadmap/templates/**/*",
    "roadmap/locale/**/*.po",
    "tracker/*.py",
    "embedded/*.py",
)
CUT_SHORT = re.compile("(?<!Smart-Customs )Roadmap Tracker|(?<!智慧海关)路线图跟踪系统")


def test_the_product_has_one_name():
    texts = {path: path.read_text() for pattern in READ_BY_PEOPLE for path in ROOT.glob(pattern) if path.is_file()}
    assert [str(path.relative_to(ROOT)) for path, text in texts.items() if CUT_SHORT.search(text)] == []
