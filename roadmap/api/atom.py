"""Changes of the plan as an Atom feed (RFC 4287), in the active language. Who may read it is decided by the caller."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import DecimalField
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.api.feed import BY_KIND, with_values_before
from roadmap.models import Change, Milestone, Person
from roadmap.models.bilingual import in_language
from roadmap.models.history import told_fields
from roadmap.models.in_words import in_words, names_of
from roadmap.progress.shown import shown_percent
from roadmap.texts import clean_text


class PlainAtom(Atom1Feed):
    """Texts as texts: as they are for whoever shows one, and with their lines for whoever shows a page."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """The entry's words twice: ``summary`` is text, ``content`` has a paragraph for each line."""
        super().add_item_elements(handler, {**item, "description": None})  # it would write them as markup
        handler.addQuickElement("summary", item["description"], {"type": "text"})
        handler.startElement("content", {"type": "xhtml"})
        handler.startElement("div", {"xmlns": "http://www.w3.org/1999/xhtml"})
        for line in item["description"].splitlines():
            handler.addQuickElement("p", line)
        handler.endElement("div")
        handler.endElement("content")


def atom_of(changes: Sequence[Change], *, path: str) -> bytes:
    """The feed's bytes, the changes in the order given; what isn't kept any more is left out. ``path`` is where the
    feed is read."""
    entries = [entry for entry in with_values_before(changes) if entry["change"] is not None]
    milestones = _milestones(entries)
    names = _names(entries)
    feed = PlainAtom(
        title=_("Changes of the roadmap"),
        link=f"{settings.SITE_URL}/",
        description=None,
        language="zh-Hans" if (get_language() or "").startswith("zh") else "en",
        feed_url=f"{settings.SITE_URL}{path}",
        feed_guid=_tag("changes"),
    )
    for entry in entries:
        by = entry["by"]
        milestone = milestones.get(_milestone_of(entry))
        feed.add_item(
            title=clean_text(_title(entry, milestone)),
            link=f"{settings.SITE_URL}/milestones/{milestone.code}/" if milestone else f"{settings.SITE_URL}/",
            description=clean_text(_text(entry, names[entry["kind"]])),
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


def _text(entry: dict[str, Any], names: dict[tuple[str, Any], str]) -> str:
    """Why, what changed from what to what in the words that people know, and of a report how far and its words."""
    lines = [entry["reason"]] if entry["reason"] else []
    if entry["kind"] == "progressupdate":
        values = entry["values"]
        lines += [f"{shown_percent(Decimal(values['percent_complete']))}%", _localized(values, "narrative")]
    if entry["change"] == "changed":
        for field in _changed(entry):
            before, after = (_in_words(field, entry[state].get(field.attname), names) for state in ("was", "values"))
            lines.append(
                _("%(field)s: %(before)s → %(after)s")
                % {"field": capfirst(str(field.verbose_name)), "before": before, "after": after}
            )
    return "\n".join(filter(None, lines))


def _changed(entry: dict[str, Any]) -> list[Any]:
    """The columns that differ, as far as people know them."""
    return [one for one in told_fields(BY_KIND[entry["kind"]]) if one.attname in entry["changed"]]


def _in_words(field: Any, value: Any, names: dict[tuple[str, Any], str]) -> str:
    is_exact = isinstance(field, DecimalField) and value is not None
    return in_words(field, Decimal(value) if is_exact else value, names)


def _names(entries: Sequence[dict[str, Any]]) -> dict[str, dict[tuple[str, Any], str]]:
    """What the changed columns point to, by kind: a query for each kind of entry that one was exchanged for another."""
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        changed = [field.attname for field in _changed(entry)] if entry["change"] == "changed" else []
        for state in ("was", "values"):
            rows[entry["kind"]].append(SimpleNamespace(**{name: entry[state].get(name) for name in changed}))
    return {kind: names_of(BY_KIND[kind], found, name=_public_name) for kind, found in rows.items()}


def _public_name(entry: Any) -> str:
    return entry.public_name if isinstance(entry, Person) else str(entry)


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
