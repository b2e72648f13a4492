"""Parquet files in blocks of rows: only the columns that a layout reads, and typed columns stay typed.

A column of numbers or dates keeps its type if every cell of the block fits the requested dtype and the layout does not use the column
in another way; otherwise it becomes text. Text is read as a dictionary, so that each distinct value of a block is parsed once.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flowbt.errors import FlowbtError, RejectedFileError
from flowbt.lake.parallel import prefetch
from flowbt.lake.reading.names import folded, numbered
from flowbt.lake.reading.shape import Shape
from flowbt.lake.reading.sources import Source

BLOCK_ROWS: Final = 131_072
MOST_ROWS: Final = 2_000_000_000
MOST_ROWS_PER_BYTE: Final = 100
"""Chains need some bytes per row, however well they compress; a file of a few kilobytes with a billion rows is a decompression bomb."""
MOST_GROUP_BYTES: Final = 4 << 30
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)


class ParquetFile:
    """A Parquet file; if it is compressed again or in an archive, it is read into memory."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._file = _opened(source)
        meta = self._file.metadata
        size = max(source.path.stat().st_size, 1)
        if meta.num_rows > min(MOST_ROWS, MOST_ROWS_PER_BYTE * size):
            raise RejectedFileError("TOO_LARGE", f"{meta.num_rows:,} rows in {size:,} bytes, which no chain has")
        groups = [meta.row_group(number).total_byte_size for number in range(meta.num_row_groups)]
        if max(groups, default=0) > MOST_GROUP_BYTES:
            raise RejectedFileError("TOO_LARGE", f"a row group of {max(groups):,} bytes: write smaller ones")
        self._theirs = list(self._file.schema_arrow.names)
        self._names = numbered(folded(name) for name in self._theirs)

    def names(self, _shape: Shape) -> list[str]:
        """The names of the columns."""
        return self._names

    def row_paths(self) -> list[str]:
        """The empty path: the file is one table."""
        return [""]

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """The rows."""
        try:
            yield from prefetch(self._frames(shape))
        except (pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise RejectedFileError("NOT_PARQUET", _first_line(error)) from None

    def _frames(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """The rows with the requested columns, without blank rows."""
        names = [name for name in self._names if name in shape.read] or self._names
        done = 0
        if len(names) < len(self._names) and len(set(self._theirs)) == len(self._theirs):
            for frame in self._batches(names, shape):
                if _blank(frame).any():
                    break  # a row is blank only if all of its columns are
                yield frame
                done += 1
            else:
                return
        for frame in islice(self._batches(self._names, shape), done, None):
            yield frame.filter(~_blank(frame))

    def _batches(self, names: Sequence[str], shape: Shape) -> Iterator[pl.DataFrame]:
        theirs = [self._theirs[self._names.index(name)] for name in names]
        columns = None if len(names) == len(self._names) else theirs
        for batch in self._file.iter_batches(BLOCK_ROWS, columns=columns, use_threads=False):
            arrays = dict(zip(batch.schema.names, batch.columns, strict=True)) if columns else {}
            ordered = [arrays[name] for name in theirs] if columns else batch.columns
            yield pl.DataFrame([_column(name, array, shape) for name, array in zip(names, ordered, strict=True)])


def _by_dictionary(where: Path | pa.BufferReader) -> pq.ParquetFile:
    """The file, with text columns read as dictionaries."""
    schema = pq.read_schema(where)
    text = [name for name, dtype in zip(schema.names, schema.types, strict=True) if _is_text(dtype)]
    return pq.ParquetFile(where, read_dictionary=text)


def _is_text(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype))


def _blank(frame: pl.DataFrame) -> pl.Series:
    return frame.select(blank=pl.all_horizontal(pl.all().is_null())).to_series()


def _opened(source: Source) -> pq.ParquetFile:
    try:
        if source.member is None:
            with source.opened() as stream:
                compressed = stream.kind is not None
            if not compressed:
                return _by_dictionary(source.path)
        with source.opened() as stream:
            return _by_dictionary(pa.BufferReader(stream.read()))
    except FlowbtError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise RejectedFileError("NOT_PARQUET", _first_line(error)) from None


def _column(name: str, array: pa.Array, shape: Shape) -> pl.Series:
    """A column, typed if the layout allows it."""
    if pa.types.is_dictionary(array.type) and _is_text(array.type.value_type):
        values = pl.Series(name, pl.from_arrow(array.dictionary)).str.strip_chars().replace("", None)
        if name in shape.iso:
            days = values.str.to_date("%Y-%m-%d", strict=False)
            values = days if _all_days(days, values) else values
        places = pl.Series(name, pl.from_arrow(array.indices))
        if name in shape.codes:
            values = values.cast(pl.Categorical())
        return values.gather(places)
    cells = pl.Series(name, pl.from_arrow(array))
    if _stays(name, cells.dtype, shape):
        return cells
    if cells.dtype == pl.Binary():
        cells = _decoded(cells)
    text = pl.select(_text(cells)).to_series()
    return text.str.strip_chars().replace("", None)


def _all_days(days: pl.Series, cells: pl.Series) -> bool:
    """Whether every cell is a date in the range that chains can have."""
    return days.null_count() == cells.null_count() and bool(days.is_between(FIRST_DAY, LAST_DAY).all())


def _stays(name: str, dtype: pl.DataType, shape: Shape) -> bool:
    """Whether a column keeps its type: numbers if numbers are requested, dates and moments if dates are requested."""
    if name in shape.numbers:
        # a decimal that was stored in four bytes is read from its text: 5.1, not 5.0999999
        return isinstance(dtype, pl.Float64) or (dtype.is_integer() and dtype.is_signed_integer())
    return name in shape.days and isinstance(dtype, pl.Date | pl.Datetime)


def _decoded(cells: pl.Series) -> pl.Series:
    """Bytes as text; bytes that are not UTF-8 as their Python literal."""

    def text(cell: bytes) -> str:
        try:
            return cell.decode()
        except UnicodeDecodeError:
            return f"<{cell!r}>"

    return pl.Series(cells.name, [None if cell is None else text(cell) for cell in cells], pl.String())


def _text(cells: pl.Series) -> pl.Expr:
    """The column as text; values without a text form become the name of their dtype, which cannot be read as a value."""
    dtype = cells.dtype
    column = pl.lit(cells)
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f" + ("%:z" if dtype.time_zone else ""))
    formless = dtype.is_nested() or isinstance(dtype, pl.Duration | pl.Object)
    text = pl.lit(None, pl.String) if formless else column.cast(pl.String)
    return pl.when(column.is_not_null()).then(pl.coalesce(text, pl.lit(f"<{dtype}>"))).alias(cells.name)


def _first_line(error: Any) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
