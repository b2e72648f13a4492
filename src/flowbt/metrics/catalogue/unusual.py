"""Contracts whose trading of the day stands out, and what the close can tell of it.

An end-of-day chain has no prints. What is found here is a contract's whole day: `large_contract_day` may be one trade of a
fund or ten thousand of as many people, and is never to be called a print or a block (`flowbt.metrics.catalogue.tape` has those).

The thresholds read the volume against the open interest with which the session began (`held_at_open`), on both clocks: in that
of after the session its own trading would be counted already.

Premium in deep in-the-money contracts is mostly parity, paid to hold or finance shares and not to bet on a move: of the large
call days of TLT in summer 2026 four in five had a delta of 0.9 or more. `large_net_premium[otm]` leaves them out.
"""

import polars as pl

from flowbt.metrics.catalogue.dividend_plays import dividend_play
from flowbt.metrics.catalogue.flow import premium
from flowbt.metrics.catalogue.open_interest import call_contract_oi_change, put_contract_oi_change
from flowbt.metrics.engine.definition import Sided, metric, sided
from flowbt.metrics.engine.null_sums import VOLUMES, sum_known
from flowbt.metrics.engine.prices import believed, two_sided_middle
from flowbt.metrics.engine.resolve import held_at_open
from flowbt.metrics.engine.scope import SNAPSHOT_ID
from flowbt.schema import SIDES


def _of_traded(side: str, condition: pl.Expr, *known: pl.Expr) -> pl.Expr:
    """The condition on a contract that traded; null where it did not, or where what it is judged by is not known."""
    return pl.when((pl.col(f"{side}_volume") > 0) & pl.all_horizontal(value.is_not_null() for value in known)).then(
        condition
    )


@sided(grain="strike", unit="USD")
def day_premium(side: str) -> pl.Expr:
    """Premium traded in all {side}s of the day, dividend plays left out: the same number beside every contract.

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
    min_volume_oi: float = 1.25,
) -> pl.Expr:
    """Whether unusually many of the {side} traded: more than `min_volume`, and at least `min_volume_oi` times what is held.

    More than `min_open_interest` must be held, and the last price be above `min_price` USD (where the source gives none, the
    VWAP, else the middle of the closing quote). Null where it did not trade, or where volume, open interest or price is
    unknown.
    """
    volume, held = pl.col(f"{side}_volume"), held_at_open(side)
    price = pl.coalesce(believed(side, "last"), believed(side, "vwap"), two_sided_middle(side))
    is_unusual = (
        (volume > min_volume) & (held > min_open_interest) & (price > min_price) & (volume >= min_volume_oi * held)
    )
    return _of_traded(side, is_unusual, held, price)


@sided(grain="strike", unit="boolean")
def large_contract_day(
    side: str, min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = 1.25
) -> pl.Expr:
    """Whether the {side}'s premium of the whole day is large: an end-of-day substitute for a block, and not a print.

    It is where the premium is at least `min_premium` USD and at least `min_gross_share` of all contracts' premium of the day
    (dividend plays left out), and the volume at least `min_volume_oi` times the open interest; what no open interest stood
    against was opened. A dividend play is none. Null where it did not trade, or where open interest or premium is unknown.
    """
    of_contract, held = premium.of(side)(), held_at_open(side)
    gross = pl.sum_horizontal(day_premium.of(each).over_all() for each in SIDES)
    is_large = (
        (of_contract >= pl.max_horizontal(pl.lit(float(min_premium)), min_gross_share * gross))
        & (pl.col(f"{side}_volume") >= min_volume_oi * held)
        & ~dividend_play.of(side).over_all()
    )
    return _of_traded(side, is_large, of_contract, held)


@sided(grain="strike", unit="contracts")
def opened_at_least(side: str) -> pl.Expr:
    """Least number of the {side}s traded today that somebody bought or sold to open: volume less open interest, if above 0.

    Only what was held before the session can be closed without having been opened in it. It counts openings of buyers and
    of sellers, and also what was closed again within the day, so that tomorrow's open interest need not be higher. Null where
    the source does not say of which close its open interest is, and where volume or open interest is unknown.
    """
    excess = pl.col(f"{side}_volume") - held_at_open(side)
    return pl.when(pl.col("oi_lag").is_not_null() & excess.is_not_null()).then(pl.max_horizontal(excess, 0))


@sided(grain="strike", unit="boolean")
def is_noise(side: str, max_share: float = 0.05, max_change: float = 0.1) -> pl.Expr:
    """Whether the {side}'s trading is too small to set against the other side's, with no change of positions behind it (own definition).

    Its premium is below `max_share` of all premium of the other side that day (dividend plays left out), and what is known
    of a change of positions is no more than `max_change` of its volume. Before the next open (`oi_lag` 0) that is the change
    of its open interest over the session. All that the close knows (`oi_lag` 1) is what must have been opened
    (`{side}_opened_at_least`): the open interest can still turn out to have changed.
    Null where it did not trade, or where premium, open interest or that change is unknown.
    """
    other = next(each for each in SIDES if each != side)
    of_contract, gross = premium.of(side)(), day_premium.of(other).over_all()
    change = {"call": call_contract_oi_change, "put": put_contract_oi_change}[side]()
    known_change = pl.when(pl.col("oi_lag") == 0).then(change.abs()).otherwise(opened_at_least.of(side)())
    is_small = of_contract < max_share * gross
    unchanged = known_change <= max_change * pl.col(f"{side}_volume")
    return _of_traded(side, is_small & unchanged, of_contract, gross, known_change)


def _count(flags: tuple[pl.Expr, pl.Expr]) -> pl.Expr:
    """How many contracts the flags mark; 0 where nothing traded, null where no flag of what traded is known."""
    return sum_known(pl.sum_horizontal(flags), flags, VOLUMES).cast(pl.Int64)


def _of_both(flag: Sided, **parameters: float) -> tuple[pl.Expr, pl.Expr]:
    return flag.call(**parameters), flag.put(**parameters)


@metric(grain="snapshot", unit="1")
def unusual_contracts(
    min_volume: int = 500, min_open_interest: int = 100, min_price: float = 0.10, min_volume_oi: float = 1.25
) -> pl.Expr:
    """How many contracts traded unusually much (`call_unusual`, `put_unusual`, with the same parameters)."""
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
    min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = 1.25
) -> pl.Expr:
    """How many contracts had a large day (`call_large_contract_day`, with the same parameters); not a number of prints."""
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
    min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = 1.25
) -> pl.Expr:
    """Premium of the calls that had a large day (`call_large_contract_day`), unsigned."""
    return _large_premium("call", min_premium, min_gross_share, min_volume_oi)


@metric(grain="snapshot", unit="USD")
def large_put_premium(
    min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = 1.25
) -> pl.Expr:
    """Premium of the puts that had a large day (`put_large_contract_day`), unsigned."""
    return _large_premium("put", min_premium, min_gross_share, min_volume_oi)


@metric(grain="snapshot", unit="USD")
def large_net_premium(
    min_premium: float = 1_000_000, min_gross_share: float = 0.01, min_volume_oi: float = 1.25
) -> pl.Expr:
    """Premium of the calls that had a large day less that of the puts. Unsigned: it does not say who bought."""
    thresholds = {"min_premium": min_premium, "min_gross_share": min_gross_share, "min_volume_oi": min_volume_oi}
    return large_call_premium(**thresholds) - large_put_premium(**thresholds)
