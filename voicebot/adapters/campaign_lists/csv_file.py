"""CSV as spreadsheets and city systems write it: UTF-8 with or without BOM, CP949, UTF-16; comma, semicolon
or tab."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from voicebot.errors import ConfigurationError

_CHUNK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 14
_DELIMITERS = (",", "\t", ";")


class CsvRows:
    """Rows of an open CSV file."""

    def __init__(self, path: Path, file: BinaryIO, encoding: str, size: int) -> None:
        self._path = path
        self._file = file
        self._size = size
        self._text = io.TextIOWrapper(file, encoding=encoding, newline="")

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Line (from 1) and cells of each row.

        Raises:
            ConfigurationError: It breaks the format, at the line that the message names.
        """
        head = self._text.readline()
        delimiter = max(_DELIMITERS, key=head.count)
        self._text.seek(0)
        reader = csv.reader(self._text, delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise ConfigurationError(
                f"{self._path}:{line}: not valid CSV ({error}); open it in a spreadsheet and save it anew"
            ) from error

    def part(self) -> float:
        """How much has been read, 0 to 1."""
        return self._file.tell() / self._size if self._size else 1.0


@contextmanager
def open_csv(path: Path) -> Iterator[CsvRows]:
    """Open a CSV file, whatever it is encoded in.

    Raises:
        ConfigurationError: It cannot be read, or is no text.
    """
    try:
        with path.open("rb") as file:
            encoding = _encoding(path, file)
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            rows = CsvRows(path, file, encoding, size)
            yield rows
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}); give an existing file"
        ) from error


def _encoding(path: Path, file: BinaryIO) -> str:
    head = file.read(_HEAD_BYTES)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    marked = head.startswith(codecs.BOM_UTF8)
    candidates = ["utf-8"] if marked else ["utf-8", "cp949"]  # UTF-8 first: CP949 takes nearly any bytes
    problems = []
    for encoding in candidates:
        line = _first_bad_line(file, encoding)
        if line is None:
            return "utf-8-sig" if marked else encoding
        problems.append(line)
    raise ConfigurationError(
        f"{path}:{max(problems)}: neither UTF-8 nor CP949 text; save it as CSV UTF-8 in the spreadsheet"
    )


def _first_bad_line(file: BinaryIO, encoding: str) -> int | None:
    """The first line that is not of an encoding; read whole, since Korean may come late in the file."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        chunk = file.read(_CHUNK_BYTES)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].count(b"\n")
        if not chunk:
            return None
        line += chunk.count(b"\n")
