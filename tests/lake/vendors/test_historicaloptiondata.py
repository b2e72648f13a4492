"""historicaloptiondata: greeks whose unit changed over the years."""

from collections.abc import Callable

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome

HEADER = (
    "underlying,underlying_last, exchange,optionroot,optionext,type,expiration,quotedate,strike,last,bid,ask,volume,"
    "openinterest,impliedvol,delta,gamma,theta,vega,optionalias\n"
)


def row(day: str, strike: int, gamma: float, theta: float, vega: float) -> str:
    symbol = f"AAA260116C{strike * 1000:08d}"
    return f"AAA,100,*,{symbol},,call,01/16/2026,{day},{strike},1.5,1.4,1.6,10,50,0.25,0.52,{gamma},{theta},{vega},{symbol}\n"


def test_each_day_says_by_itself_what_unit_its_gamma_is_in(
    vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome], stored: Callable[[], pl.DataFrame]
) -> None:
    # gamma S^2 iv T = 0.1 * 10000 * 0.25 * T, with 9 and 8 days
    text = HEADER + row("01/07/2026", 100, 10, -9, 6.164) + row("01/08/2026", 100, 0.1, -36.5, 5.479)
    outcome(vendor_file("AAA.csv", text), format_name="historicaloptiondata")
    found = stored().sort("date").select("gamma", "theta", "vega").rows()
    assert found == [pytest.approx((0.1, -0.09, 0.06164)), pytest.approx((0.1, -0.1, 0.05479))]


def test_a_day_on_which_nothing_tells_is_taken_for_a_newer_one(
    vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome], stored: Callable[[], pl.DataFrame]
) -> None:
    outcome(vendor_file("AAA.csv", HEADER + row("01/08/2026", 80, 0, -36.5, 0)), format_name="historicaloptiondata")
    assert stored().select("gamma", "theta").row(0) == pytest.approx((0, -0.1))


def test_a_volatility_that_was_not_found_has_no_greeks(
    vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome], stored: Callable[[], pl.DataFrame]
) -> None:
    text = (
        HEADER
        + row("01/08/2026", 100, 0.1, -36.5, 5.479)
        + row("01/08/2026", 80, 0, 0, 0).replace("0.25,0.52", "0.01,0")
    )
    outcome(vendor_file("AAA.csv", text), format_name="historicaloptiondata")
    assert stored().filter(strike=80).select("iv", "delta", "gamma", "theta", "vega").row(0) == (None,) * 5
