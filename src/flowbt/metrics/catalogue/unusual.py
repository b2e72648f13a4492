"""Unusual activity: contracts whose trading stands out, as far as an end-of-day chain shows it.

An end-of-day chain has no prints; these metrics see a contract's whole day. A `large_contract_day` may be one trade of
a fund or ten thousand trades of as many people: never call it a print or a block (`flowbt.metrics.catalogue.tape` has
those).

The thresholds compare volume with the open interest at the start of the session (`held_at_open`), at both decision
times: the open interest of after the session already contains the session's own trading.

Premium in deep in-the-money contracts is mostly intrinsic value, paid to own or finance shares, not to bet on a move:
of the large call days of TLT in summer 2026, four in five had a delta of 0.9 or more. `large_net_premium[otm]` excludes
them.
"""

import polars as pl

from flowbt.conventions import MIN_VOLUME_OI
from flowbt.metrics.catalogue.dividend_plays import dividend_play
from flowbt.metrics.catalogue.flow import premium
from flowbt.metrics.catalogue.open_interest import call_contract_oi_change, put_contract_oi_change
from flowbt.metrics.engine.definition import Sided, metric, sided
from flowbt.metrics.engine.null_sums import VOLUMES, sum_known
from flowbt.metrics.engine.prices import possible_price, two_sided_middle
from flowbt.metrics.engine.resolve import held_at_open
from flowbt.metrics.engine.scope import SNAPSHOT_ID
from flowbt.schema import SIDES


def _of_traded(side: str, condition: pl.Expr, *inputs: pl.Expr) -> pl.Expr:
    """The condition for a contract that traded; null where it did not trade or an input of the condition is unknown."""
    return pl.when((pl.col(f"{side}_volume") > 0) & pl.all_horizontal(value.is_not_null() for value in inputs)).then(
        condition
    )


@sided(grain="strike", unit="USD")
def day_premium(side: str) -> pl.Expr:
    """Premium traded in all {side}s of the snapshot, dividend plays excluded; the same number on every row.

    Null where no price or volume of either side is known.
    """
    counted = pl.when(~dividend_play.of(side).over_all()).then(premium.of(side)())
    return sum_known(counted, (premium.call(), premium.put()), VOLUMES).over(SNAPSHOT_ID)


@sided(grain="strike", unit="boolean")
def unusual(
    side: str,
    min_volume: int = 500,
    min_open_interest: int = 100,
    min_price: float = 0.10,
    min_volume_oi: float = MIN_VOLUME_OI,
) -> pl.Expr:
    """Whether the {side}'s volume is unusual: more than `min_volume`, and at least `min_volume_oi` times its open interest.

    The open interest must also exceed `min_open_interest`, and the last price `min_price` USD (without a last price,
    the VWAP, else the middle of the closing quote). Null where it did not trade, or where volume, open interest or
    price is unknown.
    """
    volume, open_interest = pl.col(f"{side}_volume"), held_at_open(side)
    price = pl.coalesce(possible_price(side, "last"), possible_price(side, "vwap"), two_sided_middle(side))
    is_unusual = (
        (volume > min_volume)
        & (open_interest > min_open_interest)
        & (price > min_price)
        & (volume >= min_volume_oi * open_interest)
    )
    return _of_traded(side, is_unusual, open_interest, price)


@sided(grain="strike", unit="boolean")
def large_contract_day(
    side: str, min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = MIN_VOLUME_OI
) -> pl.Expr:
    """Whether the {side}'s premium over the whole day is large: an end-of-day substitute for a block, not a print.

    Large: the premium is at least `min_premium` USD and at least `min_gross_share` of the day's premium in all
    contracts (dividend plays excluded), and the volume is at least `min_volume_oi` times the open interest. With no
    open interest, all volume opened positions. Dividend plays do not count. Null where it did not trade, or where open
    interest or premium is unknown.
    """
    of_contract, open_interest = premium.of(side)(), held_at_open(side)
    gross = pl.sum_horizontal(day_premium.of(each).over_all() for each in SIDES)
    is_large = (
        (of_contract >= pl.max_horizontal(pl.lit(float(min_premium)), min_gross_share * gross))
        & (pl.col(f"{side}_volume") >= min_volume_oi * open_interest)
        & ~dividend_play.of(side).over_all()
    )
    return _of_traded(side, is_large, of_contract, open_interest)


@sided(grain="strike", unit="contracts")
def opened_at_least(side: str) -> pl.Expr:
    """Minimum number of {side}s opened today: volume minus open interest, if positive.

    Only open interest from before the session can be closed without having been opened in it. Openings of buyers and of
    sellers count, including positions closed again the same day, so tomorrow's open interest need not be higher. Null
    where the source does not specify which close its open interest is from, and where volume or open interest is
    unknown.
    """
    excess = pl.col(f"{side}_volume") - held_at_open(side)
    return pl.when(pl.col("oi_lag").is_not_null() & excess.is_not_null()).then(pl.max_horizontal(excess, 0))


@sided(grain="strike", unit="boolean")
def is_noise(side: str, max_share: float = 0.05, max_change: float = 0.1) -> pl.Expr:
    """Whether the {side}'s premium is small compared with the other side's, without a matching change of positions (own definition).

    Its premium is below `max_share` of the other side's premium that day (dividend plays excluded), and the known
    change of positions is at most `max_change` of its volume. Before the next open (`oi_lag` 0) that is the change of
    its open interest over the session. At the close (`oi_lag` 1) only the minimum opened is known
    (`{side}_opened_at_least`); the open interest published later can still show a change. Null where it did not trade,
    or where premium, open interest or that change is unknown.
    """
    other = next(each for each in SIDES if each != side)
    of_contract, gross = premium.of(side)(), day_premium.of(other).over_all()
    change = {"call": call_contract_oi_change, "put": put_contract_oi_change}[side]()
    known_change = pl.when(pl.col("oi_lag") == 0).then(change.abs()).otherwise(opened_at_least.of(side)())
    is_small = of_contract < max_share * gross
    unchanged = known_change <= max_change * pl.col(f"{side}_volume")
    return _of_traded(side, is_small & unchanged, of_contract, gross, known_change)


def _count(flags: tuple[pl.Expr, pl.Expr]) -> pl.Expr:
    """Number of contracts flagged; 0 where nothing traded, null where the flag is unknown for everything that traded."""
    return sum_known(pl.sum_horizontal(flags), flags, VOLUMES).cast(pl.Int64)


def _of_both(flag: Sided, **parameters: float) -> tuple[pl.Expr, pl.Expr]:
    return flag.call(**parameters), flag.put(**parameters)


@metric(grain="snapshot", unit="1")
def unusual_contracts(
    min_volume: int = 500, min_open_interest: int = 100, min_price: float = 0.10, min_volume_oi: float = MIN_VOLUME_OI
) -> pl.Expr:
    """Number of contracts with unusual volume (`call_unusual`, `put_unusual`, with the same parameters)."""
    return _count(
        _of_both(
            unusual,
            min_volume=min_volume,
            min_open_interest=min_open_interest,
            min_price=min_price,
            min_volume_oi=min_volume_oi,
        )
    )


@metric(grain="snapshot", unit="1")
def large_contracts(
    min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = MIN_VOLUME_OI
) -> pl.Expr:
    """Number of contracts with a large day (`call_large_contract_day`, `put_large_contract_day`, with the same parameters); these are not prints."""
    return _count(
        _of_both(
            large_contract_day, min_premium=min_premium, min_gross_share=min_gross_share, min_volume_oi=min_volume_oi
        )
    )


def _large_premium(side: str, min_premium: float, min_gross_share: float, min_volume_oi: float) -> pl.Expr:
    flags = _of_both(
        large_contract_day, min_premium=min_premium, min_gross_share=min_gross_share, min_volume_oi=min_volume_oi
    )
    counted = pl.when(flags[SIDES.index(side)]).then(premium.of(side)())
    return sum_known(counted, flags, VOLUMES)


@metric(grain="snapshot", unit="USD")
def large_call_premium(
    min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = MIN_VOLUME_OI
) -> pl.Expr:
    """Premium of the calls with a large day (`call_large_contract_day`), unsigned."""
    return _large_premium("call", min_premium, min_gross_share, min_volume_oi)


@metric(grain="snapshot", unit="USD")
def large_put_premium(
    min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = MIN_VOLUME_OI
) -> pl.Expr:
    """Premium of the puts with a large day (`put_large_contract_day`), unsigned."""
    return _large_premium("put", min_premium, min_gross_share, min_volume_oi)


@metric(grain="snapshot", unit="USD")
def large_net_premium(
    min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = MIN_VOLUME_OI
) -> pl.Expr:
    """Premium of calls with a large day minus that of puts; unsigned, because a chain does not show who bought."""
    thresholds = {"min_premium": min_premium, "min_gross_share": min_gross_share, "min_volume_oi": min_volume_oi}
    return large_call_premium(**thresholds) - large_put_premium(**thresholds)
