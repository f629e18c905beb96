"""No field of an entity is forgotten: each column is in the register, and its line agrees with the model."""

from django.db.models import Model

from roadmap.fields import MILESTONE, At
from roadmap.models import Milestone
from roadmap.models.history import told_fields

REGISTERS: list[tuple[type[Model], tuple]] = [(Milestone, MILESTONE)]


def test_every_column_is_in_the_register_once():
    for model, fields in REGISTERS:
        columns = [column.name for column in model._meta.concrete_fields]
        assert sorted(one.name for one in fields if not one.path) == sorted(columns)


def test_what_people_write_is_editable_and_has_its_line_of_the_form():
    for _model, fields in REGISTERS:
        for one in fields:
            assert not one.at & (At.FORM | At.BODY | At.COPY) or one.column.editable, one.name
            assert (one.line is not None) == bool(one.at & (At.FORM | At.LOOK)), one.name


def test_two_days_are_compared_by_nothing_that_the_history_leaves_out():
    for model, fields in REGISTERS:
        told = {column.name for column in told_fields(model)}
        assert {one.name for one in fields if one.differs} <= told
