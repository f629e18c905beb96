"""All that is stored but history and the feed of changes, to compare two states of the database."""

from typing import Any

from django.apps import apps

LOGS = {"Change", "Revision", "RevisedBlock"}  # what has happened stays told


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables but those that tell what happened, by the model's name."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in apps.get_app_config("roadmap").get_models()
        if not model.__name__.startswith("Historical") and model.__name__ not in LOGS
    }
