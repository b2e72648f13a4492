"""The numbers of the options signal on IWM of 2025-12-29, each at the precision at which it is printed."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.seeds import december
from tests.seeds.december import DAY

from flowbt.lake import Lake
from flowbt.metrics import Request, compute
from flowbt.metrics.catalogue.technical import label_level
from flowbt.schema import PRICE_BARS, conform

PRINTED = {
    "spot": "249.80",
    "sma_30": "246.33",
    "sma_200": "224.02",
    "bollinger_lower": "244.92",
    "bollinger_mid": "250.94",
    "bollinger_upper": "256.96",
    "put_call_oi_ratio": "2.18",
    "support_1(kind=fibonacci)": "249.73",
    "resistance_1(kind=fibonacci)": "252.08",
    "contention_strike[expiry=this_friday,otm]": "255.00",
    "next_call_peak[expiry=this_friday,otm]": "266.00",
    "put_floor(rank=1)[expiry=this_friday,otm]": "240.00",
    "put_floor(rank=2)[expiry=this_friday,otm]": "235.00",
    "put_floor(rank=3)[expiry=this_friday,otm]": "245.00",
}
SIZES = {("call", 255): 10_000, ("call", 266): 8_401, ("put", 240): 7_739, ("put", 235): 7_321, ("put", 245): 5_682}


@pytest.fixture(scope="module")
def signal(december_lake: Lake) -> dict[str, float]:
    of_bars = {"change": pl.col("close") / pl.col("close").shift() - 1, "low": pl.col("low")}
    request = Request(("IWM",), DAY, DAY, metrics=tuple(PRINTED), expressions=of_bars)
    return compute(december_lake, request).row(0, named=True)


@pytest.mark.parametrize("name", PRINTED)
def test_number(name: str, signal: dict[str, float]) -> None:
    assert f"{signal[name]:.2f}" == PRINTED[name]


@pytest.mark.parametrize(("side", "strike"), SIZES)
def test_open_interest_of_a_peak(side: str, strike: int, december_lake: Lake) -> None:
    column = f"{side}_oi_at_strike[expiry=this_friday,otm]"
    levels = compute(december_lake, Request(("IWM",), grain="level", metrics=(column,)))
    assert levels.filter(pl.col("strike") == strike)[column].to_list() == [SIZES[side, strike]]


def test_fall_of_the_day(signal: dict[str, float]) -> None:
    assert f"{signal['change']:.2%}" == "-0.64%"


def test_low_of_the_day_is_above_its_support(signal: dict[str, float]) -> None:
    assert f"{signal['low']:.2f}" == "249.35"
    assert signal["support_1(kind=fibonacci)"] < signal["spot"]


def test_support_above_the_price_is_a_resistance(signal: dict[str, float]) -> None:
    assert label_level(250.34, signal["spot"]) == "resistance"


# With S1 = 249.73, R1 = 252.08 and the close at 251.42, the high and low of the bar before are determined. Classic asks for
# a high of 251.05, below the close; Woodie's resistance is then 252.60, and Camarilla's levels lie around the close, which
# is not in the middle of the two.
@pytest.mark.parametrize(("kind", "high", "low"), [("fibonacci", 252.19, 249.11), ("demark", 252.74, 250.39)])
def test_bar_from_which_a_kind_of_pivots_has_the_printed_levels(
    kind: str, high: float, low: float, tmp_path: Path
) -> None:
    lake = Lake(tmp_path)
    before = {"date": date(2025, 12, 26), "open": 252.0, "high": high, "low": low, "close": december.CLOSE_BEFORE}
    today = {"date": DAY, "open": 250.98, "high": 251.06, "low": 249.35, "close": december.SPOT}
    lake.write_bars(
        conform(pl.DataFrame([{"symbol": "IWM", "volume": 1, **bar} for bar in (before, today)]), PRICE_BARS)
    )
    names = (f"support_1(kind={kind})", f"resistance_1(kind={kind})")
    levels = compute(lake, Request(("IWM",), DAY, DAY, metrics=names)).row(0, named=True)
    assert [f"{levels[name]:.2f}" for name in names] == ["249.73", "252.08"]
