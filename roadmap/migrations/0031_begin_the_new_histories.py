"""Begin the new histories with what is there: each row as if it were kept when it was made, by whom as far as known."""

from django.db import migrations
from django.utils import timezone

AT_ONCE = 1000


def _begin(model, history, told):
    """Keep each row as made; ``told`` gives when, by whose id and through which door."""
    columns = [field.attname for field in model._meta.concrete_fields]
    kept = {field.attname for field in history._meta.concrete_fields}
    tracked = [name for name in columns if name in kept]
    waiting = []
    for row in model.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        at, person_id, door = told(row)
        values = {name: getattr(row, name) for name in tracked}
        values |= {"history_date": at, "history_user_id": person_id, "history_type": "+", "history_change_reason": ""}
        waiting.append(history(**{"door": door, **values}))
        if len(waiting) >= AT_ONCE:
            history.objects.bulk_create(waiting)
            waiting = []
    history.objects.bulk_create(waiting)


def begin_all(apps, schema_editor):
    get = lambda name: apps.get_model("roadmap", name)  # noqa: E731
    made = {
        row["id"]: (row["history_date"], row["history_user_id"], row["door"])
        for row in get("HistoricalBaseline").objects.filter(history_type="+").values("id", "history_date", "history_user_id", "door")
    }
    told = {
        "ProgressUpdate": lambda row: (row.recorded_at, row.reported_by_id, row.door),
        "BaselineEntry": lambda row: made.get(row.baseline_id, (timezone.now(), None, "system")),
        "ApiToken": lambda row: (row.created_at, None, "system"),
        "FeedAddress": lambda row: (row.created_at, None, "system"),
        "SuppressedAddress": lambda row: (row.since, None, "system"),
    }
    for name, tell in told.items():
        _begin(get(name), get(f"Historical{name}"), tell)


class Migration(migrations.Migration):

    dependencies = [
        ('roadmap', '0030_more_histories'),
    ]

    operations = [migrations.RunPython(begin_all, migrations.RunPython.noop)]
