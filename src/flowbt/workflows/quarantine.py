"""Rows that were set aside, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from flowbt.documents import Result
from flowbt.lake import Lake


@dataclass(frozen=True)
class ReasonCount(Result):
    """How many rows of a file were set aside for a reason, their first one.

    Attributes:
        file: the vendor file.
        reason: code of the first reason.
        rows: rows with it.
    """

    file: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Quarantine(Result):
    """Rows in quarantine.

    Attributes:
        rows: their number.
        reasons: by file and first reason, the most rows first.
        first: the first rows, by column (`flowbt.lake.delta.tables.QUARANTINE`).
    """

    rows: int
    reasons: tuple[ReasonCount, ...]
    first: tuple[Mapping[str, Any], ...]


def quarantined_rows(lake: Lake, *, file: str | None = None, reason: str | None = None) -> pl.DataFrame:
    """Rows that were set aside, in the order of the files.

    Args:
        lake: which.
        file: only rows of files whose path contains this.
        reason: only rows with this code.
    """
    rows = lake.quarantined_rows()
    if file is not None:
        rows = rows.filter(pl.col("file").str.contains(file, literal=True))
    if reason is not None:
        rows = rows.filter(pl.col("reasons").str.split(" ").list.contains(reason.upper()))
    return rows


def quarantine(rows: pl.DataFrame, limit: int) -> Quarantine:
    """Count rows in quarantine by file and first reason, and take the first of them."""
    counts = rows.group_by("file", "reason").agg(pl.len().alias("rows"))
    ordered = counts.sort("rows", "file", "reason", descending=[True, False, False])
    reasons = tuple(ReasonCount(*row) for row in ordered.select("file", "reason", "rows").iter_rows())
    return Quarantine(rows.height, reasons, tuple(rows.head(limit).to_dicts()))
