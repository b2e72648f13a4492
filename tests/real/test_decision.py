"""Open interest before the open, against the vendor's files as DuckDB reads them, and against the next day's close."""

from datetime import date

import duckdb
import polars as pl
import pytest

from flowbt.calendar import next_session
from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome
from flowbt.metrics import Request, compute

SYMBOLS = ("IWM", "TLT")
LAST = date(2026, 8, 21)

PUBLISHED = """
    WITH session AS (SELECT symbol, date, lead(date) OVER (PARTITION BY symbol ORDER BY date) AS next FROM snapshot)
    SELECT today.symbol, today.date,
           CAST(sum(morning.oi) FILTER (today.is_call) AS BIGINT) AS calls,
           CAST(sum(morning.oi) FILTER (NOT today.is_call) AS BIGINT) AS puts,
           CAST(sum(morning.oi - today.oi) FILTER (today.is_call) AS BIGINT) AS calls_added
    FROM contract today
    JOIN session USING (symbol, date)
    LEFT JOIN contract morning ON morning.symbol = today.symbol AND morning.date = session.next
        AND morning.expiration = today.expiration AND morning.strike = today.strike AND morning.is_call = today.is_call
    WHERE today.expiration > today.date
    GROUP BY ALL ORDER BY ALL
"""
"""Of each day's contracts that live on, what the next day's file says is held."""


@pytest.fixture(scope="session")
def lake(real_lake: Lake, ingested: IngestOutcome) -> Lake:
    assert ingested.files
    return real_lake


def test_what_is_known_before_the_open_stands_in_the_next_days_file(lake: Lake, raw: duckdb.DuckDBPyConnection) -> None:
    names = ("call_open_interest", "put_open_interest", "call_oi_change")
    found = compute(lake, Request(SYMBOLS, metrics=names, decision="pre_open"))
    assert found.rows() == raw.execute(PUBLISHED).fetchall()
    assert found.filter(pl.col("date") == LAST).select(names).rows() == [(None, None, None)] * 2


@pytest.mark.parametrize("side", ["call", "put"])
def test_what_a_session_did_is_what_the_next_close_shows(side: str, lake: Lake) -> None:
    """Of every expiry that is live on both days, and of all of them together."""
    of_expiry, total = f"expiry_{side}_oi_change", f"{side}_oi_change"
    before_the_open = compute(lake, Request(SYMBOLS, grain="expiry", metrics=(of_expiry,), decision="pre_open"))
    following = {day: next_session(day) for day in before_the_open["date"].unique()}
    shown_on = before_the_open.with_columns(pl.col("date").replace_strict(following, return_dtype=pl.Date)).filter(
        pl.col("expiration") > pl.col("date"), pl.col("date") <= LAST
    )
    close = compute(lake, Request(SYMBOLS, grain="expiry", metrics=(of_expiry,)))
    both = shown_on.join(close, on=["symbol", "date", "expiration"], suffix="_at_close")
    assert both.height == shown_on.height > 3_500
    assert both[of_expiry].equals(both[f"{of_expiry}_at_close"].alias(of_expiry), null_equal=True)
    summed = shown_on.group_by("symbol", "date").agg(pl.col(of_expiry).sum().alias(total)).sort("symbol", "date")
    at_close = compute(lake, Request(SYMBOLS, metrics=(total,))).drop_nulls()
    assert summed.rows() == at_close.rows()


def test_one_contract_by_hand(lake: Lake) -> None:
    """The 305 call of September on 12 August: 16,128 in the file of the day, 25,979 in that of the 13th, 11,365 traded."""
    key = {"date": date(2026, 8, 12), "expiration": date(2026, 9, 18), "strike": 305.0}
    names = ("call_contract_oi_change", "call_oi_breach", "call_volume_oi_ratio")
    request = Request(("IWM",), key["date"], key["date"], "strike", names, decision="pre_open")  # type: ignore[arg-type]
    (found,) = compute(lake, request).filter(**key).select(names).rows()
    assert found == (25_979 - 16_128, False, 11_365 / 16_128)
