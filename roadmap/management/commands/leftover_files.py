"""``manage.py leftover_files [--remove] [--hours N]``: stored files of evidence to which nothing leads."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap import clock
from roadmap.editing.leftover_files import leftover_files, remove_leftover_file
from roadmap.management import terminal


class Command(terminal.Command):
    """Lists them; removes them only when it is told to."""

    help = "Lists the stored files of evidence to which no entry and no history leads; removes them with --remove."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to remove, and what is too young to be judged."""
        parser.add_argument("--remove", action="store_true", help="remove them; without it nothing is changed")
        parser.add_argument(
            "--hours", type=int, default=24, metavar="N", help="leave alone what is younger than that (24, at least 1)"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Look, tell, and remove if asked to."""
        with translation.override(terminal.terminal_language()):
            if options["hours"] < 1:
                raise CommandError(_("--hours: give a number from 1."))
            found = leftover_files(stored_before=clock.now() - timedelta(hours=options["hours"]))
            for one in found.files:
                self.stdout.write(f"{one.place}  {filesizeformat(one.size)}  {one.stored_at:%Y-%m-%d}")
            if options["remove"] and found.files and not found.known:
                told = _("No entry refers to any stored file. Do the database and DATA_DIR belong together?")
                raise CommandError(f"{told} {_('Nothing was removed.')}")
            for one in found.files if options["remove"] else ():
                remove_leftover_file(one)
            self.stdout.write(_told(len(found.files), sum(one.size for one in found.files), options["remove"]))


def _told(count: int, size: int, is_removed: bool) -> str:
    if not count:
        return _("Every stored file is referred to.")
    text = (
        ngettext("%(count)d file was removed, %(size)s.", "%(count)d files were removed, %(size)s.", count)
        if is_removed
        else ngettext(
            "%(count)d file, %(size)s, is referred to by nothing; --remove deletes it.",
            "%(count)d files, %(size)s, are referred to by nothing; --remove deletes them.",
            count,
        )
    )
    return text % {"count": count, "size": filesizeformat(size)}
