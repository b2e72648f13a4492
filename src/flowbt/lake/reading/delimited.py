"""CSV, TSV and similar files: find the header, the lines above it and a last line that is not a row, and read blocks of rows.

Polars would accept UTF-16 and NUL bytes as letters, and an HTML page as a table with one column. Such a file is a `RejectedFileError`
here. Cells stay text; they are converted to values later.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.parallel import prefetch
from flowbt.lake.reading.delimited_block import parse_block
from flowbt.lake.reading.names import OUTSIDE, folded, lacking, numbered
from flowbt.lake.reading.shape import Shape
from flowbt.lake.reading.sources import Source

BLOCK: Final = 12 << 20
"""Bytes of text per block: large enough to keep the parser busy, small enough to limit memory."""
LONGEST_LINE: Final = 1 << 20
PREAMBLE_LINES: Final = 10
SEPARATORS: Final = (",", "\t", ";", "|")
_BOM: Final = b"\xef\xbb\xbf"
_BRACKETED: Final = re.compile(rb"<[A-Za-z_ ]+>[,;\t|]")
"""The beginning of a header such as `<TICKER>,<DATE>,<CLOSE>`, as Stooq, MetaStock and MetaTrader write it."""


class DelimitedFile:
    """A file of lines with cells separated by commas, tabs, semicolons or vertical bars."""

    def __init__(self, source: Source, head: bytes) -> None:
        self._source = source
        head = head.removeprefix(_BOM)
        _refuse_other_text(head)
        lines = head.replace(b"\r\n", b"\n").decode(errors="replace").split("\n")
        self._lines = lines[: PREAMBLE_LINES + 1]
        if not any(line.strip() for line in lines):
            raise RejectedFileError("EMPTY", "the file has no text")
        if "\r" in lines[0].rstrip("\r"):
            raise RejectedFileError("NOT_CSV", "its lines end with CR only: save it with line ends of LF or CRLF")

    def names(self, shape: Shape) -> list[str]:
        """The names in the first line with all columns of the shape, or else in the line with most of them.

        Values from the lines above the header and from the last line are added as `$.name`, if the shape has patterns for them.
        """
        line, _, names = self._header(shape)
        # finding the last line needs the whole file, so it is read only if the header fits
        footer = b"" if lacking(_inside(shape), names) else self._footer(shape)
        outside = self._outside(shape, line, footer)
        return [*names, *(f"{OUTSIDE}{name}" for name, value in outside.items() if value is not None)]

    def row_paths(self) -> list[str]:
        """The empty path: the file is one table."""
        return [""]

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """The rows below the header.

        Raises:
            RejectedFileError: the file is not a table, a row is too short or too long, or the text is not UTF-8.
        """
        line, separator, names = self._header(shape)
        if len(names) < 2:
            raise RejectedFileError("NOT_CSV", f"no comma in the first line '{self._lines[line].strip()[:60]}'")
        footer = self._footer(shape)
        outside = self._outside(shape, line, footer)
        for frame in prefetch(self._frames(line + 1, names, separator, shape, footer)):
            if frame.height:
                yield frame.with_columns(
                    pl.lit(value, pl.String).alias(f"{OUTSIDE}{name}") for name, value in outside.items()
                )

    def _frames(
        self, skipped: int, names: list[str], separator: str, shape: Shape, footer: bytes
    ) -> Iterator[pl.DataFrame]:
        first = skipped + 1
        for data in self._pieces(skipped, footer):
            yield parse_block(data, names, separator, first, shape.numbers)
            first += data.count(b"\n")

    def _header(self, shape: Shape) -> tuple[int, str, list[str]]:
        """The number of the header's line, the separator of its cells, and its names."""
        if not shape.header:
            return self._fullest_line()
        wanted = _inside(shape)
        nearest: tuple[int, str, list[str]] | None = None
        most = -1
        for number, line in enumerate(self._lines):
            if not line.strip():
                continue
            for separator in SEPARATORS:
                names = numbered(_cells(line, separator))
                present = len(wanted) - len(lacking(wanted, names))
                if present == len(wanted) and len(names) > 1:
                    return number, separator, names
                if present > most and len(names) > 1:
                    nearest, most = (number, separator, names), present
            if nearest is None:
                nearest, most = (number, ",", [folded(line)]), 0
        assert nearest is not None  # noqa: S101 (the file has a line with text)
        return nearest

    def _fullest_line(self) -> tuple[int, str, list[str]]:
        """The line with the most names, if nothing else identifies the header."""
        split = [
            (number, separator, numbered(_cells(line, separator)))
            for number, line in enumerate(self._lines)
            for separator in SEPARATORS
            if line.strip()
        ]
        return max(split, key=lambda one: (len([name for name in one[2] if not _is_number(name)]), -one[0]))

    def _outside(self, shape: Shape, line: int, footer: bytes) -> dict[str, str | None]:
        """Values from the lines above the header and from the last line, by name."""
        above = _matches(shape.preamble, "\n".join(self._lines[:line]))
        return above | _matches(shape.footer, footer.decode(errors="replace"))

    def _footer(self, shape: Shape) -> bytes:
        """The last line, if it matches a footer of the shape; empty otherwise."""
        if not shape.footer:
            return b""
        last = b""
        with self._source.opened() as stream:
            while piece := stream.read(BLOCK):
                last = (last + piece).rstrip()[-LONGEST_LINE:].rpartition(b"\n")[2]
        text = last.decode(errors="replace")
        return last if any(re.search(pattern, text) for pattern in shape.footer.values()) else b""

    def _pieces(self, skipped: int, footer: bytes) -> Iterator[bytes]:
        """The bytes between the first lines and the footer, in pieces of whole lines."""
        with self._source.opened() as stream:
            rest = stream.read(BLOCK).removeprefix(_BOM)
            for _ in range(skipped):
                rest = rest.partition(b"\n")[2]
            while True:
                piece = stream.read(BLOCK)
                if not piece:
                    break
                rest += piece
                end = _last_line_end(rest)
                if end:
                    if whole := _without(footer, rest[:end]):
                        yield whole
                    rest = rest[end:]
                if len(rest) > BLOCK + LONGEST_LINE:
                    raise RejectedFileError("LINE_TOO_LONG", f"a line of more than {LONGEST_LINE:,} bytes")
            if _without(footer, rest).strip():
                yield _without(footer, rest)


def _last_line_end(data: bytes) -> int:
    """The end of the last complete line; line ends between quotes do not count."""
    end = data.rfind(b"\n") + 1
    if b'"' in data:
        while end and data.count(b'"', 0, end) % 2:
            end = data.rfind(b"\n", 0, end - 1) + 1
    return end


def _cells(line: str, separator: str) -> list[str]:
    try:
        row = next(csv.reader([line.rstrip("\r")], delimiter=separator, skipinitialspace=True), [])
    except csv.Error as error:
        raise RejectedFileError("NOT_CSV", str(error)) from None
    return [folded(cell) for cell in row]


def _inside(shape: Shape) -> set[str]:
    """The columns of a header that are in the header's line."""
    return {name for name in shape.header if not name.startswith(OUTSIDE)}


def _is_number(cell: str) -> bool:
    return not cell or bool(re.fullmatch(r"[-+\d.,:/%$ ]*", cell))


def _without(footer: bytes, data: bytes) -> bytes:
    return data.rstrip().removesuffix(footer) if footer and data.rstrip().endswith(footer) else data


def _matches(patterns: Mapping[str, str], text: str) -> dict[str, str | None]:
    matches = {name: re.search(pattern, text) for name, pattern in patterns.items()}
    return {name: match.group(1) if match else None for name, match in matches.items()}


def _refuse_other_text(data: bytes) -> None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise RejectedFileError("NOT_UTF8", "it is UTF-16 or contains NUL bytes: save it as UTF-8")
    if data.lstrip()[:1] == b"<" and not _BRACKETED.match(data.lstrip()):
        raise RejectedFileError(
            "NOT_CSV", "it is an HTML or XML page, as a server sends it if it is busy or requires a login"
        )
