"""The migration that stands for all before it: who took them one by one arrives at the same models.

That the one step leads to the models as they are, ``makemigrations --check`` sees: it takes that step.
"""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ProjectState
from django.utils import translation

from tests.migrations.steps import SingleSteps


def test_single_steps_lead_to_the_models_as_they_are() -> None:
    loader = SingleSteps(None)
    with translation.override(None):  # else the models' names are the translated ones
        models = ProjectState.from_apps(apps)
        changes = MigrationAutodetector(loader.project_state(), models).changes(loader.graph)
    assert changes.get("roadmap", []) == []
