"""Changes of the plan as an Atom feed (RFC 4287), in the active language. Who may read it is decided by the caller."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.api.feed import BY_KIND, entries_of
from roadmap.models import Change, Milestone
from roadmap.models.bilingual import in_language
from roadmap.progress.shown import shown_percent
from roadmap.texts import clean_text


def atom_of(changes: Sequence[Change]) -> bytes:
    """The feed's bytes, the changes in the order given; what isn't kept any more is left out."""
    entries = [entry for entry in entries_of(changes) if entry["change"] is not None]
    milestones = _milestones(entries)
    feed = Atom1Feed(
        title=_("Changes of the roadmap"),
        link=f"{settings.SITE_URL}/",
        description=None,
        language="zh-Hans" if (get_language() or "").startswith("zh") else "en",
        feed_guid=_tag("changes"),
    )
    for entry in entries:
        by = entry["by"]
        milestone = milestones.get(_milestone_of(entry))
        feed.add_item(
            title=clean_text(_title(entry, milestone)),
            link=f"{settings.SITE_URL}/milestones/{milestone.code}/" if milestone else f"{settings.SITE_URL}/",
            description=clean_text(_text(entry)),
            author_name=clean_text(by["name"]) if by else _("The system"),
            unique_id=_tag(f"change:{entry['cursor']}"),
            updateddate=entry["at"],
            pubdate=entry["at"],
        )
    written: str = feed.writeString("utf-8")
    return written.encode()


def _title(entry: dict[str, Any], milestone: Milestone | None) -> str:
    """What happened to what: an entry without a name of its own is known by its milestone."""
    values = entry["values"]
    own = _localized(values, "title") or _localized(values, "name") or values.get("code")
    named = own or (milestone.title if milestone else entry["object"])
    words = {"kind": capfirst(str(BY_KIND[entry["kind"]]._meta.verbose_name)), "named": named}
    match entry["change"]:
        case "created":
            return _("%(kind)s added: %(named)s") % words
        case "deleted":
            return _("%(kind)s deleted: %(named)s") % words
        case _:
            return _("%(kind)s changed: %(named)s") % words


def _text(entry: dict[str, Any]) -> str:
    """Why, for a change what, by the names that people know, and of a report how far and its words."""
    lines = [entry["reason"]] if entry["reason"] else []
    if entry["kind"] == "progressupdate":
        values = entry["values"]
        lines += [f"{shown_percent(Decimal(values['percent_complete']))}%", _localized(values, "narrative")]
    if entry["change"] == "changed":
        model = BY_KIND[entry["kind"]]
        names = {field.attname: str(field.verbose_name) for field in model._meta.concrete_fields}
        lines.append(", ".join(names.get(name, name) for name in entry["changed"]))
    return "\n".join(filter(None, lines))


def _milestones(entries: Sequence[dict[str, Any]]) -> dict[int | None, Milestone]:
    """Where pages are to lead to: milestones that are still there (one query)."""
    asked = {pk for entry in entries if (pk := _milestone_of(entry)) is not None}
    found = Milestone.objects.filter(pk__in=asked).order_by().only("code", "title_zh", "title_en")
    return {milestone.pk: milestone for milestone in found}


def _localized(values: dict[str, Any], name: str) -> str:
    return in_language(values.get(f"{name}_zh") or "", values.get(f"{name}_en") or "", get_language())


def _milestone_of(entry: dict[str, Any]) -> int | None:
    found: int | None = entry["object"] if entry["kind"] == "milestone" else entry["values"].get("milestone_id")
    return found


def _tag(name: str) -> str:
    """A lasting name (RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{name}"
