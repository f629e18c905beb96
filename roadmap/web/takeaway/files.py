"""Drawings as PNG and PDF, made by libraries that need nothing of the system but, for PNG, a Chinese font.

The libraries are loaded when they are first asked for: most readers never take anything away.
"""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from roadmap.web.takeaway.clothes import FONTS
from roadmap.web.takeaway.dress import Sheet, sheet_of

PNG_SCALE = 2.0
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACES = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts"),
    *("/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts"),
)
CHINESE_FONTS = re.compile(
    r"cjk|source-?han|wqy|droidsansfallback|pingfang|heiti|songti|msyh|simsun|simhei|uming|ukai",
    re.I,
)
PDF_FONT = "STSong-Light"  # one of those that PDF readers bring or find themselves; it isn't put into the file


def as_png_file(template: str, values: dict[str, Any], *, sheet: Sheet) -> HttpResponse:
    """The drawing as a picture; a page that says what is missing (501) where it would be drawn without its Chinese."""
    drawing = sheet_of(template, values, sheet=sheet)
    if CHINESE.search(drawing) and not has_chinese_font():
        return HttpResponse(render_to_string("roadmap/no_font.html"), status=501)
    import resvg_py

    picture = resvg_py.svg_to_bytes(svg_string=drawing, zoom=PNG_SCALE)
    return _download(bytes(picture), "image/png", f"{sheet.name}.png")


def as_pdf_file(template: str, values: dict[str, Any], *, sheet: Sheet) -> HttpResponse:
    """The drawing as a page of its own size, in lines and letters."""
    from reportlab.graphics import renderPDF
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from svglib.svglib import svg2rlg

    if PDF_FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(PDF_FONT))
    drawing = sheet_of(template, values, sheet=sheet).replace(FONTS, PDF_FONT).replace(' font-weight="600"', "")
    page = svg2rlg(BytesIO(drawing.encode()))
    return _download(renderPDF.drawToString(page, msg=sheet.title), "application/pdf", f"{sheet.name}.pdf")


@cache
def has_chinese_font() -> bool:
    """Whether this machine has a font by whose name one knows that it has Chinese characters."""
    folders = [Path(place).expanduser() for place in PLACES]
    return any(CHINESE_FONTS.search(file.name) for folder in folders if folder.is_dir() for file in folder.rglob("*"))


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
