"""``manage.py monthly_report 2026-11``: the month's report as PDF and workbook files."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.exchange.monthly.content import NoSuchReport, monthly_report
from roadmap.exchange.monthly.files import as_pdf, as_workbook
from roadmap.management import terminal
from roadmap.models import Roadmap
from roadmap.vocabulary import Language


class Command(terminal.Command):
    """Made again, the files of a month that is over are the same, byte for byte."""

    help = "Write the report of a month as PDF and XLSX, as its end was known then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The month, and where to."""
        parser.add_argument("month", metavar="YYYY-MM")
        parser.add_argument("--roadmap", default="", help="its code; the default one without")
        parser.add_argument("--language", choices=Language.values, default="", help="of the terminal without")
        parser.add_argument("--to", type=Path, default=Path(), help="the folder; the present one without")

    def handle(self, *_args: object, **options: Any) -> None:
        """Write both files, and say where they are."""
        with translation.override(options["language"] or terminal.terminal_language()):
            rows = Roadmap.objects.all()
            roadmap = (rows.filter(code=options["roadmap"]) if options["roadmap"] else rows).first()
            if roadmap is None:
                raise CommandError(_("There is no such roadmap."))
            try:
                month = date.fromisoformat(f"{options['month']}-01")
                report = monthly_report(roadmap, month=month, now=clock.now())
            except ValueError as error:
                raise CommandError(_("Write a month as 2026-11.")) from error
            except NoSuchReport as error:
                raise CommandError(str(error.message)) from error
            for suffix, content in (("pdf", as_pdf(report)), ("xlsx", as_workbook(report))):
                file = options["to"] / f"{roadmap.code}-{options['month']}.{suffix}"
                file.write_bytes(content)
                self.stdout.write(str(file))
