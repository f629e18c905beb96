"""The file between the look at what it would change and its application: kept for its bringer alone, for a day."""

from datetime import datetime, timedelta

from roadmap.exchange.sheets.kinds import TableKind
from roadmap.models import Person, TableUpload

KEPT_FOR = timedelta(days=1)
LONGEST_NAME = 200


def keep_upload(content: bytes, *, name: str, kind: TableKind, person: Person, now: datetime) -> TableUpload:
    """Keep it in place of the person's former one of that kind."""
    values = {"file_name": name[:LONGEST_NAME], "content": content, "uploaded_at": now}
    kept, _made = TableUpload.objects.update_or_create(person=person, kind=kind.code, defaults=values)
    return kept


def kept_upload(*, kind: TableKind, person: Person) -> TableUpload | None:
    """The person's own."""
    return TableUpload.objects.filter(person=person, kind=kind.code).first()


def forget_old_uploads(*, now: datetime) -> int:
    """Remove what nobody applied within a day; returns how many."""
    return TableUpload.objects.filter(uploaded_at__lt=now - KEPT_FOR).delete()[0]
