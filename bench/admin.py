"""Every page of the administration over a large plan: queries, and milliseconds of server time without the network.

``python -m bench.run admin [milestones]``; ends with an error when a page is over the limit.
"""

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from time import perf_counter, process_time

from django.conf import settings
from django.contrib import admin
from django.db import connection, reset_queries
from django.db.models import Max
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from bench.admin_rows import fill_around
from bench.rows import fill
from roadmap.models import Baseline, Milestone, OutboxMessage, Person
from roadmap.vocabulary import Role

LIMIT_MS, ROUNDS = 300, 5
LISTS_OF_MILESTONES = {
    "late": "standing=late",
    "silent": "standing=silent",
    "not confirmed": "standing=unverified",
    "searched": "q=Milestone+77",
    "by organisation": "organisation_path=root/unit-3/",
}


def measure(sizes: list[int]) -> None:
    """Print a line for each page; pages over the limit are named at the end."""
    size = (sizes or [10_000])[0]
    fill_around(fill(size), now=datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    logging.getLogger("django.request").setLevel(logging.ERROR)  # pages that nobody may open are asked for too
    client = Client(headers={"Accept-Language": "en"})
    office = Person.objects.create(username="bench", role=Role.OFFICE, is_staff=True)
    client.force_login(office)
    print(f"{connection.vendor}, {size} milestones.\n")
    print("| page | queries | server ms | of it processor | limit |\n|---|---|---|---|---|")
    over = []
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing was collected
    with (
        translation.override("en"),
        override_settings(ALLOWED_HOSTS=["*"], STORAGES={**settings.STORAGES, "staticfiles": plain}),
    ):
        for name, address in pages():
            if client.get(address).status_code == HTTPStatus.FORBIDDEN:
                continue  # nobody adds or changes such entries here
            queries, spent, worked = _cost(client, address)
            print(f"| {name} | {queries} | {spent:.0f} | {worked:.0f} | {LIMIT_MS} |", flush=True)
            over += [name] if spent > LIMIT_MS else []
    if over:
        raise SystemExit(f"Over the limit: {', '.join(over)}")


def pages() -> list[tuple[str, str]]:
    """The front page; of each model its list, an entry, its history and a new one; what milestones have."""
    found = [("front page", reverse("admin:index"))]
    for model, page in admin.site._registry.items():
        name, at = str(model._meta.verbose_name_plural), f"admin:roadmap_{model._meta.model_name}"
        found.append((f"{name}: list", reverse(f"{at}_changelist")))
        found.append((f"{name}: new", reverse(f"{at}_add")))
        if pk := model._default_manager.aggregate(last=Max("pk"))["last"]:
            found.append((f"{name}: one", reverse(f"{at}_change", args=[pk])))
            if hasattr(page, "history_view") and hasattr(model, "history"):
                found.append((f"{name}: history", reverse(f"{at}_history", args=[pk])))
    milestones = reverse("admin:roadmap_milestone_changelist")
    found += [(f"milestones: {name}", f"{milestones}?{query}") for name, query in LISTS_OF_MILESTONES.items()]
    ids = ",".join(str(pk) for pk in Milestone.objects.still_open().values_list("pk", flat=True)[:200])
    for code in ("reschedule", "reassign", "complete"):
        found.append((f"{code} 200 milestones", f"{reverse('admin:roadmap_milestone_act', args=[code])}?ids={ids}"))
    last = Milestone.objects.order_by("pk").last()
    found.append(("milestones: a page in the middle", f"{milestones}?p={Milestone.objects.count() // 100 or 1}"))
    for name in ("milestone_link", "milestone_duplicate"):
        found.append((f"{name.replace('_', ' ')}", reverse(f"admin:{name}", args=[last.pk])))
    found.append(("milestones: edited in the list", reverse("admin:milestone_table")))
    baseline = Baseline.objects.get()
    found.append(("baseline compared with today", reverse("admin:baseline_compared", args=[baseline.pk])))
    found.append(("outbox: sent", f"{reverse('admin:roadmap_outboxmessage_changelist')}?state__exact=sent"))
    found.append(("mail of the outbox", reverse("admin:mail", args=[OutboxMessage.objects.latest("pk").pk])))
    found.append(("plan as of today", reverse("admin:plan_as_of")))
    found.append(("chain of the history", reverse("admin:history_chain")))
    found.append(("search", f"{reverse('admin:search')}?s=77&extended=1"))
    owners = "app_label=roadmap&model_name=milestone&field_name=owner"
    found.append(("choice of an owner", f"{reverse('admin:autocomplete')}?{owners}&term=Owner"))
    return found


def _cost(client: Client, address: str) -> tuple[int, float, float]:
    """The queries of a page; the least of its milliseconds, and of those that the processor worked for it."""
    status = client.get(address).status_code
    if status != HTTPStatus.OK:
        raise SystemExit(f"{address} answers {status}.")
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    count = len(queries)  # the next request forgets them
    times, worked = [], []
    for _ in range(ROUNDS):
        start, busy = perf_counter(), process_time()
        client.get(address)
        times.append(1000 * (perf_counter() - start))
        worked.append(1000 * (process_time() - busy))
    return count, min(times), min(worked)
