"""Figures published for these chains."""

from datetime import date

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome
from flowbt.metrics import Request, compute

IWM_DAY = date(2026, 8, 21)
TLT_DAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("symbol", "day", "name", "published"),
    [
        ("IWM", IWM_DAY, "put_call_volume_ratio", 1.841834),
        ("IWM", IWM_DAY, "put_call_oi_ratio", 2.576003),
        ("IWM", IWM_DAY, "call_open_interest", 2_527_061),
        ("IWM", IWM_DAY, "put_open_interest", 6_509_716),
        ("IWM", IWM_DAY, "dex_gross", 213_379_858),
        ("IWM", IWM_DAY, "dex_net", 26_705_130),
        ("IWM", IWM_DAY, "call_oi_peak", 300),
        ("IWM", IWM_DAY, "put_oi_peak", 290),
        ("IWM", IWM_DAY, "net_premium(dividend_plays=include)", -57_749_514),
        ("IWM", IWM_DAY, "gross_premium(dividend_plays=include)", 241_913_964),
        ("TLT", TLT_DAY, "put_call_volume_ratio", 0.641761),
        ("TLT", TLT_DAY, "put_call_oi_ratio", 0.675668),
        ("TLT", TLT_DAY, "net_premium", 31_630_879),
    ],
)
def test_snapshot(  # the published digits are rounded
    symbol: str, day: date, name: str, published: float, real_lake: Lake, ingested: IngestOutcome
) -> None:
    assert ingested.files
    request = Request((symbol,), first=day, last=day, metrics=(name,))
    found = compute(real_lake, request)[name].item()
    assert found == pytest.approx(published, abs=0.5 if published > 10 or published < 0 else 5e-7)


@pytest.mark.parametrize(
    ("symbol", "day", "expiration", "published"),
    [
        ("IWM", IWM_DAY, date(2026, 8, 24), 300.0),
        ("IWM", IWM_DAY, date(2026, 8, 25), 300.0),
        ("IWM", IWM_DAY, date(2026, 8, 26), 300.0),
        ("IWM", IWM_DAY, date(2026, 8, 27), 301.0),
        ("TLT", TLT_DAY, date(2026, 6, 3), 86.0),
        ("TLT", TLT_DAY, date(2026, 6, 5), 85.5),
    ],
)
def test_max_pain(
    symbol: str, day: date, expiration: date, published: float, real_lake: Lake, ingested: IngestOutcome
) -> None:
    assert ingested.files
    request = Request((symbol,), first=day, last=day, grain="expiry", metrics=("max_pain",))
    found = compute(real_lake, request)
    assert found.filter(pl.col("expiration") == expiration)["max_pain"].to_list() == [published]


def test_the_dividend_play_of_june_does_not_read_as_bullish(computed: pl.DataFrame) -> None:
    iwm = computed.filter(pl.col("symbol") == "IWM")
    around = iwm.filter(pl.col("date").is_between(date(2026, 6, 5), date(2026, 6, 19)))
    on_the_day = around.filter(pl.col("date") == date(2026, 6, 12))["net_premium"].item()
    neighbours = around.filter(pl.col("date") != date(2026, 6, 12))["net_premium"].abs()
    assert abs(on_the_day) <= neighbours.max()


def test_the_sessions_before_the_ex_dates_are_the_dividend_plays(computed: pl.DataFrame) -> None:
    """IWM went ex-dividend on 15 June; TLT does on the first session of each month."""
    plays = computed.filter("is_dividend_play")
    assert plays.filter(pl.col("symbol") == "IWM")["date"].to_list() == [date(2026, 6, 12)]
    assert plays.filter(pl.col("symbol") == "TLT")["date"].to_list() == [
        date(2026, 5, 29),
        date(2026, 6, 30),
        date(2026, 7, 31),
    ]
