"""One spelling of symbols, whichever source they come from."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.cli.console import symbol_of, symbols_of
from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.schema import spell_symbol, spell_symbols

Write = Callable[..., str]
Outcome = Callable[..., FileOutcome]

BARS = "Date,Open,High,Low,Close\n2026-01-08,10,12,9,11\n"


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("iwm", "IWM"),
        ("^GSPC", "GSPC"),
        ("^spx", "SPX"),
        ("$SPX", "SPX"),
        ("$SPX.X", "SPX"),
        ("I:SPX", "SPX"),
        ("_SPX", "SPX"),
        ("BRK-B", "BRK.B"),
        ("BRK/B", "BRK.B"),
        ("BRK.B", "BRK.B"),
        ("SAP.DE", "SAP.DE"),
        ("BTC-USD", "BTC-USD"),
        ("AAA.X", "AAA.X"),
    ],
)
def test_spelling(written: str, spelled: str) -> None:
    assert spell_symbol(written) == spelled
    assert spell_symbol(spelled) == spelled


def test_what_is_not_known_stays_so() -> None:
    found = pl.DataFrame({"s": ["^SPX", None]}).select(spell_symbols(pl.col("s")))
    assert found["s"].to_list() == ["SPX", None]


def test_what_is_typed_finds_what_is_stored() -> None:
    assert symbol_of("^spx") == "SPX"
    assert symbols_of("brk-b,iwm") == ["BRK.B", "IWM"]


def schwab(symbol: str) -> str:
    call = {"putCall": "CALL", "symbol": "SPXW  260116C06900000", "bid": 1.4, "ask": 1.6, "last": 1.5, "totalVolume": 1}
    call |= {"openInterest": 5, "volatility": 25.0, "strikePrice": 6900.0, "quoteTimeInLong": 1767905999000}
    expiries = {"2026-01-16:8": {"6900.0": [call]}}
    return json.dumps({"symbol": symbol, "underlyingPrice": 6900.0, "callExpDateMap": expiries, "putExpDateMap": {}})


def massive(ticker: str) -> str:
    details = {"ticker": "O:SPXW260116C06900000", "contract_type": "call", "strike_price": 6900}
    details |= {"expiration_date": "2026-01-16", "shares_per_contract": 100}
    asset = {"ticker": ticker, "value": 6900.0, "last_updated": 1767905999000000000}
    return json.dumps({"results": [{"details": details, "open_interest": 5, "day": {}, "underlying_asset": asset}]})


DATASHOP = (
    "underlying_symbol,quote_date,root,expiration,strike,option_type,open,high,low,close,trade_volume,bid_size_1545,bid_1545,"
    "ask_size_1545,ask_1545,underlying_bid_1545,underlying_ask_1545,bid_size_eod,bid_eod,ask_size_eod,ask_eod,"
    "underlying_bid_eod,underlying_ask_eod,vwap,open_interest,delivery_code\n"
    "^SPX,2026-01-08,SPXW,2026-01-16,6900,C,1,1,1,1.5,1,1,1.4,1,1.6,6900,6900,1,1.4,1,1.6,6900,6900,1.5,5,\n"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("datashop.csv", DATASHOP),
        ("schwab.json", schwab("$SPX")),
        ("tda.json", schwab("$SPX.X")),
        ("massive.json", massive("I:SPX")),
    ],
)
def test_an_index_has_one_symbol_whoever_quotes_it(
    name: str, text: str, vendor_file: Write, outcome: Outcome, stored: Callable[[], pl.DataFrame]
) -> None:
    assert outcome(vendor_file(name, text), format_name="auto").reason is None
    assert stored().select("symbol", "root", "date").rows() == [("SPX", "SPXW", date(2026, 1, 8))]


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("^SPX.csv", "SPX"),
        ("^GSPC.csv", "GSPC"),
        ("BRK.A.csv", "BRK.A"),
        ("BRK.B_2026.csv", "BRK.B"),
        ("BRK-B.csv", "BRK.B"),
        ("spy.us.txt", "SPY"),
        ("brk-b.us.txt", "BRK.B"),
        ("spy_us_d.csv", "SPY"),
        ("SAP.DE.csv", "SAP.DE"),
        ("IWM.2026.csv", "IWM"),
        ("daily_IWM.csv", "IWM"),
        ("daily_adjusted_IWM.csv", "IWM"),
    ],
)
def test_the_symbol_in_a_name_of_prices(
    name: str, symbol: str, vendor_file: Write, outcome: Outcome, lake: Lake
) -> None:
    outcome(vendor_file(name, BARS), format_name="ohlcv")
    assert lake.bars()["symbol"].to_list() == [symbol]


def test_share_classes_do_not_replace_each_other(vendor_file: Write, ingest: Any, lake: Lake) -> None:
    ingest(vendor_file("BRK.A.csv", BARS), vendor_file("BRK.B.csv", BARS), format_name="ohlcv")
    assert lake.bars()["symbol"].to_list() == ["BRK.A", "BRK.B"]


@pytest.mark.parametrize("name", ["prices.csv", "historical_2026.csv", "Download.csv"])
def test_a_word_that_is_no_symbol_is_not_taken_for_one(name: str, vendor_file: Write, refusal: Any) -> None:
    assert refusal(vendor_file(name, BARS), format_name="ohlcv") == "NO_SYMBOL"


def test_a_share_class_is_asked_for_as_it_is_written(vendor_file: Write, outcome: Outcome, lake: Lake) -> None:
    path = vendor_file("all.csv", "symbol" + BARS.replace("Date", ",Date").replace("2026", "BRK/B,2026"))
    assert outcome(path, format_name="ohlcv", symbol="brk-b").committed == 1
    assert lake.bars()["symbol"].to_list() == ["BRK.B"]
