"""Makes a page's drawing stand by itself: on a sheet with title, day and legend, classes become colours and strokes.

Attributes, not a style sheet inside: the file opens under any content policy, in office programs and in converters.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.texts import clean_text
from roadmap.web.charts.text import width_of
from roadmap.web.presenters.values import state_words
from roadmap.web.takeaway.clothes import DRESS, FONTS, PAPER, TEXTS

EDGE, HEAD, FOOT, KEY_FONT = 24, 72, 44, 11
_TAG = re.compile(r"<([a-z]+)((?:\s[^<>]*?)?)\s*(/?)>")
_CLASS = re.compile(r'\sclass="([^"]*)"')
_FALLBACK = re.compile(r'\s(?:fill|stroke|stroke-dasharray|id|role|tabindex|aria-[a-z]+|focusable)="[^"]*"')
_USE = re.compile(r'<use class="([^"]*)" href="#([^"]+)" x="([^"]+)" y="([^"]+)"/>')
_LINK = re.compile(r"<(/?)a\b[^>]*>")


@dataclass(frozen=True)
class Sheet:
    """What stands around a drawing of that size: the file's name, a title, the day, whether sample data is in it."""

    name: str
    title: str
    day: date
    width: float
    height: float
    has_sample: bool
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Key:
    """One entry of the legend: a shape by its name, or a line by its class when ``is_line``."""

    x: float
    name: str
    shape: str
    word: str
    is_line: bool


def sheet_of(template: str, values: dict[str, Any], *, sheet: Sheet) -> str:
    """The drawing of a template on its sheet, as the text of an SVG file."""
    drawing = render_to_string(template, values).strip()
    inner = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]
    whole = render_to_string(
        "roadmap/charts/sheet.html",
        {
            "sheet": sheet,
            "inner": inner,
            "width": round(sheet.width + 2 * EDGE),
            "height": round(sheet.height + HEAD + FOOT),
            "foot_y": round(sheet.height + HEAD + 26),
            "keys": _keys(sheet),
        },
    )
    return dressed(whole.strip())


def as_svg_file(template: str, values: dict[str, Any], *, sheet: Sheet) -> HttpResponse:
    """The drawing of a template as a download."""
    response = HttpResponse(sheet_of(template, values, sheet=sheet), content_type="image/svg+xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{sheet.name}.svg"'
    return response


def dressed(drawing: str) -> str:
    """The drawing with attributes in place of classes and shapes in place of their names, on paper, as an SVG file."""
    text = _USE.sub(_shape_for, _LINK.sub(r"<\1g>", clean_text(drawing)))
    text = _TAG.sub(_dress, text)
    head, gap, rest = text.partition(">")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{gap}<rect width="100%" height="100%" fill="{PAPER}"/>{rest}'


def _shape_for(use: re.Match[str]) -> str:
    names, shape, x, y = use.groups()
    return f'<g class="{names}" transform="translate({x} {y})">{_shapes()[shape]}</g>'


def _dress(tag: re.Match[str]) -> str:
    element, attributes, closing = tag.groups()
    names = _CLASS.search(attributes)
    if element == "svg":
        bare = _FALLBACK.sub("", _CLASS.sub("", attributes))
        return f'<svg{bare} xmlns="http://www.w3.org/2000/svg" font-family="{escape(FONTS)}">'
    if names is None:
        return f"<{element}{_FALLBACK.sub('', attributes) if element in ('title', 'desc') else attributes}{closing}>"
    clothes = (TEXTS if element == "text" else DRESS).get(names[1].strip(), "")
    return f"<{element}{_FALLBACK.sub('', _CLASS.sub('', attributes))} {clothes}{closing}>"


@cache
def _shapes() -> dict[str, str]:
    """The shapes of all states by their names, as pages have them."""
    text = render_to_string("roadmap/parts/shapes.html").strip()
    found = {}
    for shape in ElementTree.fromstring(text).iter():  # noqa: S314 (our own template)
        name = shape.attrib.pop("id", None)
        if name:
            found[name] = ElementTree.tostring(shape, encoding="unicode").strip()
    return found


def _keys(sheet: Sheet) -> list[Key]:
    if sheet.lines:
        words = {
            "planned": pgettext("value", "Planned"),
            "earned": pgettext("value", "Actual"),
            "verified": pgettext("value", "Verified"),
        }
        entries = [(name, "", words[name], True) for name in sheet.lines]
    else:
        entries = [(f"mark {state}", f"s-{state}", word, False) for state, word in state_words().items()]
        entries += [
            ("ghost", "s-ghost", _("where the baseline had it"), False),
            ("forecast", "s-forecast", _("the owner's forecast"), False),
        ]
    keys, x = [], float(EDGE + 8)
    for name, shape, word, is_line in entries:
        keys.append(Key(x=round(x, 1), name=name, shape=shape, word=word, is_line=is_line))
        x += width_of(word) * KEY_FONT + 44
    return keys
