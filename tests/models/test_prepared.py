"""Prepared statements give what the framework's queries give, and outlive a connection that the server closed."""

from datetime import UTC, date, datetime

import pytest
from django.db import OperationalError, connection, transaction

from roadmap.api.authentication import TOKENS
from roadmap.api.validators import stand_columns
from roadmap.editing.tokens import digest_of, make_token
from roadmap.models import ApiToken, Milestone
from roadmap.models.history import SYSTEM
from roadmap.models.prepared import Prepared, PreparedLookup
from tests import factories as make

pytestmark = pytest.mark.on_postgresql

NOW = datetime(2026, 11, 23, 4, 0, 30, 123456, tzinfo=UTC)
CODES = Prepared("SELECT code FROM roadmap_milestone WHERE due_on <= %s ORDER BY id", [None])
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")


def token_of(person):
    _token, text = make_token(person, by=SYSTEM, now=NOW, name="t")
    return digest_of(text)


def values(found):
    return {field.attname: getattr(found, field.attname) for field in found._meta.concrete_fields}


@pytest.mark.both_databases("roadmap.models.prepared")
@pytest.mark.django_db
@pytest.mark.parametrize("has_organisation", [True, False])
def test_lookup_gives_what_its_queryset_gives_in_one_query(has_organisation, django_assert_num_queries):
    milestone = make.make_milestone(organisation=make.make_organisation())
    person = make.make_person(organisation=milestone.organisation if has_organisation else None)
    digest = token_of(person)
    token_of(make.make_person())
    asked = ApiToken.objects.select_related("person__organisation").annotate(**stand_columns()).get(digest=digest)
    with django_assert_num_queries(1):
        found = TOKENS.first(digest)
        assert (values(found), values(found.person)) == (values(asked), values(asked.person))
        assert found.person.organisation == asked.person.organisation
    assert (found.stand_revision, found.stand_zones) == (asked.stand_revision, asked.stand_zones)
    assert not found._state.adding


@pytest.mark.django_db
def test_lookup_finds_nothing_for_other_values():
    token_of(make.make_person())
    assert TOKENS.first("0" * 64) is None
    assert TOKENS.first("' OR 1=1 --") is None


@pytest.mark.django_db
def test_lookup_takes_one_value_only():
    two = PreparedLookup(lambda code: Milestone.objects.filter(code=code, title_en="x"))
    with pytest.raises(ValueError, match="More than one value"):
        two.first("m")


@pytest.mark.django_db
def test_statement_is_asked_again_with_other_values_and_sees_what_was_written():
    first = make.make_milestone(due_on=date(2026, 3, 1))
    for _ in range(5):
        assert CODES.rows(first.due_on) == [(first.code,)]
    second = make.make_milestone(due_on=first.due_on)
    assert CODES.rows(first.due_on) == [(first.code,), (second.code,)]
    assert CODES.rows(date(2026, 2, 1)) == []


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_first_question_outlives_a_connection_that_the_server_closed():
    day = make.make_milestone().due_on
    assert len(CODES.rows(day)) == 1
    _close_from_the_server()
    assert len(CODES.first_rows(day)) == 1
    _close_from_the_server()
    with pytest.raises(OperationalError):
        CODES.rows(day)
    connection.close()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_a_lost_connection_is_told():
    day = make.make_milestone().due_on
    with pytest.raises(OperationalError):
        _ask_in_a_transaction_whose_connection_is_lost(day)
    connection.close()


@on_postgresql
@pytest.mark.django_db
def test_server_keeps_the_plan():
    for _ in range(5):
        CODES.rows(NOW.date())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT code FROM%'")
        assert cursor.fetchone() == (1,)


def _ask_in_a_transaction_whose_connection_is_lost(day: date) -> None:
    with transaction.atomic():
        _close_from_the_server()
        CODES.first_rows(day)


def _close_from_the_server() -> None:
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    other.close()
