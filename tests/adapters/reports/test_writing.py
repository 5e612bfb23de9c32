"""Files of reports, opened again by those who read them: csv, Excel, an HTML parser."""

from __future__ import annotations

import csv
import errno
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.reports.sample import NOON
from voicebot.adapters.reports import writing
from voicebot.adapters.reports.page import page
from voicebot.adapters.reports.spreadsheet import table_file
from voicebot.adapters.reports.writing import write_document
from voicebot.errors import ConfigurationError, RecordsError
from voicebot.reports.document import (
    Chart,
    Column,
    Document,
    Figure,
    Point,
    Row,
    Table,
    Urgency,
)

FORMULAS = (
    "=1+1",
    "+82",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u3000=1",
    "\ufeff=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM",
)
HARMLESS = ("김영희", "1=1", "", "2026-11-22")
HOSTILE = "</td><script>alert(1)</script>&\"'<"

TABLE = Table(
    key="people",
    heading="대상자: [목록]/*?",
    columns=(Column(key="name", heading="이름", wide=True), Column(key="count", heading="수")),
    rows=(
        Row(cells=(HOSTILE, 12_345), urgency=Urgency.URGENT),
        Row(cells=("둘째\n줄", 7)),
        Row(cells=("모두", 12_352), total=True),
    ),
    note="메모 <b>",
    ticked=True,
)
EMPTY = Table(key="none", heading="빈 표", columns=TABLE.columns, rows=(), empty="없습니다.")
CHART = Chart(
    key="chart",
    heading="그림 <1>",
    points=tuple(Point(label=f"11-{day:02}", value=day % 4) for day in range(1, 29)),
    ticks=((0, "없음"), (3, "<지금>")),
)
DOCUMENT = Document(
    title="하루 통화 보고",
    subject='일요일 "</style>',
    made_at=NOON,
    figures=(Figure(key="n", name="건수", value=3, note="<i>", urgency=Urgency.TODAY),),
    sections=(TABLE, CHART, EMPTY),
    notice="파기해 주세요.",
    signed_by=("담당", "과장"),
)


def _one(text: str) -> Document:
    rows = (Row(cells=(text, -5)),)
    return replace(DOCUMENT, title=text, subject=text, sections=(replace(TABLE, heading=text, rows=rows),))


class _Page(HTMLParser):
    """Collects tags, cells and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.style = ""
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "onload")]
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        inside = self.tags[-1] if self.tags else ""
        if inside == "style":
            self.style += data
        elif self.cells and inside in ("td", "br"):
            self.cells[-1] += data.strip()


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_computed(text: str, tmp_path: Path) -> None:
    write_document(tmp_path / "day.csv", _one(text))
    with (tmp_path / "day.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert cells.count(f"'{text}") == 4  # title, subject, heading, cell
    assert "-5" in cells
    write_document(tmp_path / "day.xlsx", _one(text))
    book = load_workbook(tmp_path / "day.xlsx")
    kept = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in kept if cell.data_type == "f"]
    assert not [cell for cell in kept if isinstance(cell.value, str) and cell.value.startswith(text)]
    assert -5 in [cell.value for cell in kept]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays_as_it_is(text: str, tmp_path: Path) -> None:
    with table_file(tmp_path / "one.csv", "표") as add:
        add((text, 1))
    assert (tmp_path / "one.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "one.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)) == [text, "1"]


def test_tables_as_csv(tmp_path: Path) -> None:
    write_document(tmp_path / "day.CSV", DOCUMENT)
    with (tmp_path / "day.CSV").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["하루 통화 보고", '일요일 "</style>']
    assert rows[1] == ["만든 때", "2026-11-22 12:00"] and rows[2] == ["건수", "3", "<i>"]
    assert rows[3:7] == [[], [TABLE.heading], ["이름", "수"], [HOSTILE, "12345"]]
    assert rows[-3:] == [["빈 표"], ["이름", "수"], ["없습니다."]]


def test_tables_as_a_workbook(tmp_path: Path) -> None:
    write_document(tmp_path / "day.xlsx", DOCUMENT)
    book = load_workbook(tmp_path / "day.xlsx")
    assert book.sheetnames == ["요약", "대상자   목록    ", "빈 표"]
    sheet = book.worksheets[1]
    assert [cell.value for cell in sheet[2]] == [HOSTILE, 12_345]
    assert sheet.freeze_panes == "A2"


def test_signs_and_lengths_that_no_workbook_holds(tmp_path: Path) -> None:
    with table_file(tmp_path / "one.xlsx", "표") as add:
        add(("\x00김\x0b영희\ufffe", "가" * 40_000))
    first, second = next(load_workbook(tmp_path / "one.xlsx").worksheets[0].iter_rows(values_only=True))
    assert first == "김영희" and second == "가" * 32_767


def test_the_page_is_escaped_and_needs_nothing_else() -> None:
    text = page(DOCUMENT)
    read = _Page(text)
    assert "script" not in read.tags and not read.links and "http" not in text.replace("http-equiv", "")
    assert HOSTILE in read.cells and "12,345" in read.cells and "둘째줄" in read.cells
    assert read.tags.count("style") == 1 and "</style" not in read.style
    assert "default-src 'none'" in text and 'lang="ko"' in text
    assert "@media print" in read.style and "size: A4" in read.style
    assert "table-header-group" in read.style and "sans-serif" in read.style
    assert r"\000022\00003c\00002fstyle\00003e" in read.style
    assert text.count('<td class="box">') == len(TABLE.rows)
    assert "없습니다." in text and "<svg" in text and "&lt;지금&gt;" in text
    assert read.cells[:2] == ["", ""]  # the boxes for signatures: their words are in spans


def test_a_chart_names_only_as_many_days_as_have_room() -> None:
    assert 5 <= page(DOCUMENT).count('text-anchor="middle"') <= 10


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_half_a_table_takes_no_place(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    with table_file(file, "표") as add:
        add(("어제",))
    yesterday = file.read_bytes()
    with pytest.raises(RecordsError, match="gone"), table_file(file, "표") as add:
        add(("오늘",))
        raise RecordsError("the database is gone")
    assert file.read_bytes() == yesterday and list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["day.csv", "day.xlsx", "day.html"])
def test_a_full_disk_leaves_the_report_of_yesterday(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / name
    write_document(file, DOCUMENT)
    file.chmod(0o640)
    yesterday = file.read_bytes()

    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(writing, "_write_table", full)
        patched.setattr(Path, "write_text", full)
        with pytest.raises(ConfigurationError, match=rf"{name}: cannot be written \(No space left"):
            write_document(file, DOCUMENT)
    assert file.read_bytes() == yesterday and list(tmp_path.iterdir()) == [file]
    link = tmp_path / f"link{file.suffix}"
    link.symlink_to(file)
    write_document(link, replace(DOCUMENT, title="오늘"))
    assert link.is_symlink() and file.read_bytes() != yesterday
    assert file.stat().st_mode & 0o777 == 0o640  # who may read it stays


def test_the_number_of_a_case_is_written_as_commands_take_it() -> None:
    columns = (Column(key="number", heading="번호", names=True), Column(key="count", heading="수"))
    table = replace(TABLE, columns=columns, rows=(Row(cells=(10_001, 10_001)),))
    assert _Page(page(replace(DOCUMENT, sections=(table,)))).cells[-2:] == ["10001", "10,001"]


@pytest.mark.parametrize("name", ["day.csv", "day.xlsx", "day.html"])
def test_where_nothing_can_be_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"{name}: cannot be written .* choose another"):
        write_document(tmp_path / "missing" / name, DOCUMENT)
