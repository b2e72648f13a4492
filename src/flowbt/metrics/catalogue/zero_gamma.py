"""Zero gamma (gamma flip): the spot at which gamma exposure would change its sign.

Every contract is repriced on a grid of spots with its volatility unchanged ("sticky strike"), and the exposures are
added up (`gex_profile`). At the zero crossing nearest the spot, dealer hedging would switch from damping moves to
amplifying them, if the assumed position is right. A book may have no crossing within the grid; `zero_gamma_status`
gives the reason.
"""

from collections.abc import Sequence
from functools import partial
from importlib import import_module

import numpy as np
import polars as pl
from numpy.typing import NDArray

from flowbt.conventions import RISK_FREE_RATE
from flowbt.errors import DefinitionError
from flowbt.metrics.catalogue.carry import Carry, dividend_yield_of, years
from flowbt.metrics.catalogue.exposure import Position, contracts_of_dealers
from flowbt.metrics.catalogue.greeks import volatility
from flowbt.metrics.engine.definition import metric
from flowbt.schema import SIDES

WIDTH = 0.1
"""Farthest spot of the grid, as a fraction of today's spot."""
STEPS = 40
"""Steps upwards; 40 over 10% are about a quarter of a percent each."""


def spot_grid(width: float = WIDTH, steps: int = STEPS) -> NDArray[np.float64]:
    """Log ratios of spot to today's spot: `steps` equal steps up to +`width`, and as many as needed to reach -`width`."""
    if not 0 < width < 1 or steps < 1:
        raise DefinitionError(
            f"the grid of spots needs a width between 0 and 1 and at least one step, got width={width} and steps={steps}"
        )
    step = np.log1p(width) / steps
    down = int(np.ceil(-np.log1p(-width) / step))
    return np.asarray(np.arange(-down, steps + 1) * step, dtype=np.float64)


@metric(grain="snapshot", unit="USD", rows="live")
def gex_profile(
    width: float = WIDTH,
    steps: int = STEPS,
    position: Position = "naive",
    rate: float = RISK_FREE_RATE,
    dividend_yield: float = 0.0,
    carry: Carry = "implied",
) -> pl.Expr:
    """Gamma exposure profile (USD per 1% move) over a grid of spots, as a list: `steps` equal log steps up to +`width`, and down to -`width`.

    Gamma is computed for every contract, because the source's own is valid only at today's spot. Null where no contract
    has both a volatility and a position, or where the exposure is not finite.
    """
    spot_grid(width, steps)
    inputs = [pl.col("underlying_price"), pl.col("strike"), years(), dividend_yield_of(carry, rate, dividend_yield)]
    for side in SIDES:
        inputs.append(volatility.of(side)(rate=rate, dividend_yield=dividend_yield, carry=carry))
        inputs.append((contracts_of_dealers(side, position) * pl.col("multiplier")).fill_null(0.0).cast(pl.Float64))
    profile = partial(_profile, width=width, steps=steps, rate=rate)
    return pl.map_groups(inputs, profile, return_dtype=pl.List(pl.Float64), returns_scalar=True)


def _profile(columns: Sequence[pl.Series], width: float, steps: int, rate: float) -> pl.Series:
    # imported here because numba takes a third of a second to load, and most requests do not need it
    exposure = import_module("flowbt.pricing.gamma_profile").gamma_exposure
    spot = columns[0].first()
    shared = [column.to_numpy() for column in columns[1:4]]
    strike, time, dividend_yield = shared
    books = [
        (strike, time, volatility.to_numpy(), dividend_yield, contracts.to_numpy())
        for volatility, contracts in zip(columns[4::2], columns[5::2], strict=True)
    ]
    has_gamma = any(((book[2] > 0) & (book[4] != 0)).any() for book in books)
    values = None
    if spot is not None and has_gamma:
        profile = exposure(spot, books, rate, spot_grid(width, steps))
        values = profile.tolist() if np.isfinite(profile).all() else None
    return pl.Series([values], dtype=pl.List(pl.Float64))


@metric(grain="snapshot", unit="USD")
def zero_gamma(width: float = WIDTH, steps: int = STEPS, position: Position = "naive") -> pl.Expr:
    """Zero-gamma level: the spot nearest to today's at which gamma exposure would change its sign; null if none is within `width`.

    Interpolated linearly between the two spots of `gex_profile` around it. `zero_gamma_status` gives the reason for a
    null.
    """
    crossing = _from_profile(partial(_crossing, width=width, steps=steps), pl.Float64(), width, steps, position)
    return pl.col("underlying_price") * crossing.exp()


@metric(grain="snapshot", unit="name")
def zero_gamma_status(width: float = WIDTH, steps: int = STEPS, position: Position = "naive") -> pl.Expr:
    """Status of the zero-gamma level: crossed, always positive or always negative; null where there is no gamma or none is known."""
    return _from_profile(partial(_status, width=width, steps=steps), pl.String(), width, steps, position)


def _from_profile(function: object, dtype: pl.DataType, width: float, steps: int, position: Position) -> pl.Expr:
    profile = gex_profile(width=width, steps=steps, position=position)
    return profile.map_batches(function, return_dtype=dtype, is_elementwise=True)  # type: ignore[arg-type]


def _crossing(profiles: pl.Series, width: float, steps: int) -> pl.Series:
    """Log ratio of the crossing spot to today's; null where there is none."""
    crossings = [None if profile is None else _nearest_zero(profile.to_numpy(), width, steps) for profile in profiles]
    return pl.Series(crossings, dtype=pl.Float64)


def _nearest_zero(profile: NDArray[np.float64], width: float, steps: int) -> float | None:
    # an exposure that fades to exactly 0 along the grid has not crossed it
    nonzero = profile != 0
    grid, exposure = spot_grid(width, steps)[nonzero], profile[nonzero]
    changes = np.flatnonzero(np.sign(exposure[:-1]) != np.sign(exposure[1:]))
    before, after = exposure[changes], exposure[changes + 1]
    zeros = grid[changes] + (grid[changes + 1] - grid[changes]) * before / (before - after)
    inside = zeros[(zeros >= np.log1p(-width)) & (zeros <= np.log1p(width))]
    return float(inside[np.argmin(np.abs(np.expm1(inside)))]) if inside.size else None


def _status(profiles: pl.Series, width: float, steps: int) -> pl.Series:
    crossings = _crossing(profiles, width, steps)
    at_spot = profiles.list.get(int(np.flatnonzero(spot_grid(width, steps) == 0)[0]))
    return pl.select(
        pl.when(profiles.is_null())
        .then(None)
        .when(crossings.is_not_null())
        .then(pl.lit("crossed"))
        .when(at_spot > 0)
        .then(pl.lit("always positive"))
        .when(at_spot < 0)
        .then(pl.lit("always negative"))
    ).to_series()
