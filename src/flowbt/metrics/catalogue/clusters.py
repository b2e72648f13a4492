"""Where open interest piles up: the strikes of a side that hold most, over all live expiries together.

A *cluster* is a strike by its place among the strikes of its side, the one with the most open interest first; of those
that tie, the lower strike first; a strike where nothing is held is none. The places are found once (`call_oi_rank`) and
read by all that follows.
"""

import polars as pl

from flowbt.errors import DefinitionError
from flowbt.metrics.catalogue.levels import call_oi_at_strike, put_oi_at_strike
from flowbt.metrics.engine.definition import metric
from flowbt.metrics.engine.scope import SNAPSHOT_ID


def _ranked(held: pl.Expr) -> pl.Expr:
    # strikes ascend within a snapshot and an ordinal rank keeps the order of those that tie
    place = held.rank("ordinal", descending=True).over(SNAPSHOT_ID)
    return pl.when(held > 0).then(place)


@metric(grain="level", unit="1")
def call_oi_rank() -> pl.Expr:
    """Place of the strike by its call open interest, 1 the largest; null where none is held."""
    return _ranked(call_oi_at_strike())


@metric(grain="level", unit="1")
def put_oi_rank() -> pl.Expr:
    """Place of the strike by its put open interest, 1 the largest; null where none is held."""
    return _ranked(put_oi_at_strike())


def _at_rank(values: pl.Expr, ranks: pl.Expr, rank: int) -> pl.Expr:
    if rank < 1:
        raise DefinitionError(f"rank={rank}: the largest cluster has rank 1")
    return values.filter(ranks == rank).first()


@metric(grain="snapshot", unit="USD")
def call_oi_cluster(rank: int = 1) -> pl.Expr:
    """Strike of the largest call open interest; `rank=2`, the second largest, and so on."""
    return _at_rank(pl.col("strike"), call_oi_rank(), rank)


@metric(grain="snapshot", unit="USD")
def put_oi_cluster(rank: int = 1) -> pl.Expr:
    """Strike of the largest put open interest; `rank=2`, the second largest, and so on."""
    return _at_rank(pl.col("strike"), put_oi_rank(), rank)


@metric(grain="snapshot", unit="contracts")
def call_oi_cluster_size(rank: int = 1) -> pl.Expr:
    """Calls held at the strike of the largest call open interest; `rank=2`, at the second largest, and so on."""
    return _at_rank(call_oi_at_strike(), call_oi_rank(), rank)


@metric(grain="snapshot", unit="contracts")
def put_oi_cluster_size(rank: int = 1) -> pl.Expr:
    """Puts held at the strike of the largest put open interest; `rank=2`, at the second largest, and so on."""
    return _at_rank(put_oi_at_strike(), put_oi_rank(), rank)


def _share(held: pl.Expr, ranks: pl.Expr, k: int) -> pl.Expr:
    if k < 1:
        raise DefinitionError(f"k={k}: at least the largest cluster counts")
    total = held.sum()
    return pl.when(total > 0).then(held.filter(ranks <= k).sum() / total)


@metric(grain="snapshot", unit="1")
def call_oi_cluster_share(k: int = 3) -> pl.Expr:
    """Share of the call open interest that lies at its `k` largest strikes; null where no calls are held."""
    return _share(call_oi_at_strike(), call_oi_rank(), k)


@metric(grain="snapshot", unit="1")
def put_oi_cluster_share(k: int = 3) -> pl.Expr:
    """Share of the put open interest that lies at its `k` largest strikes; null where no puts are held."""
    return _share(put_oi_at_strike(), put_oi_rank(), k)


def _concentration(held: pl.Expr) -> pl.Expr:
    share = held / held.sum()
    return pl.when(held.sum() > 0).then((share * share).sum())


@metric(grain="snapshot", unit="1")
def call_oi_concentration() -> pl.Expr:
    """Concentration of the call open interest over strikes: the sum of squared shares (Herfindahl-Hirschman index).

    1 where all lies at one strike, 1/n where n strikes hold the same; null where no calls are held.
    """
    return _concentration(call_oi_at_strike())


@metric(grain="snapshot", unit="1")
def put_oi_concentration() -> pl.Expr:
    """Concentration of the put open interest over strikes: the sum of squared shares (Herfindahl-Hirschman index).

    1 where all lies at one strike, 1/n where n strikes hold the same; null where no puts are held.
    """
    return _concentration(put_oi_at_strike())


def _end_of_band(end: str, ranks: pl.Expr, k: int, within: float) -> pl.Expr:
    strikes = pl.col("strike").filter(ranks <= k)
    # of a single strike the largest distance is null, and so is its band
    together = strikes.diff().max() <= within * pl.col("underlying_price").first()
    return pl.when(together).then(strikes.first() if end == "low" else strikes.last())


@metric(grain="snapshot", unit="USD")
def call_oi_band_low(k: int = 3, within: float = 0.05) -> pl.Expr:
    """Lower end of the band of call clusters: the lowest of the `k` largest strikes, if they lie together.

    They do where each is within `within` of the spot, as a fraction of it, of its neighbour; else null, as where fewer
    than two strikes hold calls or the spot is unknown.
    """
    return _end_of_band("low", call_oi_rank(), k, within)


@metric(grain="snapshot", unit="USD")
def call_oi_band_high(k: int = 3, within: float = 0.05) -> pl.Expr:
    """Upper end of the band of call clusters; see `call_oi_band_low`."""
    return _end_of_band("high", call_oi_rank(), k, within)


@metric(grain="snapshot", unit="USD")
def put_oi_band_low(k: int = 3, within: float = 0.05) -> pl.Expr:
    """Lower end of the band of put clusters: the lowest of the `k` largest strikes, if they lie together.

    They do where each is within `within` of the spot, as a fraction of it, of its neighbour; else null, as where fewer
    than two strikes hold puts or the spot is unknown.
    """
    return _end_of_band("low", put_oi_rank(), k, within)


@metric(grain="snapshot", unit="USD")
def put_oi_band_high(k: int = 3, within: float = 0.05) -> pl.Expr:
    """Upper end of the band of put clusters; see `put_oi_band_low`."""
    return _end_of_band("high", put_oi_rank(), k, within)
