"""Dealer exposures: the greeks of the open interest, added up, as what dealers would have to hedge.

An exposure assumes who holds the open interest (`position`). No chain shows this, and a wrong assumption can reverse
the sign:

- `naive` (default): dealers are long the calls and short the puts;
- `short_all`: dealers are short everything;
- `absolute`: unsigned, whoever holds it;
- `flow_signed`: not the open interest but the position dealers took on today, if they sold what traded at the ask and
  bought what traded at the bid; needs a tape.
"""

from typing import Literal

import polars as pl

from flowbt.metrics.catalogue.greeks import unit_charm, unit_delta, unit_gamma, unit_vanna
from flowbt.metrics.engine.definition import Sided, metric, sided
from flowbt.metrics.engine.null_sums import HELD, sum_known
from flowbt.metrics.engine.resolve import on_tape
from flowbt.schema import SIDES

GexUnit = Literal["usd_1pct", "usd_1pt", "shares_1pt", "shares_1pct"]
Position = Literal["naive", "short_all", "absolute", "flow_signed"]


def contracts_of_dealers(side: str, position: Position) -> pl.Expr:
    """The calls or puts that dealers hold if `position` is right; negative where they are short."""
    open_interest = pl.col(f"{side}_open_interest")
    if position == "flow_signed":
        return on_tape(side, "volume", "bid") - on_tape(side, "volume", "ask")
    is_short = position == "short_all" or (position == "naive" and side == "put")
    return -open_interest if is_short else open_interest


def _exposure(greek: Sided, position: Position) -> pl.Expr:
    """The greek of everything dealers hold, in shares; null where it is unknown for all contracts."""
    calls, puts = (greek.of(side)() * contracts_of_dealers(side, position) * pl.col("multiplier") for side in SIDES)
    total = calls.fill_null(0) + puts.fill_null(0)
    if position == "flow_signed":
        return pl.when((calls.is_not_null() | puts.is_not_null()).any()).then(total.sum())
    return sum_known(total, (calls, puts), HELD)


@sided(grain="strike", unit="shares per USD")
def gamma_held(side: str) -> pl.Expr:
    """Gamma of the open {side}s at the strike: gamma times open interest times multiplier."""
    return unit_gamma.of(side)() * pl.col(f"{side}_open_interest") * pl.col("multiplier")


call_gamma_held, put_gamma_held = gamma_held.call, gamma_held.put


@metric(grain="snapshot", unit="shares per USD", rows="live")
def net_gamma_held(position: Position = "naive") -> pl.Expr:
    """Dealer gamma if `position` is right: shares to trade per USD of move; null where no gamma is known."""
    return _exposure(unit_gamma, position)


@metric(grain="snapshot", unit="see `unit`")
def gex(unit: GexUnit = "usd_1pct", position: Position = "naive") -> pl.Expr:
    """Gamma exposure (GEX): how much dealers must trade as the underlying moves, if they are long the calls and short the puts.

    `usd_1pct` (default): USD per 1% move; `usd_1pt`: USD per point; `shares_1pt`, `shares_1pct`: shares. Negative:
    dealers sell into a fall and buy into a rise, which amplifies moves. The position is an assumption (`position`:
    naive, short_all, absolute, flow_signed). Read it together with `gex_coverage`.
    """
    spot_price = pl.col("underlying_price")
    scale = {
        "usd_1pct": spot_price * spot_price * 0.01,
        "usd_1pt": spot_price,
        "shares_1pt": pl.lit(1.0),
        "shares_1pct": spot_price * 0.01,
    }[unit]
    return net_gamma_held(position=position) * scale


@metric(grain="snapshot", unit="1", rows="live")
def gex_coverage() -> pl.Expr:
    """Share of the open interest for which gamma is known, from the source or from an implied volatility."""
    open_interest = {side: pl.col(f"{side}_open_interest") for side in SIDES}
    covered = [open_interest[side].filter(unit_gamma.of(side)().is_not_null()).sum() for side in SIDES]
    total = open_interest["call"].sum() + open_interest["put"].sum()
    return pl.when(total > 0).then((covered[0] + covered[1]) / total)


def _delta_held(side: str) -> pl.Expr:
    return unit_delta.of(side)() * pl.col(f"{side}_open_interest") * pl.col("multiplier")


def _sum_held(delta: pl.Expr) -> pl.Expr:
    return sum_known(delta, (_delta_held("call"), _delta_held("put")), HELD)


@metric(grain="snapshot", unit="shares", rows="live")
def dex_net() -> pl.Expr:
    """Delta of all open interest, signed: calls positive, puts negative; null where no delta is known."""
    return _sum_held(_delta_held("call")) + _sum_held(_delta_held("put"))


@metric(grain="snapshot", unit="shares", rows="live")
def dex_gross() -> pl.Expr:
    """Delta of all open interest, unsigned: the absolute deltas of calls and puts added up; never negative."""
    return _sum_held(_delta_held("call").abs()) + _sum_held(_delta_held("put").abs())


@metric(grain="snapshot", unit="shares per vol point", rows="live")
def net_vanna_held(position: Position = "naive") -> pl.Expr:
    """Dealer vanna if `position` is right: how their delta changes per point of volatility."""
    return _exposure(unit_vanna, position)


@metric(grain="snapshot", unit="USD per vol point")
def vanna_exposure(position: Position = "naive") -> pl.Expr:
    """Vanna exposure: USD of delta that dealers, if long the calls and short the puts, gain when volatility rises by one point.

    All volatilities are assumed to rise by the same amount. The position is an assumption (`position`, as in `gex`).
    """
    return net_vanna_held(position=position) * pl.col("underlying_price")


@metric(grain="snapshot", unit="shares per day", rows="live")
def net_charm_held(position: Position = "naive") -> pl.Expr:
    """Dealer charm if `position` is right: how their delta changes as one calendar day passes."""
    return _exposure(unit_charm, position)


@metric(grain="snapshot", unit="USD per day")
def charm_exposure(position: Position = "naive") -> pl.Expr:
    """Charm exposure: USD of delta that dealers, if long the calls and short the puts, gain as one calendar day passes.

    Spot and volatility are unchanged. The position is an assumption (`position`, as in `gex`).
    """
    return net_charm_held(position=position) * pl.col("underlying_price")
