"""Metrics and their catalogue as text for a terminal, and frames written to files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.errors import FlowbtError
from flowbt.lake.export import harmless

TALL = 3
"""Up to this many rows are printed one below the other, one metric per line."""
WIDE = 12
"""A table with more columns than this is not readable in a terminal."""


def catalogue_text(catalogue: Sequence[Mapping[str, Any]]) -> str:
    """One line per metric: name, grain, unit and the first line of its description; parameters below."""
    lines = []
    for metric in catalogue:
        lines.append(
            f"{metric['name']:<26} {metric['grain']:<9} {metric['unit']:<15} {metric['description'].splitlines()[0]}"
        )
        if metric["parameters"]:
            lines.append(" " * 27 + ", ".join(f"{name}={value}" for name, value in metric["parameters"].items()))
    return "\n".join(lines)


def frame_text(frame: pl.DataFrame) -> str:
    """A frame as text: a few rows one below the other, many as a table."""
    if frame.height > TALL and frame.width > WIDE:
        rest = f"({frame.height:,} rows, the last {TALL} shown; use --select for a table, --out or --json for all rows)"
        return f"{frame_text(frame.tail(TALL))}\n\n{rest}"
    if frame.height <= TALL:
        return "\n\n".join(
            "\n".join(f"{name:<26} {value_text(value)}" for name, value in row.items())
            for row in frame.iter_rows(named=True)
        )
    with pl.Config(
        tbl_rows=40, tbl_cols=-1, tbl_width_chars=200, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True,
        tbl_formatting="ASCII_MARKDOWN", thousands_separator=",", float_precision=4, tbl_cell_numeric_alignment="RIGHT",
    ):  # fmt: skip
        return str(frame)


def value_text(value: Any) -> str:
    """A value as text: thousands separators, at most six decimals, a dash if missing."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:,.6f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return f"{value_text(value[0])} to {value_text(value[-1])}, {len(value)} values" if value else "none"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame in the format given by the file's extension.

    Raises:
        FlowbtError: an unknown extension, or the file cannot be written.
    """
    sheet = harmless(_without_lists(frame).lazy()).collect()
    writers = {".parquet": frame.write_parquet, ".csv": sheet.write_csv, ".json": frame.write_json}
    if path.suffix not in writers:
        raise FlowbtError(f"'{path.name}' has no known format: use the extension .parquet, .csv or .json")
    try:
        writers[path.suffix](path)  # type: ignore[operator]
    except OSError as error:
        raise FlowbtError(f"'{path}' cannot be written: {error.strerror or error}") from None


def _without_lists(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with lists as JSON text, which a CSV cell can hold."""
    lists = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    return frame.with_columns(
        pl.Series(name, [None if value is None else json.dumps(value.to_list()) for value in frame[name]], pl.String)
        for name in lists
    )


def write_text(text: str, path: Path) -> None:
    """Write text to a file.

    Raises:
        FlowbtError: the file cannot be written.
    """
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise FlowbtError(f"'{path}' cannot be written: {error.strerror or error}") from None
