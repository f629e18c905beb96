"""Acts on many milestones at once wait for each other instead of blocking each other. Only PostgreSQL locks rows."""

from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from roadmap.editing.entries import change_entry
from roadmap.models import Milestone, Person
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.servers.waiting import wait_for

pytestmark = pytest.mark.on_postgresql


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_many_milestones_are_locked_in_the_order_of_their_ids() -> None:
    owner = make.make_person()
    first, _second, third = (make.make_milestone(owner=owner) for _ in range(3))
    first.save()  # its row now stands behind the others in the table

    def rename() -> None:
        with connection.cursor() as cursor:  # read tables from front to back, as large ones are
            cursor.execute("SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_nestloop = off")
        change_entry(Person.objects.get(pk=owner.pk), by=SYSTEM, full_name="林岚")
        connection.close()

    renaming = Thread(target=rename)
    with transaction.atomic():
        Milestone.objects.select_for_update().get(pk=third.pk)
        renaming.start()
        wait_for(somebody_waits)
        with pytest.raises(DatabaseError), transaction.atomic():
            Milestone.objects.select_for_update(nowait=True).get(pk=first.pk)
    renaming.join(30)
    assert Milestone.objects.filter(remind_at__isnull=False).count() == 3


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None
