"""What is odd about single vendors' files."""

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome

Outcome = Callable[..., FileOutcome]
Stored = Callable[[], pl.DataFrame]
Write = Callable[..., str]

OPTIONMETRICS = (
    "secid,date,symbol,exdate,cp_flag,strike_price,best_bid,best_offer,volume,open_interest,impl_volatility,delta,gamma,"
    "vega,theta,contract_size,ss_flag{more}\n1,{day},{symbol},2026-01-16,C,100000,1.4,1.6,10,50,0.25,0.52,0.08,6,-36.5,"
    "{size},{flag}{cell}\n"
)


@pytest.mark.parametrize(
    ("cells", "symbol", "root"),
    [
        ({"symbol": "SPXW 260116C100000"}, "SPX", "SPXW"),
        ({"symbol": "BRKB 260116C100000", "more": ",ticker", "cell": ",BRK.B"}, "BRK.B", "BRKB"),
    ],
)
def test_optionmetrics_has_its_symbol_from_the_ticker_or_the_root(
    cells: dict[str, str], symbol: str, root: str, vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    said = {"day": "20260108", "size": "100", "flag": "0", "more": "", "cell": ""} | cells
    outcome(vendor_file("om.csv", OPTIONMETRICS.format(**said)), format_name="optionmetrics")
    assert stored().select("symbol", "root", "strike", "theta", "vega").row(0) == (symbol, root, 100, -0.1, 0.06)


@pytest.mark.parametrize(("day", "lag"), [("2000-11-27", 0), ("20001127", 0), ("2000-11-28", 1), ("20001128", 1)])
def test_optionmetrics_lags_open_interest_since_november_2000(
    day: str, lag: int, vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    said = {"day": day, "symbol": "AAA 260116C100000", "size": "-99", "flag": "1", "more": "", "cell": ""}
    outcome(vendor_file("om.csv", OPTIONMETRICS.format(**said)), format_name="optionmetrics")
    assert stored().select("oi_lag", "multiplier", "adjusted").row(0) == (lag, 100, True)


def test_optionsdx_reads_no_open_interest_that_a_converter_made_up(
    vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    fields = ("DELTA", "GAMMA", "VEGA", "THETA", "IV", "VOLUME", "LAST", "BID", "ASK", "OI")
    names = [f"[{side}_{field}]" for side in "CP" for field in fields]
    cells = ["0.52", "0.08", "0.06", "-0.09", "0.25", "10", "1.5", "1.4", "1.6", "0"]
    cells += ["-0.48", "0.08", "0.06", "-0.08", "0.26", "20", "1.4", "1.3", "1.5", "0"]
    header = ", ".join(["[QUOTE_READTIME]", "[QUOTE_DATE]", "[UNDERLYING_LAST]", "[EXPIRE_DATE]", "[STRIKE]", *names])
    row = ", ".join(["2026-01-08 16:00", "2026-01-08", "100", "2026-01-16", "100", *cells])
    outcome(vendor_file("aaa_eod_202601.txt", f"{header}\n{row}\n"), format_name="optionsdx")
    assert stored().select("symbol", "volume", "open_interest").rows() == [("AAA", 10, None), ("AAA", 20, None)]


def test_a_cboe_document_fetched_on_sunday_is_of_friday(vendor_file: Write, outcome: Outcome, stored: Stored) -> None:
    option = {"option": "SPXW260116C06900000", "bid": 40.1, "ask": 40.5, "iv": 0.12, "open_interest": 1204.0}
    option |= {"volume": 310.0, "delta": 0.5, "gamma": 0.002, "vega": 4.1, "theta": -2.0, "last_trade_price": 40.2}
    data = {"symbol": "^SPX", "current_price": 6900.5, "last_trade_time": "2026-01-09T16:04:59", "options": [option]}
    document = {"timestamp": "2026-01-11 15:00:00", "data": data, "symbol": "_SPX"}
    outcome(vendor_file("_SPX.json", json.dumps(document)), format_name="cboe-delayed-json")
    found = (
        stored().select(pl.col("symbol", "root"), pl.col("date", "quote_time").cast(pl.String), "open_interest").row(0)
    )
    assert found == ("SPX", "SPXW", "2026-01-09", "2026-01-09 21:04:59.000000+00:00", 1204)


def test_a_tradier_document_of_one_option_or_without_dates(
    vendor_file: Write, outcome: Outcome, refusal: Callable[..., str], stored: Stored
) -> None:
    option: dict[str, Any] = {"symbol": "AAA260116C00100000", "underlying": "AAA", "strike": 100.0, "greeks": None}
    option |= {"expiration_date": "2026-01-16", "option_type": "call", "root_symbol": "AAA", "last": 1.5, "bid": 1.4}
    option |= {"ask": 1.6, "volume": 10, "open_interest": 50, "contract_size": 100}
    path = vendor_file("a.json", json.dumps({"options": {"option": [option]}}))
    assert refusal(path, format_name="tradier") == "NO_DATE"
    dated = option | {"bid_date": 1767905990000, "ask_date": 1767905990000}
    outcome(vendor_file("b.json", json.dumps({"options": {"option": dated}})), format_name="tradier")
    assert stored().select("symbol", "last", "iv").rows() == [("AAA", 1.5, None)]


def test_delta_neutral_reads_the_open_interest_that_was_known(
    vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    text = (
        "UnderlyingSymbol,UnderlyingPrice,Flags,OptionSymbol,Type,Expiration, DataDate,Strike,Last,Bid,Ask,Volume,"
        "OpenInterest,T1OpenInterest,IVMean,IVBid,IVAsk,Delta,Gamma,Theta,Vega,AKA\n"
        "AAA,100,*,AAA260116C00100000,call,01/16/2026,01/08/2026,100,1.5,1.4,1.6,10,{oi},58,0.25,0.2,0.3,0.5,0.08,-0.1,0.06,x\n"
    )
    outcome(vendor_file("a.csv", text.format(oi=50)), format_name="delta-neutral")
    assert stored()["open_interest"].to_list() == [50]


def test_yfinance_without_a_day_is_refused(vendor_file: Write, refusal: Callable[..., str]) -> None:
    text = (
        "contractSymbol,lastTradeDate,strike,lastPrice,bid,ask,change,percentChange,volume,openInterest,impliedVolatility,"
        "inTheMoney,contractSize,currency\n"
        "AAA260116C00100000,2026-01-08 15:22:33+00:00,100.0,1.5,1.4,1.6,0.1,7.1,10.0,50,0.25,False,REGULAR,USD\n"
    )
    assert refusal(vendor_file("AAA.csv", text), format_name="yfinance") == "NO_DATE"
