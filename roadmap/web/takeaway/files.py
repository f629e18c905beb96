"""Drawings as PNG and PDF, in the one font that comes with the program: nothing of the system is needed or used.

The libraries are loaded when they are first asked for: most readers never take anything away.
"""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.typeset import FONT, typeset
from roadmap.web.takeaway.clothes import FONTS
from roadmap.web.takeaway.dress import Sheet, sheet_of

PNG_SCALE = 2.0
# A page of the drawing's own size, of which the reader's program shows title and author; letters stay letters
PAGE = """\
#set document(title: sys.inputs.title, author: sys.inputs.author, date: none)
#set text(lang: sys.inputs.language)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg", alt: sys.inputs.title)
"""


def as_png_file(template: str, values: dict[str, Any], *, sheet: Sheet) -> HttpResponse:
    """The drawing as a picture."""
    import resvg_py
    from pylopdf_fonts_zh_cn import sans_path

    picture = resvg_py.svg_to_bytes(
        svg_string=_drawn(template, values, sheet=sheet),
        zoom=PNG_SCALE,
        font_files=[str(sans_path())],
        skip_system_fonts=True,
    )
    return _download(bytes(picture), "image/png", f"{sheet.name}.png")


def as_pdf_file(template: str, values: dict[str, Any], *, sheet: Sheet) -> HttpResponse:
    """The drawing as a page of its own size, in lines and letters, with what it needs of the font within."""
    inputs = {
        "title": sheet.title,
        "author": _("Smart-Customs Roadmap Tracker"),
        "language": (get_language() or "en")[:2],
        "drawing": _drawn(template, values, sheet=sheet),
    }
    page = typeset(PAGE, inputs)
    return _download(page, "application/pdf", f"{sheet.name}.pdf")


def _drawn(template: str, values: dict[str, Any], *, sheet: Sheet) -> str:
    return sheet_of(template, values, sheet=sheet).replace(FONTS, FONT)


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
