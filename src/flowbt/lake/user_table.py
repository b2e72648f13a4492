"""Columns out of a file of one's own: any table in CSV, JSON rows or Parquet, its columns called by their names.

What the user names is read with the care that vendor files get: how dates are written is found out from the whole file or
refused as ambiguous, a cell that cannot be read is counted and told, and nothing is guessed.
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
"""Cells that published tables write for "not known", beside the empty cell."""
MOST_UNREADABLE: Final = 0.05
"""With a greater share of rows that cannot be read the file is refused."""


@dataclass(frozen=True)
class OwnColumn:
    """A column wanted: its names in the file, the first that is there, and what its cells are.

    Attributes:
        names: as the user writes them, or the usual ones.
        dtype: String, Date or Float64.
        required: refuse a file that lacks it.
    """

    names: tuple[str, ...]
    dtype: pl.DataType
    required: bool = True


def read_own_file(
    path: Path, columns: Mapping[str, OwnColumn], date_format: str | None = None
) -> tuple[pl.DataFrame, int]:
    """The columns wanted, under our names, and how many rows were left out because a cell could not be read.

    Args:
        path: the file.
        columns: ours to theirs; one that is not required and not there is absent from the frame.
        date_format: how dates are written, where the file leaves a doubt.

    Raises:
        FlowbtError: no such file, a column that it lacks, dates that may be read in two ways, or too much that cannot be read.
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
            f"({first['reasons']}); name another column, or say how dates are written with --date-format"
        )
    return cells.rows.drop(ROW), cells.unreadable.height


def _text(file: OpenFile, shape: Shape, wanted: Mapping[str, str]) -> pl.DataFrame:
    blocks = [block.select(pl.col(name).alias(ours) for ours, name in wanted.items()) for block in file.blocks(shape)]
    if not blocks:
        raise RejectedFileError("EMPTY", "there are no rows in the file")
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
