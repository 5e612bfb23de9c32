"""Lists as they come: CSV in any encoding, Excel sheets, and what is no list."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook

from voicebot.adapters.campaign_lists.cells import ListFile
from voicebot.errors import ConfigurationError

TEXT = "전화번호,이름\r\n010-1234-5678,김영희\r\n"
ROWS = [(1, ["전화번호", "이름"]), (2, ["010-1234-5678", "김영희"])]


def _read(path: Path) -> list[tuple[int, list[str]]]:
    with ListFile(path=path).open() as rows:
        found = list(rows)
        assert rows.part() == 1.0
        return found


def _written(folder: Path, content: bytes, name: str = "list.csv") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_csv_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    assert _read(_written(tmp_path, TEXT.encode(encoding))) == ROWS


@pytest.mark.parametrize("sign", [";", "\t"])
def test_csv_with_other_signs_between(tmp_path: Path, sign: str) -> None:
    assert _read(_written(tmp_path, TEXT.replace(",", sign).encode())) == ROWS


def test_korean_that_comes_late_in_the_file(tmp_path: Path) -> None:
    lines = ["phone,name", *["01012345678,"] * 200_000, "01012345678,김영희", ""]
    assert _read(_written(tmp_path, "\n".join(lines).encode("cp949")))[-1] == (
        200_002,
        ["01012345678", "김영희"],
    )


def test_lines_are_those_where_a_row_begins(tmp_path: Path) -> None:
    content = b'phone,name\n"010\n1",x\n\n010,y\n'
    assert _read(_written(tmp_path, content)) == [
        (1, ["phone", "name"]),
        (2, ["010\n1", "x"]),
        (4, []),
        (5, ["010", "y"]),
    ]


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (b'phone\n"010', "list.csv", "list.csv:2: not valid CSV"),
        (b"phone\n010\n\xff\xff\n", "list.csv", "list.csv:3: neither UTF-8 nor CP949"),
        (b"\xef\xbb\xbfphone\n\xb1\xe8\n", "list.csv", "list.csv:2: neither UTF-8"),
        (b"x", "list.xls", "save the old .xls sheet"),
        (b"x", "list.pdf", "give a list as .csv or .xlsx"),
        (b"x", "list.xlsx", "not an Excel workbook"),
    ],
)
def test_what_is_no_list(tmp_path: Path, content: bytes, name: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem.replace(".", r"\.")):
        _read(_written(tmp_path, content, name))


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx"])
def test_a_list_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        _read(tmp_path / name)


def test_a_sheet(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(["전화번호", "이름", "동의일"])
    sheet.append(["010-1234-5678", "김영희", dt.date(2026, 12, 1)])
    sheet.append([1012345679, None])
    sheet.append([1012345670.0, "박"])
    workbook.save(tmp_path / "list.xlsx")
    with ListFile(path=tmp_path / "list.xlsx").open() as rows:
        found = list(rows)
    assert [cells[:2] for _, cells in found] == [
        ["전화번호", "이름"],
        ["010-1234-5678", "김영희"],
        ["1012345679", ""],
        ["1012345670", "박"],
    ]
    assert [line for line, _ in found] == [1, 2, 3, 4]
