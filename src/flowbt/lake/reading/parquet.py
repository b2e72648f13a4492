"""Parquet, in blocks of rows: numbers and dates as they are where a layout wants nothing else, every other column as text."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flowbt.errors import FlowbtError, RejectedFileError
from flowbt.lake.reading.names import folded, numbered
from flowbt.lake.reading.opened import Shape
from flowbt.lake.reading.sources import Source

BLOCK_ROWS: Final = 250_000
MOST_ROWS: Final = 2_000_000_000
MOST_ROWS_PER_BYTE: Final = 100
"""Chains take some bytes a row, however well they compress; a file of a few kilobytes and a billion rows is a bomb."""
MOST_GROUP_BYTES: Final = 4 << 30


class ParquetFile:
    """A Parquet file on the disk (compressed again, or within an archive, it is read into memory)."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._file = _opened(source)
        meta = self._file.metadata
        size = max(source.path.stat().st_size, 1)
        if meta.num_rows > min(MOST_ROWS, MOST_ROWS_PER_BYTE * size):
            raise RejectedFileError("TOO_LARGE", f"{meta.num_rows:,} rows in {size:,} bytes: no chain is like that")
        groups = [meta.row_group(number).total_byte_size for number in range(meta.num_row_groups)]
        if max(groups, default=0) > MOST_GROUP_BYTES:
            raise RejectedFileError("TOO_LARGE", f"a row group of {max(groups):,} bytes: write smaller ones")
        self._names = numbered(folded(name) for name in self._file.schema_arrow.names)

    def names(self, _shape: Shape) -> list[str]:
        """The names of the columns."""
        return self._names

    def row_paths(self) -> list[str]:
        """It is one table."""
        return [""]

    def blocks(self, shape: Shape) -> Iterator[pl.DataFrame]:
        """The rows."""
        try:
            for batch in self._file.iter_batches(BLOCK_ROWS):
                yield _as_text(batch, self._names, shape)
        except (pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise RejectedFileError("NOT_PARQUET", _said(error)) from None


def _opened(source: Source) -> pq.ParquetFile:
    try:
        if source.member is None:
            with source.opened() as stream:
                compressed = stream.kind is not None
            if not compressed:
                return pq.ParquetFile(source.path)
        with source.opened() as stream:
            return pq.ParquetFile(pa.BufferReader(stream.read()))
    except FlowbtError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise RejectedFileError("NOT_PARQUET", _said(error)) from None


def _as_text(batch: pa.RecordBatch, names: list[str], shape: Shape) -> pl.DataFrame:
    table = pa.Table.from_batches([batch.rename_columns([str(n) for n in range(len(names))])])
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 (a table gives a frame)
    frame.columns = names
    frame = frame.with_columns(_decoded(frame[name]) for name, dtype in frame.schema.items() if dtype == pl.Binary())
    text = frame.select(
        pl.col(name) if _stays(name, dtype, shape) else _text(name, dtype) for name, dtype in frame.schema.items()
    )
    text = text.with_columns(pl.col(pl.String).str.strip_chars().replace("", None))
    return text.filter(pl.any_horizontal(pl.all().is_not_null()))


def _stays(name: str, dtype: pl.DataType, shape: Shape) -> bool:
    """Whether values are handed on as they are: a number asked for as one, a date or a moment asked for as one."""
    if name in shape.numbers:
        return isinstance(dtype, pl.Float32 | pl.Float64) or (dtype.is_integer() and dtype.is_signed_integer())
    return name in shape.days and isinstance(dtype, pl.Date | pl.Datetime)


def _decoded(cells: pl.Series) -> pl.Series:
    """Bytes as the text that they are; those that are none as what they are."""

    def text(cell: bytes) -> str:
        try:
            return cell.decode()
        except UnicodeDecodeError:
            return f"<{cell!r}>"

    return pl.Series(cells.name, [None if cell is None else text(cell) for cell in cells], pl.String())


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    """The column as text; what has no text form gives its dtype's name, which no column can be read from."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f" + ("%:z" if dtype.time_zone else ""))
    formless = dtype.is_nested() or isinstance(dtype, pl.Duration | pl.Object)
    text = pl.lit(None, pl.String) if formless else column.cast(pl.String)
    return pl.when(column.is_not_null()).then(pl.coalesce(text, pl.lit(f"<{dtype}>"))).alias(name)


def _said(error: Any) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
