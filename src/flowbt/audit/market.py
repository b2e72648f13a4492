"""The market that is used where no lake is named: small, synthetic, always the same, with a trade tape."""

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from flowbt.lake import Lake
from flowbt.market import MarketConfig, simulate_bars, simulate_chains
from flowbt.schema import PRINTS, SIDES, conform

MARKET: Final = MarketConfig(symbols=3, sessions=140, seed=20, contracts_per_snapshot=200, warmup_bars=250)
"""Long enough for the habits of the shipped signals (63 sessions) to settle twice over, and with a tenor for each metric."""
ORDERS_A_DAY: Final = 30
EXCHANGES: Final = ("CBOE", "ISE", "PHLX", None)


def write_market(folder: Path, config: MarketConfig = MARKET) -> Lake:
    """The market in a lake of its own."""
    lake = Lake(folder)
    rows = pl.concat(simulate_chains(config))
    lake.write_strike_rows(rows)
    lake.write_bars(simulate_bars(config))
    lake.write_prints(draw_prints(rows, config.seed))
    return lake


def draw_prints(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A tape of the contracts of these strike rows: orders filled at once, now on one exchange, now on several.

    Now and then an order is as large as a block, and of some prints neither the side of the quote nor the exchange is known.

    Args:
        rows: strike rows, each snapshot one run of them.
        seed: of the draws.
    """
    draw = np.random.default_rng(seed)
    counts = rows.select(pl.struct("symbol", "date").rle().struct.field("len").cast(pl.Int64)).to_series().to_numpy()
    first = np.cumsum(counts) - counts
    contract = (first[:, None] + draw.integers(0, counts[:, None], (len(counts), ORDERS_A_DAY))).ravel()
    fills = draw.integers(1, 4, len(contract))
    order = np.repeat(np.arange(len(contract)), fills)
    is_call = draw.random(len(contract)) < 0.5
    second = draw.integers(0, 6 * 3600, len(contract))
    side = draw.choice(len(_SIDES), len(contract))
    drawn = pl.DataFrame(
        {
            "option_type": np.where(is_call, *SIDES)[order],
            "offset": second[order] * 1_000_000 + draw.choice((0, 4_000, 9_000), len(order)),
            "size": draw.integers(1, 60, len(order)) * draw.choice((1, 1, 1, 400), len(order)),
            "side": pl.Series(_SIDES, dtype=pl.String).gather(side[order]),
            "exchange": pl.Series(EXCHANGES, dtype=pl.String).gather(draw.choice(len(EXCHANGES), len(order))),
        }
    )
    bid, ask, iv, delta = (
        pl.when(pl.col("option_type") == "call").then(f"call_{name}").otherwise(f"put_{name}")
        for name in ("bid", "ask", "iv", "delta")
    )
    prints = rows[contract[order]].hstack(drawn).with_columns(bid=bid, ask=ask, iv=iv, delta=delta)
    at = {"ask": pl.col("ask"), "bid": pl.col("bid")}
    price = pl.when(side="ask").then(at["ask"]).when(side="bid").then(at["bid"]).otherwise((at["ask"] + at["bid"]) / 2)
    opened = pl.col("date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC").dt.offset_by("15h")
    return conform(prints.with_columns(price=price, time=opened + pl.duration(microseconds="offset")), PRINTS)


_SIDES: Final = ("ask", "bid", "mid", None)
