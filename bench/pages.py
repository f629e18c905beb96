"""Every page of the website: queries, milliseconds, bytes on the wire, beside its limits.

``python -m bench.run pages [milestones]``. Milliseconds are of the program alone (its handler, templates, database),
as wall time and as time of the processor; "changed" is the first look after a change, when no sums are kept.
"""

import gzip
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.rows import fill
from roadmap.models import Milestone

LIMIT_MILLISECONDS, LIMIT_BYTES = 100, 100_000
RUNS = 5
PAGES = ("/", "/matrix/", "/progress/", "/explain/?pillar=pillar-0", "/timeline/?zoom=quarter", "/milestones/")


def measure(sizes: list[int]) -> None:
    """Print, for each size and page, what it costs."""
    settings.ALLOWED_HOSTS = ["*"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing is collected here
    client = Client(headers={"Accept-Encoding": "gzip", "Accept-Language": "en"})
    style = len(gzip.compress((Path(settings.BASE_DIR) / "roadmap/static/roadmap/site.css").read_bytes()))
    print("| milestones | page | queries | ms | ms CPU | changed: ms CPU | 304: ms CPU | bytes | + style | of limits |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size in sizes or [10_000]:
        fill(size)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        for address in PAGES:
            print(f"| {size} | {address} | {_row(client, address, style=style)} |")


def _row(client: Client, address: str, *, style: int) -> str:
    _change()
    changed = _cost(client, address)[1]
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answers {response.status_code}")
    runs = [_cost(client, address) for _ in range(RUNS)]
    wall, cpu = (median(column) for column in zip(*runs, strict=True))
    again = median(_cost(client, address, etag=response["ETag"])[1] for _ in range(RUNS))
    size = len(response.content)
    within = "yes" if cpu <= LIMIT_MILLISECONDS and size + style <= LIMIT_BYTES else "NO"
    figures = [
        len(queries),
        f"{wall:.0f}",
        f"{cpu:.0f}",
        f"{changed:.0f}",
        f"{again:.0f}",
        f"{size:,}",
        f"{size + style:,}",
    ]
    return " | ".join([*map(str, figures), within])


def _change() -> None:
    one = Milestone.objects.order_by("pk")[:1].values("pk")
    Milestone.objects.filter(pk__in=one).update(weight=F("weight") + 1)


def _cost(client: Client, address: str, *, etag: str = "") -> tuple[float, float]:
    start, used = perf_counter(), process_time()
    client.get(address, headers={"If-None-Match": etag} if etag else {})
    return 1000 * (perf_counter() - start), 1000 * (process_time() - used)
