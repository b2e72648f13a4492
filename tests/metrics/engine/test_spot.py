"""The price of the underlying where the source gives none: the bar's close, else put-call parity."""

from collections.abc import Mapping
from datetime import date
from math import exp
from typing import Any

import polars as pl
import pytest
from tests.conftest import EXPIRATION, FIRST_DAY, Bars, Chain, Store

from flowbt.conventions import RISK_FREE_RATE
from flowbt.lake import Lake
from flowbt.metrics import Request, compute
from flowbt.metrics.engine.spot import spots
from flowbt.workflows.lake_status import lake_status

QUARTER = (EXPIRATION - FIRST_DAY).days / 365
"""Time to expiry; 11 days."""


def quotes(call: float, put: float, width: float = 0.2) -> dict[str, Any]:
    """A strike whose call and put are quoted around these prices."""
    half = width / 2
    return {"call_bid": call - half, "call_ask": call + half, "put_bid": put - half, "put_ask": put + half}


def by_parity(strike: float, excess: float) -> float:
    return strike * exp(-RISK_FREE_RATE * QUARTER) + excess


STRIKES: Mapping[float, Mapping[str, Any]] = {
    95: quotes(7, 1),
    100: quotes(3, 2),
    105: quotes(1, 5.2),
    150: quotes(0.1, 45),
}
"""The three strikes of the least |call - put| are 100 (+1), 105 (-4.2) and 95 (+6)."""
IMPLIED = sorted([by_parity(100, 1), by_parity(105, -4.2), by_parity(95, 6)])[1]


def measured(lake: Lake) -> dict[str, Any]:
    return compute(lake, Request(("AAA",), metrics=("spot", "spot_source"))).row(-1, named=True)


def test_the_chains_own_price_comes_first(store: Store, chain: Chain, bars: Bars) -> None:
    found = measured(store(chain(STRIKES, spot=101.5), bars=bars([100.9])))
    assert (found["spot"], found["spot_source"]) == (101.5, "chain")


def test_then_the_close_of_the_day(store: Store, chain: Chain, bars: Bars) -> None:
    found = measured(store(chain(STRIKES, spot=None), bars=bars([100.9, 103])))
    assert (found["spot"], found["spot_source"]) == (100.9, "bar")


def test_then_parity_at_the_three_strikes_nearest_the_money(store: Store, chain: Chain) -> None:
    found = measured(store(chain(STRIKES, spot=None)))
    assert (found["spot"], found["spot_source"]) == (pytest.approx(IMPLIED), "parity")


def test_a_bar_in_other_money_gives_way_to_parity(store: Store, chain: Chain, bars: Bars) -> None:
    found = measured(store(chain(STRIKES, spot=None), bars=bars([10.09])))  # adjusted for a later 10:1 split
    assert (found["spot"], found["spot_source"]) == (pytest.approx(IMPLIED), "parity")


def test_last_trades_of_the_day_where_there_are_no_quotes(store: Store, chain: Chain) -> None:
    traded = {"call_last": 3.0, "put_last": 2.0, "call_volume": 1, "put_volume": 1}
    stale = {"call_last": 9.0, "put_last": 9.0, "call_volume": 1, "put_volume": 0}
    found = measured(store(chain({100: traded, 105: stale}, spot=None)))
    assert (found["spot"], found["spot_source"]) == (pytest.approx(by_parity(100, 1)), "parity")


def test_last_trades_do_not_overrule_a_bar(store: Store, chain: Chain, bars: Bars) -> None:
    traded = {"call_last": 3.0, "put_last": 2.0, "call_volume": 1, "put_volume": 1}
    assert measured(store(chain({100: traded}, spot=None), bars=bars([50])))["spot"] == 50


def test_the_nearest_live_expiry_decides(store: Store, chain: Chain) -> None:
    dead = chain({100: quotes(50, 1)}, spot=None, expiration=FIRST_DAY)
    later = chain({100: quotes(50, 1)}, spot=None, expiration=date(2026, 3, 20))
    assert measured(store(dead, chain(STRIKES, spot=None), later))["spot"] == pytest.approx(IMPLIED)


def test_crossed_and_missing_quotes_imply_nothing(store: Store, chain: Chain) -> None:
    crossed = {"call_bid": 3.1, "call_ask": 2.9, "put_bid": 1.9, "put_ask": 2.1}
    no_bid = {"call_bid": 0.0, "call_ask": 0.1, "put_bid": 1.9, "put_ask": 2.1}
    found = measured(store(chain({100: crossed, 105: no_bid}, spot=None)))
    assert (found["spot"], found["spot_source"]) == (None, None)


def test_adjusted_contracts_imply_nothing(store: Store, chain: Chain) -> None:
    adjusted = chain({100: quotes(30, 2)}, spot=None, root="AAA1")
    assert measured(store(chain(STRIKES, spot=None), adjusted))["spot"] == pytest.approx(IMPLIED)


def test_metrics_that_need_a_price_have_one(store: Store, chain: Chain, bars: Bars) -> None:
    held = {
        "call_open_interest": 10,
        "put_open_interest": 10,
        "call_gamma": 0.02,
        "put_gamma": 0.01,
        "call_iv": 0.2,
        "put_iv": 0.2,
    }
    names = ("gex", "expected_move", "net_premium_otm", "call_wall")
    rows = {strike: {**row, **held, "call_volume": 5, "put_volume": 5} for strike, row in STRIKES.items()}
    lake = store(chain(rows, spot=None), bars=bars([101.0]))
    of_the_bar = compute(lake, Request(("AAA",), metrics=names)).row(0)
    assert of_the_bar == compute(store(chain(rows, spot=101.0)), Request(("AAA",), metrics=names)).row(0)
    assert None not in of_the_bar


def test_without_a_bar_or_quotes_there_is_no_row(store: Store, chain: Chain) -> None:
    lake = store(chain({100: {"call_volume": 1}}, spot=None))
    assert spots(lake, pl.DataFrame({"symbol": ["AAA"], "date": [FIRST_DAY]})).height == 0


def test_a_jump_of_the_bars_is_seen(store: Store, chain: Chain, bars: Bars, days: list[date]) -> None:
    chains = [chain(STRIKES, spot=None, day=day) for day in days[:2]]
    lake = store(*chains, bars=bars([100, 10]))
    assert lake.snapshots()["price_jump"].to_list() == [False, True]


def test_status_counts_the_sources(store: Store, chain: Chain, bars: Bars, days: list[date]) -> None:
    chains = [chain(STRIKES, spot=spot, day=day) for day, spot in zip(days, [100.0, None, None], strict=False)]
    unquoted = chain({100: {"call_volume": 1}}, spot=None, day=days[3])
    lake = store(*chains, unquoted, bars=bars([100, 101]))
    assert lake_status(lake).chains[0].spot == {"chain": 1, "bar": 1, "parity": 1, "unknown": 1}


def test_quotes_too_wide_to_imply_a_price_do_not_overrule_the_bar(store: Store, chain: Chain, bars: Bars) -> None:
    """At 0.05 by 20 every strike implies itself, the lowest of them far from the bar."""
    quote = {"call_bid": 0.05, "call_ask": 20, "put_bid": 0.05, "put_ask": 20}
    wide = {float(strike): quote for strike in range(50, 151, 5)}
    found = measured(store(chain(wide, spot=None), bars=bars([100])))
    assert (found["spot"], found["spot_source"]) == (100, "bar")


@pytest.mark.parametrize(
    "strikes",
    [{100: quotes(3, 2), 105: quotes(1, 5.2)}, {95: quotes(7, 1), 100: quotes(3, 2), 105: quotes(21, 5.2)}],
    ids=["two strikes", "strikes that do not agree"],
)
def test_few_or_contradictory_quotes_do_not_overrule_the_bar(
    strikes: Mapping[float, Mapping[str, Any]], store: Store, chain: Chain, bars: Bars
) -> None:
    found = measured(store(chain(strikes, spot=None), bars=bars([50])))
    assert (found["spot"], found["spot_source"]) == (50, "bar")


def test_a_price_that_some_rows_lack_is_that_of_the_others(store: Store, chain: Chain) -> None:
    """Files that completed each other, the first without a price."""
    rows = chain(STRIKES, spot=100).with_columns(
        underlying_price=pl.when(pl.col("strike") > 95).then("underlying_price")
    )
    lake = store(rows)
    found = measured(lake)
    assert (found["spot"], found["spot_source"]) == (100, "chain")
    assert lake.snapshots()["underlying_price"].to_list() == [100]
