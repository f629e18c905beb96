"""A table compared with what is stored, beside the bare reader: rows a second of processor time, ratio, peak memory.

``python -m bench.run tables_in [rows …]``; the file is an export of all columns, one row in a hundred of it changed.
"""

import resource
from datetime import UTC, datetime
from io import BytesIO
from time import process_time

from django.utils import translation
from python_calamine import CalamineWorkbook

from bench.rows import fill
from roadmap.admin.export import plan_cell
from roadmap.exchange.sheets.compare import compare
from roadmap.exchange.sheets.faults import Faults
from roadmap.exchange.sheets.grid import read_grid
from roadmap.exchange.sheets.kinds import MILESTONES
from roadmap.exchange.sheets.names import Names
from roadmap.fields import At, at
from roadmap.models import Milestone
from roadmap.tables import Table, as_xlsx

SIZES = (10_000, 100_000)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def measure(sizes: list[int]) -> None:
    """Print, for each number of rows, what reading and comparing them costs; the plan has as many milestones."""
    print("| rows | file (MB) | bare reader (rows/s) | compared (rows/s) | ratio | memory more (MB) |")
    print("|---|---|---|---|---|---|")
    for size in sizes or SIZES:
        Milestone.objects.count() or fill(max(sizes or SIZES), updates_each=0)
        content = _exported(size)
        start = process_time()
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        if sum(1 for _row in book.get_sheet_by_index(0).iter_rows()) != size + 1:
            raise RuntimeError("the bare reader found other rows")
        bare = size / (process_time() - start)
        del book
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, faults = process_time(), Faults()
        found = compare(read_grid(content), MILESTONES, names=Names(None), faults=faults)
        ours = size / (process_time() - start)
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        if (len(found.changes), found.unchanged, faults.found) != (size // 100, size - size // 100, []):
            raise RuntimeError(f"{len(found.changes)} changes, {found.unchanged} unchanged, {faults.found[:3]}")
        megabytes = len(content) / 2**20
        print(f"| {size:,} | {megabytes:.1f} | {bare:,.0f} | {ours:,.0f} | {ours / bare:.2f} | {more:.0f} |")


def _exported(size: int) -> bytes:
    fields = at(At.TABLE, MILESTONES.fields)
    rows = []
    with translation.override("en"):
        milestones = Milestone.objects.select_related(*MILESTONES.related).order_by("pk")[:size]
        for place, one in enumerate(milestones.iterator(), start=1):
            row = [plan_cell(field, one) for field in fields]
            if place % 100 == 0:
                row[[field.name for field in fields].index("weight")] = 77
            rows.append(row)
        return as_xlsx(Table("Milestones", [str(field.column.verbose_name) for field in fields], rows))
