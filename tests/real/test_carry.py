"""The forward that the chains of two ETFs imply: their source's own deltas are met by it, and missed without it."""

from collections.abc import Callable

import polars as pl
import pytest

from flowbt import pricing
from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome
from flowbt.metrics import Request, compute

RATE = 0.04


@pytest.fixture(scope="session")
def calls(real_lake: Lake, ingested: IngestOutcome) -> pl.DataFrame:
    """Every tenth session's calls of moderate delta and 20 to 400 days."""
    assert ingested.files
    symbols = ("IWM", "TLT")
    spots = compute(real_lake, Request(symbols, metrics=("spot",)))
    sessions = spots["date"].unique().sort().gather_every(10)
    names = ("implied_yield", "call_volatility", "call_unit_delta")
    contracts = compute(real_lake, Request(symbols, grain="strike", metrics=names)).filter(
        pl.col("date").is_in(sessions.implode()), pl.col("call_unit_delta").is_between(0.2, 0.8)
    )
    days = (pl.col("expiration") - pl.col("date")).dt.total_days()
    return (
        contracts.join(spots, on=["symbol", "date"]).with_columns(days=days).filter(pl.col("days").is_between(20, 400))
    )


@pytest.mark.parametrize(("symbol", "error"), [("IWM", 0.01), ("TLT", 0.02)])
def test_deltas_on_the_implied_forward_are_the_sources(symbol: str, error: float, calls: pl.DataFrame) -> None:
    found = calls.filter(symbol=symbol).drop_nulls()
    assert found.height > 1_000

    def missed(dividend_yield: Callable[[pl.DataFrame], pl.Series]) -> float:
        ours = pricing.delta(
            found["spot"].to_numpy(),
            found["strike"].to_numpy(),
            found["days"].to_numpy() / 365,
            found["call_volatility"].to_numpy(),
            RATE,
            dividend_yield(found).to_numpy(),
            is_call=True,
        )
        return float((pl.Series(ours) - found["call_unit_delta"]).abs().median())  # type: ignore[arg-type]

    implied = missed(lambda rows: rows["implied_yield"])
    assert implied < error
    assert implied < 0.6 * missed(lambda rows: rows["implied_yield"] * 0)
