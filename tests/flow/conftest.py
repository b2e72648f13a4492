"""Days made by hand: AAA on Monday 5 January 2026 at 100, with the contracts and numbers that a test names, else unknown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.expiries import last_trading_day
from flowbt.flow import requested_metrics as names
from flowbt.flow.day import Day
from flowbt.metrics import Decision
from flowbt.schema import PRICE_BARS

MONDAY = date(2026, 1, 5)
FRIDAY = date(2026, 1, 16)
FLAGS = ("large_contract_day", "unusual", "is_noise", "dividend_play")
COUNTS = ("volume", "open_interest", "contract_oi_change", "opened_at_least")

Row = Mapping[str, Any]
MakeDay = Callable[..., Day]
MakeRow = Callable[..., dict[str, Any]]


def kind_of(name: str) -> pl.DataType:
    if name in FLAGS:
        return pl.Boolean()
    return pl.Int64() if name in COUNTS else pl.Float64()


CONTRACTS: dict[str, pl.DataType] = {
    "date": pl.Date(), "root": pl.String(), "expiration": pl.Date(), "last_trading_day": pl.Date(), "strike": pl.Float64(),
    "option_type": pl.String(), "dte": pl.Int64(), **{name: kind_of(name) for name in (*names.OF_CONTRACTS, *names.STORED)},
}  # fmt: skip
EXPIRIES: dict[str, pl.DataType] = {
    "expiration": pl.Date(),
    "last_trading_day": pl.Date(),
    **dict.fromkeys(names.OF_EXPIRIES, pl.Float64()),
}
STRIKES: dict[str, pl.DataType] = {"strike": pl.Float64(), **dict.fromkeys(names.OF_STRIKES, pl.Int64())}


@pytest.fixture(scope="session")
def option() -> MakeRow:
    """A contract's row: `option(100, "call", volume=5)`; flags are off and other numbers unknown unless named."""

    def make(strike: float, option_type: str = "call", expiration: date = FRIDAY, **known: Any) -> dict[str, Any]:
        unknown = known.keys() - CONTRACTS.keys()
        assert not unknown, f"no such columns: {unknown}"
        key = {"root": "AAA", "expiration": expiration, "strike": strike, "option_type": option_type}
        return key | dict.fromkeys(FLAGS, False) | known

    return make


@pytest.fixture(scope="session")
def make_day() -> MakeDay:
    """A day: `make_day([option(100)], gross_premium=5e6)`; what is named beside the frames is in its row of the history."""

    def make(
        contracts: Sequence[Row] = (),
        *,
        day: date = MONDAY,
        decision: Decision = "close",
        expiries: Sequence[Row] = (),
        strikes: Sequence[Row] = (),
        earlier: Sequence[Row] = (),
        bars: pl.DataFrame | None = None,
        oi_lag: int | None = 1,
        has_jumped: bool = False,
        exchange: str = "XNYS",
        **today: Any,
    ) -> Day:
        unknown = {"symbol": "AAA"} | dict.fromkeys((*names.OF_HISTORY, "score", "verdict", "low"))
        history = [
            {**unknown, **row} for row in (*earlier, {"date": day, "spot": 100.0, "spot_source": "chain", **today})
        ]
        of_day = [
            {
                **row,
                "date": day,
                "dte": (row["expiration"] - day).days,
                "last_trading_day": last_trading_day(row["expiration"], row["root"], exchange),
            }
            for row in contracts
        ]
        of_expiries = [
            {**row, "last_trading_day": last_trading_day(row["expiration"], "AAA", exchange)} for row in expiries
        ]
        return Day(
            symbol="AAA",
            date=day,
            decision=decision,
            exchange=exchange,
            history=pl.DataFrame(history, infer_schema_length=None),
            contracts=pl.DataFrame(of_day, schema=CONTRACTS),
            expiries=pl.DataFrame(of_expiries, schema=EXPIRIES),
            strikes=pl.DataFrame(strikes, schema=STRIKES),
            bars=pl.DataFrame(schema=PRICE_BARS) if bars is None else bars,
            quote_time=None,
            oi_lag=oi_lag,
            has_jumped=has_jumped,
        )

    return make
