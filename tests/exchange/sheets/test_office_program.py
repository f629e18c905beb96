"""LibreOffice opens what we write and saves it again; what it saved is read as what we wrote."""

import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from roadmap.exchange.sheets.kinds import MILESTONES
from roadmap.exchange.sheets.template import template_of
from roadmap.models import Milestone
from tests import factories as make
from tests.exchange.sheets.plan import brought, foretold, make_plan
from tests.exchange.sheets.test_round_trip import exported

pytestmark = [pytest.mark.django_db, pytest.mark.everything]


def saved_again(content: bytes, suffix: str, to: Path, *, form: str = "xlsx") -> bytes:
    """The file, opened and saved by LibreOffice."""
    program = shutil.which("soffice")
    assert program is not None, "LibreOffice is needed: apt-get install libreoffice-calc-nogui"
    given = to / f"given.{suffix}"
    given.write_bytes(content)
    profile = f"-env:UserInstallation=file://{to / 'profile'}"
    utf_8 = "44,34,76,1"  # commas, quotes, UTF-8, from the first line
    opened = [f"--infilter=CSV:{utf_8}"] if suffix == "csv" else []
    wanted = f"csv:Text - txt - csv (StarCalc):{utf_8}" if form == "csv" else form
    command = [
        program,
        profile,
        "--headless",
        *opened,
        "--convert-to",
        wanted,
        "--outdir",
        str(to / "saved"),
        str(given),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (to / "saved" / f"given.{form}").read_bytes()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_export_comes_back_unchanged_from_libreoffice(kind: str, tmp_path: Path) -> None:
    one = make_plan(title_zh="=1+1", title_en="'0012", description_en="two\nlines", tags=["ports"])
    for form in ("xlsx", "csv"):
        again = brought(saved_again(exported(kind, "zh-hans"), kind, tmp_path, form=form))
        assert (again.rows, again.unchanged) == ([], 1), form
    one.refresh_from_db()
    assert one.version == 1


def test_template_filled_in_libreoffice_is_taken(tmp_path: Path) -> None:
    known = make_plan()
    again = tmp_path / "again.xlsx"
    again.write_bytes(saved_again(template_of(MILESTONES, reader=make.make_office_person()), "xlsx", tmp_path))
    book = load_workbook(again)
    sheet = book["Milestones"]
    heads = [cell.value for cell in sheet[1]]
    row = {"code": "made", "title (Chinese)": "新", "title (English)": "New", "initiative": known.initiative.title}
    row |= {"phase": known.phase.title, "planned start": "2026-01-05", "due date": "2026-12-15"}
    for head, value in row.items():
        sheet.cell(2, heads.index(head) + 1).value = value
    book.save(again)
    assert foretold(again.read_bytes()).added == 1
    assert Milestone.objects.count() == 1
