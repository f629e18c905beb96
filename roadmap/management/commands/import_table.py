"""``manage.py import_table FILE``: take in a table of entries, all of it or nothing; ``--dry-run`` only shows."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.errors import BadTable, RoadmapError
from roadmap.exchange.sheets.bring import Brought, bring_in, foretell, refuse_large
from roadmap.exchange.sheets.kinds import KINDS
from roadmap.management import terminal
from roadmap.models.history import Actor
from roadmap.vocabulary import Door


class Command(terminal.Command):
    """Safe to run again: the same file changes nothing the second time. A bad file changes nothing at all."""

    help = "Take in a table (XLSX or CSV) as exported, changed in a spreadsheet program: all of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, what it is of, and why."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--of", choices=sorted(KINDS), default="milestones", help="what the rows are")
        parser.add_argument("--reason", default="", help="why; kept in the change record of each entry")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")

    def handle(self, *_args: object, **options: Any) -> None:
        """Show or apply; each fault goes to standard error with sheet, row and column."""
        with translation.override(terminal.terminal_language()):
            file, kind = options["file"], KINDS[options["of"]]
            common: dict[str, Any] = {"by": Actor(None, Door.COMMAND), "now": clock.now(), "reason": options["reason"]}
            try:
                refuse_large(file.stat().st_size)
                content = file.read_bytes()
                brought = (foretell if options["dry_run"] else bring_in)(content, kind, **common)
            except OSError as error:
                raise CommandError(str(error)) from error
            except BadTable as error:
                told = list(map(str, error.faults))
                if error.more:
                    told.append(_("and %(count)d more") % {"count": error.more})
                raise CommandError("\n".join([*told, _("Nothing was taken in.")])) from error
            except RoadmapError as error:
                raise CommandError(f"{error.message}\n{_('Nothing was taken in.')}") from error
            for line in _lines(brought):
                self.stdout.write(line)
            if options["dry_run"]:
                self.stdout.write(_("Nothing was written."))


def _lines(brought: Brought) -> Iterator[str]:
    for row in brought.rows:
        yield _("row %(row)d") % {"row": row.row} + f": {row.title}" + (f" ({_('new')})" if row.is_new else "")
        yield from (f"  {one.label}: {one.before} → {one.after}" for one in row.changes)
        yield from (f"  {one}" for one in row.effects)
    numbers = {"changed": brought.changed, "added": brought.added, "unchanged": brought.unchanged}
    yield _("To change: %(changed)s · to add: %(added)s · unchanged: %(unchanged)s") % numbers
    if brought.ignored:
        yield _("Columns that change nothing:") + " " + ", ".join(brought.ignored)
    if brought.left_out:
        yield _("Sheets that aren’t read:") + " " + ", ".join(brought.left_out)
