"""What dealers would have to hedge: the greeks of what is held, added up.

An exposure assumes whose position the open interest is (`position`), which no chain says and which can be wrong in sign:

- `naive` (default): dealers are long the calls and short the puts;
- `short_all`: they are short everything;
- `absolute`: whoever holds it, without sign;
- `flow_signed`: not what is held but what they took on today, if they sold what traded at the ask and bought what traded at
  the bid; it needs a tape.
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
    held = pl.col(f"{side}_open_interest")
    if position == "flow_signed":
        return on_tape(side, "volume", "bid") - on_tape(side, "volume", "ask")
    is_short = position == "short_all" or (position == "naive" and side == "put")
    return -held if is_short else held


def _exposure(greek: Sided, position: Position) -> pl.Expr:
    """The greek of all that dealers hold, in shares; null where it is known of no contract."""
    calls, puts = (greek.of(side)() * contracts_of_dealers(side, position) * pl.col("multiplier") for side in SIDES)
    total = calls.fill_null(0) + puts.fill_null(0)
    if position == "flow_signed":
        return pl.when((calls.is_not_null() | puts.is_not_null()).any()).then(total.sum())
    return sum_known(total, (calls, puts), HELD)


@sided(grain="strike", unit="shares per USD")
def gamma_held(side: str) -> pl.Expr:
    """Gamma of all the strike's {side}s held: gamma times open interest times multiplier."""
    return unit_gamma.of(side)() * pl.col(f"{side}_open_interest") * pl.col("multiplier")


call_gamma_held, put_gamma_held = gamma_held.call, gamma_held.put


@metric(grain="snapshot", unit="shares per USD", rows="live")
def net_gamma_held(position: Position = "naive") -> pl.Expr:
    """Gamma of all that dealers hold if `position` is right: shares to trade per USD of move; null where none is known."""
    return _exposure(unit_gamma, position)


@metric(grain="snapshot", unit="see `unit`")
def gex(unit: GexUnit = "usd_1pct", position: Position = "naive") -> pl.Expr:
    """Gamma exposure: what dealers, if long the calls and short the puts, must trade against a move of the underlying.

    `usd_1pct` (default): USD per 1% move; `usd_1pt`: USD per point; `shares_1pt`, `shares_1pct`: shares. Negative: they
    sell into a fall. Whose position it is, is assumed (`position`: naive, short_all, absolute, flow_signed); read it beside
    `gex_coverage`.
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
    """Share of the open interest whose gamma is known, from the source or from an implied volatility."""
    held = {side: pl.col(f"{side}_open_interest") for side in SIDES}
    known = [held[side].filter(unit_gamma.of(side)().is_not_null()).sum() for side in SIDES]
    total = held["call"].sum() + held["put"].sum()
    return pl.when(total > 0).then((known[0] + known[1]) / total)


def _delta_held(side: str) -> pl.Expr:
    return unit_delta.of(side)() * pl.col(f"{side}_open_interest") * pl.col("multiplier")


def _sum_held(delta: pl.Expr) -> pl.Expr:
    return sum_known(delta, (_delta_held("call"), _delta_held("put")), HELD)


@metric(grain="snapshot", unit="shares", rows="live")
def dex_net() -> pl.Expr:
    """Delta of everything held, signed: calls' positive, puts' negative; null where no delta is known."""
    return _sum_held(_delta_held("call")) + _sum_held(_delta_held("put"))


@metric(grain="snapshot", unit="shares", rows="live")
def dex_gross() -> pl.Expr:
    """Delta of everything held, without sign. It cannot be negative, so its sign says nothing."""
    return _sum_held(_delta_held("call").abs()) + _sum_held(_delta_held("put").abs())


@metric(grain="snapshot", unit="shares per vol point", rows="live")
def net_vanna_held(position: Position = "naive") -> pl.Expr:
    """Vanna of all that dealers hold if `position` is right: how their delta changes per point of volatility."""
    return _exposure(unit_vanna, position)


@metric(grain="snapshot", unit="USD per vol point")
def vanna_exposure(position: Position = "naive") -> pl.Expr:
    """Worth of the shares that dealers, if long the calls and short the puts, gain in delta when volatility rises a point.

    Every contract's volatility is taken to rise alike. Whose position it is, is assumed (`position`, as of `gex`).
    """
    return net_vanna_held(position=position) * pl.col("underlying_price")


@metric(grain="snapshot", unit="shares per day", rows="live")
def net_charm_held(position: Position = "naive") -> pl.Expr:
    """Charm of all that dealers hold if `position` is right: how their delta changes as a calendar day passes."""
    return _exposure(unit_charm, position)


@metric(grain="snapshot", unit="USD per day")
def charm_exposure(position: Position = "naive") -> pl.Expr:
    """Worth of the shares that dealers, if long the calls and short the puts, gain in delta as a calendar day passes.

    Spot and volatility stay. Whose position it is, is assumed (`position`, as of `gex`).
    """
    return net_charm_held(position=position) * pl.col("underlying_price")
