"""Lists of pages as files to take away, written by ``roadmap/tables.py``."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from roadmap.tables import CSV_TYPE, XLSX_TYPE, Table, as_csv, as_xlsx
from roadmap.web.frame import query_of

WRITERS: dict[str, tuple[Callable[[Table], bytes], str]] = {"xlsx": (as_xlsx, XLSX_TYPE), "csv": (as_csv, CSV_TYPE)}


def table_file(table: Table, *, kind: str, name: str) -> HttpResponse:
    """The table as a download of the kind; ``name`` comes without its ending."""
    write, form = WRITERS[kind]
    named = f'attachment; filename="{name}.{kind}"'
    return HttpResponse(write(table), content_type=form, headers={"Content-Disposition": named})


def file_addresses(page: str, asked: dict[str, str]) -> list[tuple[str, str]]:
    """What the page's list is called as a file, and its address, by kind; ``asked`` is what narrows and sorts it."""
    words = {"xlsx": _("Download as XLSX"), "csv": _("Download as CSV")}
    return [(words[kind], reverse(f"web:{page}-{kind}") + query_of(asked)) for kind in WRITERS]
