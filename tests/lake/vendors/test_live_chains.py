"""Chains as brokers and websites give them live: which day they are of, and what of them is of an earlier one."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome

Write = Callable[..., str]
Outcome = Callable[..., FileOutcome]
Stored = Callable[[], pl.DataFrame]
DAY = date(2026, 1, 8)
FRIDAY_EVENING = 1767992399000
"""2026-01-09, 15:59:59 in New York, in milliseconds."""


def option(**changes: Any) -> dict[str, Any]:
    row = {"putCall": "PUT", "symbol": "AAA   260116P00100000", "bid": 1.3, "ask": 1.5, "last": 1.4, "totalVolume": 20}
    row |= {"openInterest": 60, "volatility": 26.0, "delta": -0.48, "gamma": 0.08, "theta": -0.08, "vega": 0.06}
    return row | {"strikePrice": 100.0, "quoteTimeInLong": FRIDAY_EVENING, "nonStandard": False} | changes


def schwab(*puts: Mapping[str, Any], expiry: str = "2026-01-16:7") -> str:
    by_strike: dict[str, list[Any]] = {}
    for put in puts:
        by_strike.setdefault(str(put["strikePrice"]), []).append(put)
    return json.dumps(
        {"symbol": "AAA", "underlyingPrice": 100.0, "callExpDateMap": {}, "putExpDateMap": {expiry: by_strike}}
    )


def test_a_document_fetched_on_a_weekend_is_of_the_day_of_its_quotes(
    vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    outcome(vendor_file("aaa.json", schwab(option())), format_name="schwab")
    assert stored().select("date", "expiration").row(0) == (date(2026, 1, 9), date(2026, 1, 16))


@pytest.mark.parametrize("nothing", ["NaN", -999.0, 0.0])
def test_schwab_writes_no_volatility_in_several_ways(
    nothing: Any, vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    found = outcome(vendor_file("aaa.json", schwab(option(volatility=nothing, delta=nothing))), format_name="schwab")
    assert (found.committed, found.warnings) == (1, {})
    assert stored().select("iv", "delta", "gamma", "open_interest").row(0) == (None, None, None, 60)


def test_schwab_without_quote_times_needs_the_day(vendor_file: Write, outcome: Outcome, stored: Stored) -> None:
    path = vendor_file("aaa.json", schwab(option(quoteTimeInLong=0)))
    assert outcome(path, format_name="schwab", date=DAY).committed == 1
    assert stored().select("date", "quote_time").row(0) == (DAY, None)


def snapshot(**changes: Any) -> str:
    details = {"ticker": "O:AAA260116C00100000", "contract_type": "call", "strike_price": 100}
    row: dict[str, Any] = {
        "details": details | {"expiration_date": "2026-01-16", "shares_per_contract": 100},
        "day": {"close": 1.5, "volume": 10, "vwap": 1.45, "last_updated": 1767848400000000000},
        "open_interest": 50,
    }
    return json.dumps({"results": [row | changes]})


def test_a_snapshot_of_massive_without_quotes_is_of_the_day_of_its_bars(
    vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    outcome(vendor_file("page.json", snapshot()), format_name="massive-snapshot")
    assert stored().select("symbol", "date", "quote_time", "volume", "vwap").row(0) == ("AAA", DAY, None, 10, 1.45)


def test_volume_of_an_earlier_day_is_none_of_the_document(vendor_file: Write, outcome: Outcome, stored: Stored) -> None:
    quote = {"bid": 1.4, "ask": 1.6, "last_updated": FRIDAY_EVENING * 1_000_000}
    outcome(vendor_file("page.json", snapshot(last_quote=quote)), format_name="massive-snapshot")
    assert stored().select("date", "volume", "vwap", "last").row(0) == (date(2026, 1, 9), 0, None, 1.5)


BARCHART = (
    'Symbol,Price,Type,Strike,"Exp Date",DTE,Bid,Midpoint,Ask,Last,Volume,"Open Int",Vol/OI,IV,{name}\n'
    "AAA,100,Call,100,01/16/26,8,1.40,1.50,1.60,1.50,1200,300,4.00,25.00%,{time}\n{footer}"
)
AT_NIGHT = '"Downloaded from Barchart.com as of 01-09-2026 07:59am CST"\n'
AT_NOON = '"Downloaded from Barchart.com as of 01-08-2026 12:01pm CST"\n'


@pytest.mark.parametrize(
    ("name", "time", "footer", "quoted"),
    [
        ("Time", "01/08/26", AT_NIGHT, None),
        ("Time", "2026-01-08", AT_NOON, "2026-01-08T18:01:00+00:00"),
        ("Last Trade", "13:19 ET", AT_NOON, "2026-01-08T18:01:00+00:00"),
        ("Time", "01/08/26", "", None),
    ],
)
def test_the_day_of_barcharts_list(
    name: str, time: str, footer: str, quoted: str | None, vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    found = outcome(vendor_file("list.csv", BARCHART.format(name=name, time=time, footer=footer)), format_name="auto")
    assert (found.format, found.rows_in, found.committed) == ("barchart", 1, 1)
    moment = stored()["quote_time"][0]
    assert (stored()["date"][0], moment and moment.isoformat()) == (DAY, quoted)


def test_barcharts_list_of_which_nothing_says_the_day(vendor_file: Write, outcome: Outcome, stored: Stored) -> None:
    path = vendor_file("list.csv", BARCHART.format(name="Time", time="13:19 ET", footer=""))
    assert str(outcome(path, format_name="auto", max_quarantine=0.05).reason).startswith("TOO_MANY_BAD_ROWS")
    assert outcome(path, format_name="auto", date=DAY).committed == 1
    assert stored()["date"].to_list() == [DAY]


def test_dolthub_has_no_open_interest_that_a_converter_made_up(
    vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    header = "date,act_symbol,expiration,strike,call_put,bid,ask,vol,delta,gamma,theta,vega,rho,volume,open_interest\n"
    row = "2026-01-08,AAA,2026-01-16,100.00,Call,1.40,1.60,0.2500,0.52,0.08,-0.09,0.06,0.01,0,0\n"
    assert outcome(vendor_file("chain.csv", header + row), format_name="auto").format == "dolthub"
    assert stored().select("iv", "volume", "open_interest", "oi_lag").row(0) == (0.25, None, None, None)


NSE = (
    "CALLS,,PUTS\n"
    ",OI,CHNG IN OI,VOLUME,IV,LTP,CHNG,BID QTY,BID,ASK,ASK QTY,STRIKE,BID QTY,BID,ASK,ASK QTY,CHNG,LTP,IV,VOLUME,CHNG IN OI,OI,\n"
    ",170,1,90,11.2,15.4,5.5,65,15,15.1,130,100.00,65,1,1.1,65,-7.7,1.2,11.4,8,2,17,\n"
)
NSE_NAME = "option-chain-ED-AAA-13-Jan-2026 (1).csv"


def test_a_download_of_nse_needs_its_day(vendor_file: Write, refusal: Callable[..., str]) -> None:
    assert refusal(vendor_file(NSE_NAME, NSE), format_name="auto") == "NO_DATE"


def test_a_download_of_nse_counts_contracts_where_the_scraped_page_counts_shares(
    vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    assert outcome(vendor_file(NSE_NAME, NSE), format_name="auto", date=DAY).committed == 2
    found = stored().select("symbol", "expiration", "option_type", "multiplier", "open_interest", "bid", "oi_lag")
    assert found.rows() == [
        ("AAA", date(2026, 1, 13), "call", 65, 170, 15, 0),
        ("AAA", date(2026, 1, 13), "put", 65, 17, 1, 0),
    ]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("expiration,option_type,symbol,date", "2026-01-16,call,AAA,2026-01-08"),
        ("expiry,type,ticker,quote_date", "2026-01-16,calls,AAA,2026-01-08"),
        ("symbol,snapshot_date", "AAA260116C00100000,2026-01-08"),
        ("contractSymbol,date", "AAA260116C00100000,2026-01-08"),
    ],
)
def test_exports_of_yfinance_under_other_names(
    header: str, row: str, vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    text = (
        f"strike,lastPrice,bid,ask,volume,openInterest,impliedVolatility,{header}\n100,1.5,1.4,1.6,10,50,0.25,{row}\n"
    )
    found = outcome(vendor_file("export.csv", text), format_name="auto")
    assert (found.format, found.reason) == ("yfinance", None)
    cells = stored().select("symbol", "date", "expiration", "option_type", "open_interest", "iv").row(0)
    assert cells == ("AAA", DAY, date(2026, 1, 16), "call", 50, 0.25)


def test_a_screen_of_calls_and_puts_says_what_it_lacks(vendor_file: Write, refusal: Callable[..., str]) -> None:
    text = (
        "Call_Last,Call_Bid,Call_Ask,Call_Vol,Call_OI,Strike,Put_Last,Put_Bid,Put_Ask,Put_Vol,Put_OI\n"
        + "1," * 10
        + "1\n"
    )
    path = vendor_file("AAA.csv", text)
    assert refusal(path, format_name="auto") == "NO_SYMBOL"
    assert refusal(path, format_name="auto", symbol="AAA") == "NO_DATE"
    assert refusal(path, format_name="auto", symbol="AAA", date=DAY) == "NO_EXPIRATION"


@pytest.mark.parametrize(
    ("ticker", "vendor"), [("O:AAA260116C00100000", "massive"), ("AAA", "massive-prices"), ("BRK.B", "massive-prices")]
)
def test_flat_files_of_massive_are_told_apart_by_their_tickers(
    ticker: str, vendor: str, vendor_file: Write, outcome: Outcome
) -> None:
    header = "ticker,volume,open,close,high,low,window_start,transactions\n"
    path = vendor_file("2026-01-08.csv", f"{header}{ticker},7,11,10.5,11.5,10,1767848400000000000,4\n")
    found = outcome(path, format_name="auto")
    assert (found.format, found.committed) == (vendor, 1)


def test_what_is_known_and_not_supported_is_refused_with_the_reason(vendor_file: Write, outcome: Outcome) -> None:
    header = "underlying_price,underlying_index,timestamp,open_interest,mark_price,mark_iv,instrument_name"
    row = "45671.64,SYN.BTC-13FEB21,1613068625266,2.1,0.179,124.25,BTC-13FEB21-37500-C"
    found = outcome(vendor_file("btc.csv", f"{header}\n{row}\n"), format_name="auto")
    assert str(found.reason).startswith("NOT_SUPPORTED: book summaries of Deribit: premiums are in the coin")
    assert found.rows_in == 0


@pytest.mark.parametrize(("given", "known"), [("0.00001", None), ("0.0005", None), ("0.001", 0.001)])
def test_the_least_volatility_of_exports_of_yfinance_is_that_of_every_format(
    given: str, known: float | None, vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    header = "contractSymbol,strike,lastPrice,bid,ask,volume,openInterest,impliedVolatility,date"
    text = f"{header}\nAAA260116C00100000,100,1.5,1.4,1.6,10,50,{given},2026-01-08\n"
    outcome(vendor_file("export.csv", text), format_name="auto")
    assert stored()["iv"].to_list() == [known]


def test_a_delta_without_a_volatility_is_not_known_in_chains_of_scripts(
    vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    row = {"strike": 100, "lastPrice": 1.5, "volume": 10, "openInterest": 50, "iv": 0.0005, "delta": 0.5}
    document = {"ticker": "AAA", "date": "2026-01-08", "chains": {"2026-01-16": {"calls": [row], "puts": []}}}
    found = outcome(vendor_file("AAA.json", json.dumps(document)), format_name="auto")
    assert (found.committed, stored().select("iv", "delta").row(0)) == (1, (None, None))


YAHOO = "contractSymbol,lastTradeDate,strike,lastPrice,bid,ask,volume,openInterest,impliedVolatility,contractSize\n"


def of_yahoo(*expirations: str, traded: str, root: str = "SPY") -> str:
    """A call an expiration (`YYMMDD`)."""
    return YAHOO + "".join(f"{root}{day}C00100000,{traded},100,1.1,1,1.2,10,100,0.2,REGULAR\n" for day in expirations)


@pytest.mark.parametrize(
    ("name", "expirations", "traded", "session"),
    [
        ("SPY_2026-01-16.csv", ("260116",), "2026-01-07 15:00:00+00:00", None),  # named after the expiry
        ("SPY_2026-01-16.csv", ("260116",), "", None),
        (
            "SPY_2026-01-16.csv",
            ("260116",),
            "2026-01-16 15:00:00+00:00",
            date(2026, 1, 16),
        ),  # the expiry's last session
        ("SPY_2026-01-16.csv", ("260116", "260123"), "2026-01-15 15:00:00+00:00", date(2026, 1, 16)),
        ("2026-01-08/SPY_2026-01-16.csv", ("260116",), "2026-01-07 15:00:00+00:00", DAY),
    ],
)
def test_a_date_in_the_name_may_be_the_expiration(
    name: str,
    expirations: tuple[str, ...],
    traded: str,
    session: date | None,
    vendor_file: Write,
    outcome: Outcome,
    stored: Stored,
) -> None:
    found = outcome(vendor_file(name, of_yahoo(*expirations, traded=traded)), format_name="auto")
    if session is None:
        assert str(found.reason).startswith(
            "NO_DATE: the date in the path, 2026-01-16, is the expiration of every contract"
        )
    else:
        assert stored()["date"].unique().to_list() == [session]


def test_a_file_named_after_its_expiration_is_read_with_a_date(
    vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    text = of_yahoo("260116", traded="2026-01-07 15:00:00+00:00")
    assert outcome(vendor_file("SPY_2026-01-16.csv", text), format_name="auto", date=DAY).committed == 1
    assert stored().select("date", "expiration").row(0) == (DAY, date(2026, 1, 16))


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("2026-01-08/BRK-B.csv", "BRK.B"),
        ("brk.b_2026-01-08.csv", "BRK.B"),
        ("BRK-B/2026-01-08.csv", "BRK.B"),
        ("2026-01-08/BRKB.csv", "BRKB"),
        ("2026-01-08/BF-B.csv", "BRKB"),  # the contracts are of another share
    ],
)
def test_the_share_class_of_contracts_is_in_the_path(
    name: str, symbol: str, vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    text = of_yahoo("260116", traded="2026-01-07 15:00:00+00:00", root="BRKB")
    assert outcome(vendor_file(name, text), format_name="auto").committed == 1
    assert stored().select("symbol", "root").row(0) == (symbol, "BRKB")


def test_a_map_of_schwab_under_another_name_is_not_left_out(vendor_file: Write, outcome: Outcome) -> None:
    document = json.loads(schwab(option()))
    document["CallExpDateMap"] = document["putExpDateMap"]
    del document["callExpDateMap"]
    path = vendor_file("aaa.json", json.dumps(document))
    assert "at the top there is CallExpDateMap" in str(outcome(path, format_name="schwab").reason)
