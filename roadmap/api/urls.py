"""The map of the API. A new version would get its own router beside ``v1``."""

from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter

from roadmap.api import schema  # noqa: F401 (registers how to sign in with the description's generator)
from roadmap.api.compressing import compressed
from roadmap.api.pages import Description, DescriptionPage, ProblemTypePage, UnknownAddress
from roadmap.api.subscribed import ChangesOpenly, ChangesSecretly, DueDates
from roadmap.api.viewsets import (
    accounts,
    addresses,
    evidence,
    external,
    feed,
    frame,
    indicators,
    milestones,
    people,
    plans,
    reports,
    subscriptions,
    webhooks,
)

app_name = "api"

v1 = DefaultRouter()
v1.include_format_suffixes = False
v1.register("roadmaps", frame.Roadmaps, "roadmap")
v1.register("phases", frame.Phases, "phase")
v1.register("pillars", frame.Pillars, "pillar")
v1.register("workstreams", frame.Workstreams, "workstream")
v1.register("initiatives", frame.Initiatives, "initiative")
v1.register("milestones", milestones.Milestones, "milestone")
v1.register("dependencies", plans.Dependencies, "dependency")
v1.register("baselines", plans.Baselines, "baseline")
v1.register("evidence", evidence.EvidenceFiles, "evidence")
v1.register("progress-updates", reports.ProgressUpdates, "progress-update")
v1.register("external-references", external.ExternalReferences, "external-reference")
v1.register("indicators", indicators.Indicators, "indicator")
v1.register("observations", indicators.Observations, "observation")
v1.register("tokens", accounts.Tokens, "token")
v1.register("digest-subscriptions", subscriptions.DigestSubscriptions, "digest-subscription")
v1.register("webhooks", webhooks.Webhooks, "webhook")
v1.register("service-accounts", accounts.ServiceAccounts, "service-account")
v1.register("leave", people.LeaveOfPeople, "leave")
v1.register("invitations", people.Invitations, "invitation")
v1.register("feeds", addresses.Feeds, "feed")
v1.register("changes", feed.Changes, "change")
v1.register("organisations", frame.Organisations, "organisation")

urlpatterns = [
    path("v1/", include(v1.urls)),
    path("feeds/changes.atom", compressed(ChangesOpenly.as_view()), name="changes-atom"),
    path("feeds/<str:secret>/due-dates.ics", compressed(DueDates.as_view()), name="feed-due-dates"),
    path("feeds/<str:secret>/changes.atom", compressed(ChangesSecretly.as_view()), name="feed-changes"),
    path("schema/", compressed(Description.as_view()), name="schema"),
    path("docs/", DescriptionPage.as_view(), name="docs"),
    path("problems/<slug:name>/", ProblemTypePage.as_view(), name="problem-type"),
    re_path(r"^[\s\S]*\Z", UnknownAddress.as_view(), name="unknown"),
]
