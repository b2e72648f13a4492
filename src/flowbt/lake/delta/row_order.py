"""The order of rows, established where they do not have it yet."""

from collections.abc import Sequence

import polars as pl


def in_order(rows: pl.DataFrame, order: Sequence[str]) -> pl.DataFrame:
    """The rows in the order of these columns; those that are equal in it keep theirs, so that the same rows make the same file.

    Most rows come in order, and to see that costs less than to sort them. A null compares as null: then they are sorted.
    """
    ordered = pl.lit(value=True)
    for name in reversed(order):
        before, here = pl.col(name).shift(1), pl.col(name)
        ordered = (before < here) | (before.eq_missing(here) & ordered)
    if rows.lazy().select(ordered.slice(1).fill_null(value=False).all()).collect().item():
        return rows
    return rows.sort(order, maintain_order=True)
