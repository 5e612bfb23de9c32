"""Rows of a list: columns by their headings, mistakes by their lines, numbers as the library reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.campaigns.numbers import check_dialable, dialable_number
from voicebot.campaigns.rows import (
    Columns,
    ListedPerson,
    Problem,
    RowProblem,
    SeenNumbers,
    check_row,
    read_headings,
)
from voicebot.errors import ConfigurationError, PhoneNumberError
from voicebot.records.phone import normalised
from voicebot.records.resident import redacted

ALL = Columns(phone=0, name=1, external_id=2, agreed=3)

AREAS = ["02", "031", "032", "033", "041", "042", "043", "044", "051", "052", "053", "054", "055"]
AREAS += ["061", "062", "063", "064", "011", "016", "019", "070", "050", "060", "080", "15", "1", "0"]
BEGINNINGS = st.sampled_from(["010", "10", "82", "+82", "00", *AREAS])
WRITTEN = st.builds(
    lambda beginning, sign, middle, end: f"{beginning}{sign}{middle}{sign}{end}",
    BEGINNINGS,
    st.sampled_from(["", "-", " ", "."]),
    st.text("0123456789", min_size=2, max_size=4),
    st.text("0123456789", min_size=3, max_size=5),
)


@given(written=WRITTEN)
def test_the_quick_way_says_what_the_library_says(written: str) -> None:
    try:
        slowly = normalised(written)
        check_dialable(slowly)
    except PhoneNumberError:
        slowly = ""
    try:
        quickly = dialable_number(written)
    except PhoneNumberError:
        quickly = ""
    assert quickly == slowly


def test_headings_in_any_order_and_language() -> None:
    assert read_headings("a.csv:1", ["이름", " 휴대폰 번호 ", "동", "수신 동의"]) == Columns(
        phone=1, name=0, agreed=3, left_out=("동",)
    )
    assert read_headings("a.csv:1", ["Phone", "ID", ""]) == Columns(phone=0, external_id=1)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["이름"], r"a\.csv:1: no column of telephone numbers"),
        (["전화번호", "연락처"], r"a\.csv:1: columns 1 and 2 mean the same"),
    ],
)
def test_headings_that_cannot_be_read(cells: list[str], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        read_headings("a.csv:1", cells)


def test_a_good_row() -> None:
    row = check_row(ALL, 7, ["010-1234-5678", " 김영희 ", "A-1", "예"])
    assert row == ListedPerson(7, "+821012345678", "김영희", "A-1", True)
    assert check_row(ALL, 7, ["1012345678"]) == ListedPerson(7, "+821012345678", "", "", False)
    assert check_row(ALL, 7, ["", " ", ""]) is None


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["", "김영희"], Problem.NUMBER),
        (["010-98", ""], Problem.NUMBER),
        (["119", ""], Problem.NUMBER),
        (["+1 202 555 0143", ""], Problem.NUMBER),
        (["060-700-1234", ""], Problem.NUMBER),
        (["01012345678", "김" * 101], Problem.NAME),
        (["01012345678", "김\r\nAction: x"], Problem.NAME),
        (["01012345678", "김영희 900101-2345678"], Problem.NAME),
        (["01012345678", "", "k" * 65], Problem.KEY),
        (["01012345678", "", "900101-2345678"], Problem.KEY),
        (["01012345678", "", "", "아마도"], Problem.AGREED),
        (["01012345678", "", "", "아니오"], Problem.NOT_AGREED),
    ],
)
def test_what_is_wrong_is_told_without_telling_the_row(cells: list[str], problem: Problem) -> None:
    row = check_row(ALL, 12, cells)
    assert isinstance(row, RowProblem) and (row.line, row.problem) == (12, problem)
    assert row.remedy and not any(cell and cell in row.remedy for cell in cells[:3])


NAMED = st.one_of(
    st.text(max_size=14),
    st.text("0123456789- 공일이\n\x7f·김", max_size=16),
    st.from_regex(r"(주민번호 ?|뒷자리 ?)?([0-9]{6}[- ])?[1-4][0-9]{6}", fullmatch=True),
)


@given(name=NAMED, key=NAMED)
def test_no_name_or_id_passes_that_the_records_refuse(name: str, key: str) -> None:
    name, key = name.strip(), key.strip()
    row = check_row(ALL, 7, ["01012345678", name, key, ""])
    broken = any(sign < " " or sign == "\x7f" for sign in name + key)
    if broken or redacted(name) != name or redacted(key) != key:
        assert isinstance(row, RowProblem) and row.problem in (Problem.NAME, Problem.KEY)
    else:
        assert row == ListedPerson(7, "+821012345678", name, key, False)


@given(numbers=st.lists(st.integers(0, 30_000)))
def test_numbers_seen_twice(numbers: list[int]) -> None:
    seen, known = SeenNumbers(), set[int]()
    for number in numbers:
        assert seen.add(f"+8210{number:08}") is (number not in known)
        known.add(number)
