"""A named check that a column holds one of its choices, so that the database enforces the closed lists too."""

from django.db.models import CheckConstraint, Q, TextChoices


def one_of(model: str, field: str, choices: type[TextChoices]) -> CheckConstraint:
    """The constraint ``roadmap_<model>_<field>_known`` over the values of ``choices``."""
    return CheckConstraint(name=f"roadmap_{model}_{field}_known", condition=Q(**{f"{field}__in": choices.values}))
