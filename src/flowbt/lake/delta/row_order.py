"""Sort rows only if they are not sorted yet."""

from collections.abc import Sequence

import polars as pl


def in_order(rows: pl.DataFrame, order: Sequence[str]) -> pl.DataFrame:
    """The rows sorted by these columns; equal rows keep their order, so that the same rows always make the same file.

    Most rows arrive sorted, and checking that is cheaper than sorting. Comparisons with nulls are null, and then the rows are sorted.
    """
    ordered = pl.lit(value=True)
    for name in reversed(varying(rows, order)):
        before, here = pl.col(name).shift(1), pl.col(name)
        ordered = (before < here) | (before.eq_missing(here) & ordered)
    if rows.height < 2 or rows.lazy().select(ordered.slice(1).fill_null(value=False).all()).collect().item():
        return rows
    return rows.sort(order, maintain_order=True)


def varying(rows: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """These columns without text columns that have the same value in all rows.

    Comparing text with one value is cheaper than comparing it with the row before, and most files have one symbol.
    """
    return [name for name in names if rows.schema[name] != pl.String() or not _is_one(rows[name])]


def _is_one(text: pl.Series) -> bool:
    return not len(text) or (not text.null_count() and bool((text == text.first()).all()))
