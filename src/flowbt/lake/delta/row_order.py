"""The order of rows, established where they do not have it yet."""

from collections.abc import Sequence

import polars as pl


def in_order(rows: pl.DataFrame, order: Sequence[str]) -> pl.DataFrame:
    """The rows in the order of these columns; those that are equal in it keep theirs, so that the same rows make the same file.

    Most rows come in order, and to see that costs less than to sort them. A null compares as null: then they are sorted.
    """
    ordered = pl.lit(value=True)
    for name in reversed(varying(rows, order)):
        before, here = pl.col(name).shift(1), pl.col(name)
        ordered = (before < here) | (before.eq_missing(here) & ordered)
    if rows.height < 2 or rows.lazy().select(ordered.slice(1).fill_null(value=False).all()).collect().item():
        return rows
    return rows.sort(order, maintain_order=True)


def varying(rows: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Those of these columns that are not one text in all rows.

    To compare text with one value is cheaper than to compare it with the row before, and most files are of one symbol.
    """
    return [name for name in names if rows.schema[name] != pl.String() or not _is_one(rows[name])]


def _is_one(text: pl.Series) -> bool:
    return not len(text) or (not text.null_count() and bool((text == text.first()).all()))
