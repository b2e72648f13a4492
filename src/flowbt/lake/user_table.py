"""Named columns from a user's own table: CSV, JSON rows or Parquet.

The columns are read with the same care as vendor files: the date format is inferred from the whole file or refused as ambiguous, and
cells that cannot be read are counted and reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from flowbt.errors import FlowbtError, RejectedFileError, UnknownNameError
from flowbt.lake.intake.date_order import with_known_dates
from flowbt.lake.intake.parse_values import read_cells
from flowbt.lake.reading import OpenFile, Shape, Source, open_file
from flowbt.lake.reading.names import folded
from flowbt.lake.vendors.date_formats import check_date_format
from flowbt.lake.vendors.layout import Layout
from flowbt.lake.vendors.translate import ROW

UNKNOWN: Final = (".", "-", "nan", "NaN", "NA", "N/A", "n/a", "null", "None", "#N/A")
"""Cells that mean "not known" in published tables, in addition to the empty cell."""
MOST_UNREADABLE: Final = 0.05
"""A file with a larger share of rows that cannot be read is refused."""


@dataclass(frozen=True)
class OwnColumn:
    """A column to read from a user's table.

    Attributes:
        names: possible names in the file, as given by the user or the usual ones; the first one that the file has is read.
        dtype: String, Date or Float64.
        required: whether a file without the column is refused.
    """

    names: tuple[str, ...]
    dtype: pl.DataType
    required: bool = True


def read_own_file(
    path: Path, columns: Mapping[str, OwnColumn], date_format: str | None = None
) -> tuple[pl.DataFrame, int]:
    """The columns under our names, and the number of rows that were left out because a cell could not be read.

    Args:
        path: the file.
        columns: by our names. An optional column that the file lacks is absent from the frame.
        date_format: how dates are written, if the file is ambiguous.

    Raises:
        FlowbtError: the file does not exist or lacks a column, its dates are ambiguous, or too many rows cannot be read.
    """
    if date_format is not None:
        check_date_format(date_format)
    if not path.is_file():
        raise FlowbtError(f"there is no file '{path}'")
    try:
        file = open_file(Source(path))
        shape = Shape(frozenset(folded(column.names[0]) for column in columns.values() if column.required))
        names = file.names(shape)
        theirs = {ours: _chosen(ours, column, names, path) for ours, column in columns.items()}
        wanted = {ours: name for ours, name in theirs.items() if name is not None}
        text = _text(file, shape, wanted)
        dtypes = {ours: columns[ours].dtype for ours in wanted}
        layout = Layout(columns={}, header=frozenset(), dates=(date_format,) if date_format else ())
        cells = read_cells(text, dtypes, with_known_dates(layout, text, dtypes))
    except RejectedFileError as error:
        raise FlowbtError(f"'{path}' cannot be read: {error}") from None
    if cells.unreadable.height > MOST_UNREADABLE * text.height:
        first = cells.unreadable.row(0, named=True)
        raise FlowbtError(
            f"'{path}': {cells.unreadable.height} of {text.height} rows cannot be read, the first is row {first[ROW]} "
            f"({first['reasons']}); name another column, or give the date format with --date-format"
        )
    return cells.rows.drop(ROW), cells.unreadable.height


def _text(file: OpenFile, shape: Shape, wanted: Mapping[str, str]) -> pl.DataFrame:
    blocks = [block.select(pl.col(name).alias(ours) for ours, name in wanted.items()) for block in file.blocks(shape)]
    if not blocks:
        raise RejectedFileError("EMPTY", "the file has no rows")
    text = pl.concat(blocks).with_columns(pl.col(pl.String).str.strip_chars().replace([*UNKNOWN, ""], None))
    return text.with_row_index(ROW, offset=1)


def _chosen(ours: str, column: OwnColumn, names: Sequence[str], path: Path) -> str | None:
    for name in column.names:
        if folded(name) in names:
            return folded(name)
    if column.required:
        raise UnknownNameError(
            "column", column.names[0], names, where=f"'{path}'", hint=f"for {ours}; it has {', '.join(names)}"
        )
    return None
