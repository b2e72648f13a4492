"""Open-interest clusters: the strikes of a side with the most open interest, over all live expiries is_close.

Strikes are ranked by the open interest of their side, the largest first; ties go to the lower strike, and a strike
without open interest has no rank. The ranks are computed once (`call_oi_rank`, `put_oi_rank`) and read by every metric
below.
"""

import polars as pl

from flowbt.errors import DefinitionError
from flowbt.metrics.catalogue.levels import call_oi_at_strike, put_oi_at_strike
from flowbt.metrics.engine.definition import metric
from flowbt.metrics.engine.scope import SNAPSHOT_ID


def _ranked(open_interest: pl.Expr) -> pl.Expr:
    # strikes ascend within a snapshot, and an ordinal rank keeps the order of ties
    rank = open_interest.rank("ordinal", descending=True).over(SNAPSHOT_ID)
    return pl.when(open_interest > 0).then(rank)


@metric(grain="level", unit="1")
def call_oi_rank() -> pl.Expr:
    """Rank of the strike by call open interest, 1 for the largest; null where there is none."""
    return _ranked(call_oi_at_strike())


@metric(grain="level", unit="1")
def put_oi_rank() -> pl.Expr:
    """Rank of the strike by put open interest, 1 for the largest; null where there is none."""
    return _ranked(put_oi_at_strike())


def _at_rank(values: pl.Expr, ranks: pl.Expr, rank: int) -> pl.Expr:
    if rank < 1:
        raise DefinitionError(f"rank={rank} is not valid: ranks start at 1, the largest cluster")
    return values.filter(ranks == rank).first()


@metric(grain="snapshot", unit="USD")
def call_oi_cluster(rank: int = 1) -> pl.Expr:
    """Strike with the largest call open interest; `rank=2` gives the second largest, and so on."""
    return _at_rank(pl.col("strike"), call_oi_rank(), rank)


@metric(grain="snapshot", unit="USD")
def put_oi_cluster(rank: int = 1) -> pl.Expr:
    """Strike with the largest put open interest; `rank=2` gives the second largest, and so on."""
    return _at_rank(pl.col("strike"), put_oi_rank(), rank)


@metric(grain="snapshot", unit="contracts")
def call_oi_cluster_size(rank: int = 1) -> pl.Expr:
    """Call open interest at the strike where it is largest; `rank=2` gives the second largest, and so on."""
    return _at_rank(call_oi_at_strike(), call_oi_rank(), rank)


@metric(grain="snapshot", unit="contracts")
def put_oi_cluster_size(rank: int = 1) -> pl.Expr:
    """Put open interest at the strike where it is largest; `rank=2` gives the second largest, and so on."""
    return _at_rank(put_oi_at_strike(), put_oi_rank(), rank)


def _share(open_interest: pl.Expr, ranks: pl.Expr, k: int) -> pl.Expr:
    if k < 1:
        raise DefinitionError(f"k={k} is not valid: count at least 1 cluster")
    total = open_interest.sum()
    return pl.when(total > 0).then(open_interest.filter(ranks <= k).sum() / total)


@metric(grain="snapshot", unit="1")
def call_oi_cluster_share(k: int = 3) -> pl.Expr:
    """Share of the call open interest at its `k` largest strikes; null where there is no call open interest."""
    return _share(call_oi_at_strike(), call_oi_rank(), k)


@metric(grain="snapshot", unit="1")
def put_oi_cluster_share(k: int = 3) -> pl.Expr:
    """Share of the put open interest at its `k` largest strikes; null where there is no put open interest."""
    return _share(put_oi_at_strike(), put_oi_rank(), k)


def _concentration(open_interest: pl.Expr) -> pl.Expr:
    share = open_interest / open_interest.sum()
    return pl.when(open_interest.sum() > 0).then((share * share).sum())


@metric(grain="snapshot", unit="1")
def call_oi_concentration() -> pl.Expr:
    """Concentration of call open interest over strikes: the sum of squared shares (Herfindahl-Hirschman index).

    1 if all of it is at one strike, 1/n if n strikes have equal amounts; null where there is no call open interest.
    """
    return _concentration(call_oi_at_strike())


@metric(grain="snapshot", unit="1")
def put_oi_concentration() -> pl.Expr:
    """Concentration of put open interest over strikes: the sum of squared shares (Herfindahl-Hirschman index).

    1 if all of it is at one strike, 1/n if n strikes have equal amounts; null where there is no put open interest.
    """
    return _concentration(put_oi_at_strike())


def _end_of_band(end: str, ranks: pl.Expr, k: int, within: float) -> pl.Expr:
    strikes = pl.col("strike").filter(ranks <= k)
    # a single strike has no distance, so its band is null
    is_close = strikes.diff().max() <= within * pl.col("underlying_price").first()
    return pl.when(is_close).then(strikes.first() if end == "low" else strikes.last())


@metric(grain="snapshot", unit="USD")
def call_oi_band_low(k: int = 3, within: float = 0.05) -> pl.Expr:
    """Lower end of the band of call clusters: the lowest of the `k` largest strikes, if they are close together.

    Close together: each strike is at most `within` times the spot away from its neighbour. Null otherwise, and where
    fewer than two strikes have call open interest or the spot is unknown.
    """
    return _end_of_band("low", call_oi_rank(), k, within)


@metric(grain="snapshot", unit="USD")
def call_oi_band_high(k: int = 3, within: float = 0.05) -> pl.Expr:
    """Upper end of the band of call clusters: the highest of the `k` largest strikes, if they are close together (`call_oi_band_low`)."""
    return _end_of_band("high", call_oi_rank(), k, within)


@metric(grain="snapshot", unit="USD")
def put_oi_band_low(k: int = 3, within: float = 0.05) -> pl.Expr:
    """Lower end of the band of put clusters: the lowest of the `k` largest strikes, if they are close together.

    Close together: each strike is at most `within` times the spot away from its neighbour. Null otherwise, and where
    fewer than two strikes have put open interest or the spot is unknown.
    """
    return _end_of_band("low", put_oi_rank(), k, within)


@metric(grain="snapshot", unit="USD")
def put_oi_band_high(k: int = 3, within: float = 0.05) -> pl.Expr:
    """Upper end of the band of put clusters: the highest of the `k` largest strikes, if they are close together (`put_oi_band_low`)."""
    return _end_of_band("high", put_oi_rank(), k, within)
