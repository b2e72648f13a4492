"""CSV, TSV and their kin, in blocks of rows, with everything noticed that polars would pass over in silence.

Polars fills up a row that lacks its last cells, reads UTF-16 and NUL bytes as letters, and takes a page of HTML for a table
of one column. Each of these is a `RejectedFileError` here. Every cell stays text: what a value is, is decided later.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.parallel import prefetch
from flowbt.lake.reading.names import OUTSIDE, folded, lacking, numbered
from flowbt.lake.reading.shape import Shape
from flowbt.lake.reading.sources import Source

BLOCK: Final = 12 << 20
"""Bytes of text at a time: enough to keep the reader busy, few enough that memory stays small."""
LONGEST_LINE: Final = 1 << 20
PREAMBLE_LINES: Final = 10
SEPARATORS: Final = (",", "\t", ";", "|")
_BOM: Final = b"\xef\xbb\xbf"
_BRACKETED: Final = re.compile(rb"<[A-Za-z_ ]+>[,;\t|]")
"""The beginning of a header such as `<TICKER>,<DATE>,<CLOSE>`, as Stooq, MetaStock and MetaTrader write it."""


class DelimitedFile:
    """A file of lines, the cells of a line separated by commas, tabs, semicolons or bars."""

    def __init__(self, source: Source, head: bytes) -> None:
        self._source = source
        head = head.removeprefix(_BOM)
        _refuse_other_text(head)
        lines = head.replace(b"\r\n", b"\n").decode(errors="replace").split("\n")
        self._lines = lines[: PREAMBLE_LINES + 1]
        if not any(line.strip() for line in lines):
            raise RejectedFileError("EMPTY", "the file has no text")
        if "\r" in lines[0].rstrip("\r"):
            raise RejectedFileError("NOT_CSV", "its lines end in CR alone: save it with line ends of LF or CRLF")

    def names(self, shape: Shape) -> list[str]:
        """The names in the first line that has all of the shape's, else in the one that has most of them.

        With them, as `$.name`, what the lines above it and the last line say where the shape asks for it.
        """
        line, _, names = self._header(shape)
        # who looks for the last line reads the whole file: only where the rest fits
        footer = b"" if lacking(_inside(shape), names) else self._footer(shape)
        said = self._outside(shape, line, footer)
        return [*names, *(f"{OUTSIDE}{name}" for name, value in said.items() if value is not None)]

    def row_paths(self) -> list[str]:
        """It is one table."""
        return [""]

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """The rows below the header.

        Raises:
            RejectedFileError: no table, rows that are too short or too long, or text that is not UTF-8.
        """
        line, separator, names = self._header(shape)
        if len(names) < 2:
            raise RejectedFileError("NOT_CSV", f"no comma in the first line '{self._lines[line].strip()[:60]}'")
        footer = self._footer(shape)
        said = self._outside(shape, line, footer)
        for frame in prefetch(self._frames(line + 1, names, separator, shape, footer)):
            if frame.height:
                yield frame.with_columns(
                    pl.lit(value, pl.String).alias(f"{OUTSIDE}{name}") for name, value in said.items()
                )

    def _frames(
        self, skipped: int, names: list[str], separator: str, shape: Shape, footer: bytes
    ) -> Iterator[pl.DataFrame]:
        first = skipped + 1
        for data in self._pieces(skipped, footer):
            yield _parsed(data, names, separator, first, shape.numbers)
            first += data.count(b"\n")

    def _header(self, shape: Shape) -> tuple[int, str, list[str]]:
        """Number of the header's line, what separates its cells, and its names."""
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
                held = len(wanted) - len(lacking(wanted, names))
                if held == len(wanted) and len(names) > 1:
                    return number, separator, names
                if held > most and len(names) > 1:
                    nearest, most = (number, separator, names), held
            if nearest is None:
                nearest, most = (number, ",", [folded(line)]), 0
        assert nearest is not None  # noqa: S101 (the file has a line with text)
        return nearest

    def _fullest_line(self) -> tuple[int, str, list[str]]:
        """The line with the most names, where nothing else says which is the header."""
        split = [
            (number, separator, numbered(_cells(line, separator)))
            for number, line in enumerate(self._lines)
            for separator in SEPARATORS
            if line.strip()
        ]
        return max(split, key=lambda one: (len([name for name in one[2] if not _is_number(name)]), -one[0]))

    def _outside(self, shape: Shape, line: int, footer: bytes) -> dict[str, str | None]:
        """What the lines above the header and the last line say, by name."""
        above = _found(shape.preamble, "\n".join(self._lines[:line]))
        return above | _found(shape.footer, footer.decode(errors="replace"))

    def _footer(self, shape: Shape) -> bytes:
        """The last line, where the shape has a footer and the line is one; empty otherwise."""
        if not shape.footer:
            return b""
        last = b""
        with self._source.opened() as stream:
            while piece := stream.read(BLOCK):
                last = (last + piece).rstrip()[-LONGEST_LINE:].rpartition(b"\n")[2]
        text = last.decode(errors="replace")
        return last if any(re.search(pattern, text) for pattern in shape.footer.values()) else b""

    def _pieces(self, skipped: int, footer: bytes) -> Iterator[bytes]:
        """The bytes between the first lines and the footer, in pieces that end where a line does."""
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
    """Where the last whole line ends; a line end between quotes is none."""
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
    """The columns of a header that stand in the header's line."""
    return {name for name in shape.header if not name.startswith(OUTSIDE)}


def _is_number(cell: str) -> bool:
    return not cell or bool(re.fullmatch(r"[-+\d.,:/%$ ]*", cell))


def _without(footer: bytes, data: bytes) -> bytes:
    return data.rstrip().removesuffix(footer) if footer and data.rstrip().endswith(footer) else data


def _found(patterns: Mapping[str, str], text: str) -> dict[str, str | None]:
    found = {name: re.search(pattern, text) for name, pattern in patterns.items()}
    return {name: match.group(1) if match else None for name, match in found.items()}


def _refuse_other_text(data: bytes) -> None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise RejectedFileError("NOT_UTF8", "it is UTF-16 or holds NUL bytes: save it as UTF-8")
    if data.lstrip()[:1] == b"<" and not _BRACKETED.match(data.lstrip()):
        raise RejectedFileError(
            "NOT_CSV", "it is a page of HTML or XML, as a server sends that is busy or wants a login"
        )


def _parsed(
    data: bytes, names: list[str], separator: str, first: int, numbers: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """The rows of whole lines; `first` is the number of the first line in the file."""
    if b"\0" in data:
        raise RejectedFileError("NOT_UTF8", "the file holds NUL bytes: save it as UTF-8")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            line = first + data.count(b"\n", 0, error.start)
            raise RejectedFileError("NOT_UTF8", f"{error.reason} in line {line}: save it as UTF-8") from None
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    padded = b" " in data or (separator != "\t" and b"\t" in data)
    if padded and b'"' in data:
        data = _without_padding_around_quotes(data, separator)
    if _has_blank_lines(data, len(names), separator, first):
        data = re.sub(rb"\A(?:[ \t]*\n)+|(?<=\n)\n+", b"", data)
    text: dict[str, pl.DataType] = dict.fromkeys(names, pl.String())
    try:
        # a cell that is no number makes all of its block text again, and is told by name later
        frame = _read(data, text | {name: numbers[name] for name in names if name in numbers}, separator)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        try:
            frame = _read(data, text, separator)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise RejectedFileError("NOT_CSV", str(error).splitlines()[0]) from None
    if padded or b'""' in data:
        frame = frame.with_columns(pl.col(pl.String).str.strip_chars().replace("", None))
    if frame.to_series(0).null_count():
        frame = frame.filter(pl.any_horizontal(pl.all().is_not_null()))
    return frame


def _read(data: bytes, schema: Mapping[str, pl.DataType], separator: str) -> pl.DataFrame:
    return pl.read_csv(data, has_header=False, schema=schema, separator=separator, infer_schema=False)


def _without_padding_around_quotes(data: bytes, separator: str) -> bytes:
    """Polars takes a quote for the end of a cell only where the separator follows at once."""
    mark = re.escape(separator.encode())
    data = re.sub(rb'"[ \t]+(?=' + mark + rb"|\n)", b'"', data)
    return re.sub(rb"(^|" + mark + rb')[ \t]+"', rb'\1"', data, flags=re.MULTILINE)


def _has_blank_lines(data: bytes, width: int, separator: str, first: int) -> bool:
    """Refuse a row with fewer cells than the header, which polars would fill up; says whether lines are blank, and no rows.

    Of a row with more cells polars complains itself, so the number of separators in all tells whether any row is short.
    """
    bare = re.sub(rb'"[^"]*"', b"", data) if b'"' in data else data
    ends = bare.count(b"\n") + (not bare.endswith(b"\n"))
    mark = separator.encode()
    if bare.count(mark) == ends * (width - 1):
        return False
    for number, line in enumerate(bare.split(b"\n")):
        cells = line.count(mark) + 1
        if cells == width or not line.strip(b" \t\r" if separator != "\t" else b" \r"):
            continue
        if cells < width and number == ends - 1 and not data.endswith(b"\n"):
            raise RejectedFileError("TRUNCATED", "the last line is cut short")
        raise RejectedFileError("NOT_CSV", f"row {first + number} has {cells} cells where the header has {width}")
    return True
