"""Sums over a snapshot's contracts that tell "none" from "not known".

A source that gives no open interest does not say that nothing is held, so its sum is null and not 0.
"""

import polars as pl

VOLUMES = ("call_volume", "put_volume")
HELD = ("call_open_interest", "put_open_interest")


def sum_known(values: pl.Expr, of: tuple[pl.Expr, pl.Expr], counts: tuple[str, str]) -> pl.Expr:
    """The sum of `values`; null where nothing is known of what is summed.

    Args:
        values: what to add up; nulls count as 0 beside others that are known.
        of: the calls' and the puts' quantity. If no contract of either side has one, the sum is unknown, unless
        counts: (contracts traded or held) are given and all 0. A side that is not listed adds up to 0.
    """
    known = pl.any_horizontal(side.is_not_null() for side in of).any()
    given = pl.any_horizontal(pl.col(name).is_not_null() for name in counts).any()
    none = pl.sum_horizontal(*counts).sum() == 0
    return pl.when(known | (given & none)).then(values.sum())


def sum_of(column: str, counts: tuple[str, str]) -> pl.Expr:
    """The sum of a column of contracts traded or held; null where the source gives neither side's."""
    return sum_known(pl.col(column), (pl.col(counts[0]), pl.col(counts[1])), counts)
