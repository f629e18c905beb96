"""Check that nothing of the history was altered, removed or put in afterwards."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.chain.head import Head, as_file, current_head, from_file
from roadmap.chain.rows import rows_unlike_their_history
from roadmap.chain.seal import seal_everything
from roadmap.chain.verify import verify_chain
from roadmap.chain.words import finding_text, kind_text, mismatch_text
from roadmap.errors import InvalidChange
from roadmap.management import terminal


class Command(terminal.Command):
    """``manage.py verify_history [--head FILE] [--rows] [--export FILE]``; ends with 1 where something doesn't hold."""

    help = "Verify the chain over the history; says what first was altered, removed or inserted, and then ends with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        """Against what to compare, and where to write the head."""
        parser.add_argument("--head", metavar="FILE", help="a head exported before, kept elsewhere")
        parser.add_argument("--rows", action="store_true", help="also compare every entry with its last history record")
        parser.add_argument("--export", metavar="FILE", help="write the present head there, once all holds")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal what waits, walk the chain, and tell."""
        with translation.override(terminal.terminal_language()):
            head = self._head(options["head"])
            now = clock.now()
            seal_everything(now=now)
            verdict = verify_chain(head=head)
            self.stdout.write(_("%(number)d entries were checked.") % {"number": verdict.checked})
            for kind in verdict.unreadable:
                self.stdout.write(
                    _("Older records of %(kind)s can no longer be read; their checksums are intact.")
                    % {"kind": kind_text(kind)}
                )
            faults = [finding_text(finding) for finding in verdict.found]
            if options["rows"]:
                faults += [mismatch_text(mismatch) for mismatch in rows_unlike_their_history(now=now)]
            if faults:
                raise CommandError("\n".join(faults))
            present = current_head()
            self.stdout.write(
                _("The change records are intact. Latest checksum: %(number)d %(digest)s") % vars(present)
            )
            if options["export"]:
                Path(options["export"]).write_bytes(as_file(present))

    def _head(self, file: str | None) -> Head | None:
        if file is None:
            return None
        try:
            return from_file(Path(file).read_bytes())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except InvalidChange as error:
            raise CommandError(f"{file}: {error.fields['head']}") from error
