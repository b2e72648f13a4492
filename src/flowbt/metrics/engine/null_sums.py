"""Sums over a snapshot's contracts that distinguish "none" from "unknown".

A source without open interest does not imply that there is none, so the sum is null and not 0.
"""

import polars as pl

VOLUMES = ("call_volume", "put_volume")
HELD = ("call_open_interest", "put_open_interest")


def sum_known(values: pl.Expr, of: tuple[pl.Expr, pl.Expr], counts: tuple[str, str]) -> pl.Expr:
    """The sum of `values`; null where nothing is known about them.

    Args:
        values: what to add up; nulls count as 0 if other values are known.
        of: the quantity of the calls and of the puts. If no contract of either side has a value, the sum is unknown,
            unless
            `counts` are known and all 0.
        counts: columns of contracts traded or open, calls and puts. A side that is not listed adds up to 0.
    """
    has_values = pl.any_horizontal(side.is_not_null() for side in of).any()
    has_counts = pl.any_horizontal(pl.col(name).is_not_null() for name in counts).any()
    is_none = pl.sum_horizontal(*counts).sum() == 0
    return pl.when(has_values | (has_counts & is_none)).then(values.sum())


def sum_of(column: str, counts: tuple[str, str]) -> pl.Expr:
    """The sum of a column of contracts traded or open; null where the source gives neither side."""
    return sum_known(pl.col(column), (pl.col(counts[0]), pl.col(counts[1])), counts)
