"""Every kind of entry keeps its history, or is listed with the reason why it doesn't."""

from django.apps import apps

from roadmap.models import (
    ApiToken,
    DeliveryGate,
    DigestSubscription,
    FeedAddress,
    Milestone,
    Person,
    ProgressUpdate,
    SuppressedAddress,
    Webhook,
)
from roadmap.models.history import historised_models, tracked_columns
from roadmap.models.without_history import REASONS

# Columns that the machinery moves, or that nobody may read: what history leaves out, of each kind
LEFT_OUT = {
    Milestone: {"remind_at"},
    Person: {"password", "last_login"},
    ProgressUpdate: {"door"},  # each change has its own
    ApiToken: {"digest", "last_used_on"},
    FeedAddress: {"digest"},
    SuppressedAddress: {"message_id"},
    Webhook: {"salt", "failing_since"},
    DigestSubscription: {"covered_until", "next_issue_at", "is_first_wanted"},
    DeliveryGate: {
        "strikes",
        "closed_until",
        "probes",
        "identity",
        "sent_total",
        "pulse",
        "place",
        "last_tick_at",
        "minute_began_at",
        "taken_in_minute",
    },
}


def test_every_model_keeps_its_history_or_says_why_not() -> None:
    ours = {model.__name__ for model in apps.get_app_config("roadmap").get_models()}
    histories = {model.history.model.__name__ for model in historised_models()}  # type: ignore[attr-defined]
    assert ours - histories - {model.__name__ for model in historised_models()} == set(REASONS)
    assert all(len(str(reason)) > 6 for reason in REASONS.values())


def test_history_leaves_out_only_what_the_machinery_moves_and_secrets() -> None:
    left_out = {
        model: {field.attname for field in model._meta.concrete_fields} - set(tracked_columns(model))
        for model in historised_models()
    }
    assert {model: names for model, names in left_out.items() if names} == LEFT_OUT
