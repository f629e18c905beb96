"""Every page of the website: queries, milliseconds, bytes on the wire, beside its limits.

``python -m bench.run pages [milestones]``. Milliseconds are of the program alone (its handler, templates, database),
as wall time and as time of the processor; "changed" is the first look after a change, when no sums are kept.
"""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.rows import fill
from roadmap import clock
from roadmap.editing.milestones import reschedule_milestone
from roadmap.editing.progress import record_progress
from roadmap.models import Initiative, Milestone, Phase, ProgressUpdate
from roadmap.models.history import SYSTEM, note_made

LIMIT_MILLISECONDS, LIMIT_BYTES = 100, 100_000
RUNS = 5
CHANGED = 100  # milestones put off and reported on in the last week
LONG_AGO = datetime(2024, 1, 2, tzinfo=UTC)
PAGES = (
    *("/", "/matrix/", "/progress/", "/explain/?pillar=pillar-0", "/timeline/", "/timeline/?zoom=quarter"),
    *("/milestones/", "/milestones/?state=late", "/milestones/m-1/", "/initiatives/i-0-0/", "/calendar/", "/changes/"),
    *("/organisations/", "/organisations/unit-1/", "/indicators/", "/subscribe/"),
)


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
        _live()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        for address in PAGES:
            print(f"| {size} | {address} | {_row(client, address, style=style)} |")


def _row(client: Client, address: str, *, style: int) -> str:
    client.get(address)  # what is loaded at the first look of all is not counted
    _change()
    changed = _cost(client, address)[1]
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        asked = len(queries)  # now: the next request forgets them
    if response.status_code != 200:
        raise SystemExit(f"{address} answers {response.status_code}")
    runs = [_cost(client, address) for _ in range(RUNS)]
    wall, cpu = (median(column) for column in zip(*runs, strict=True))
    again = median(_cost(client, address, etag=response.headers.get("ETag", ""))[1] for _ in range(RUNS))
    size = len(response.content)
    within = "yes" if cpu <= LIMIT_MILLISECONDS and size + style <= LIMIT_BYTES else "NO"
    figures = [
        asked,
        f"{wall:.0f}",
        f"{cpu:.0f}",
        f"{changed:.0f}",
        f"{again:.0f}",
        f"{size:,}",
        f"{size + style:,}",
    ]
    return " | ".join([*map(str, figures), within])


def _live() -> None:
    """A history as a living plan has it: entered and reported on long ago, some of it changed lately."""
    note_made(list(Milestone.objects.all()), by=SYSTEM)
    for model in (Milestone, Initiative, Phase):
        model.history.update(history_date=LONG_AGO)
    ProgressUpdate.objects.update(recorded_at=LONG_AGO)
    now = clock.now()
    for milestone in Milestone.objects.order_by("code")[:CHANGED]:
        later = milestone.due_on + timedelta(days=20)
        reschedule_milestone(milestone, by=SYSTEM, now=now, due_on=later, reason="Put off")
        record_progress(milestone, by=SYSTEM, now=now, percent_complete=50)


def _change() -> None:
    one = Milestone.objects.order_by("pk")[:1].values("pk")
    Milestone.objects.filter(pk__in=one).update(weight=F("weight") + 1)


def _cost(client: Client, address: str, *, etag: str = "") -> tuple[float, float]:
    start, used = perf_counter(), process_time()
    client.get(address, headers={"If-None-Match": etag} if etag else {})
    return 1000 * (perf_counter() - start), 1000 * (process_time() - used)
