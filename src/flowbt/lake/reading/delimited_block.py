"""Blocks of delimited text, parsed to columns of text or numbers, without what polars would accept silently.

Polars fills up rows that lack their last cells. Here such a row is a `RejectedFileError`, and so is text that is not UTF-8.
"""

import re
from collections.abc import Mapping

import polars as pl

from flowbt.errors import RejectedFileError


def parse_block(
    data: bytes, names: list[str], separator: str, first: int, numbers: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """The rows of whole lines.

    Args:
        data: the lines.
        names: of the columns.
        separator: between the cells.
        first: number of the first line in the file, for messages.
        numbers: columns that may be returned as numbers, with their dtypes; all others are text.

    Raises:
        RejectedFileError: `NOT_UTF8`, `NOT_CSV` or `TRUNCATED`.
    """
    if b"\0" in data:
        raise RejectedFileError("NOT_UTF8", "the file contains NUL bytes: save it as UTF-8")
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
        # if a cell is not a number, the whole block is read as text, and the cell is reported later
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
    """Remove blanks around quotes: polars recognises the end of a quoted cell only if the separator follows immediately."""
    mark = re.escape(separator.encode())
    data = re.sub(rb'"[ \t]+(?=' + mark + rb"|\n)", b'"', data)
    return re.sub(rb"(^|" + mark + rb')[ \t]+"', rb'\1"', data, flags=re.MULTILINE)


def _has_blank_lines(data: bytes, width: int, separator: str, first: int) -> bool:
    """Refuse a row with fewer cells than the header, which polars would fill up; returns whether there are blank lines.

    Polars refuses rows with more cells itself, so the total number of separators shows whether any row is short.
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
            raise RejectedFileError("TRUNCATED", "the last line is incomplete")
        raise RejectedFileError("NOT_CSV", f"row {first + number} has {cells} cells, but the header has {width}")
    return True
