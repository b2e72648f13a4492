"""Only one symbol: rows that say whose they are, contracts that say it, files that are named after it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome

Write = Callable[..., str]
Option = Callable[..., dict[str, str]]
Outcome = Callable[..., FileOutcome]
Ingest = Callable[..., IngestOutcome]
Stored = Callable[[], pl.DataFrame]

AGGREGATES = """ticker,volume,open,close,high,low,window_start,transactions
O:SPY260220C00700000,5,1,2,2,1,1767848400000000000,3
O:AAPL260220C00300000,6,1,2,2,1,1767848400000000000,3
O:BRKB260220C00500000,7,1,2,2,1,1767848400000000000,3
"""


@pytest.mark.parametrize(("symbol", "volume"), [("SPY", 5), ("BRK.B", 7)])
def test_contracts_of_other_underlyings_are_not_renamed(
    symbol: str, volume: int, vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    found = outcome(vendor_file("2026-01-08.csv", AGGREGATES), format_name="massive", symbol=symbol)
    assert (found.rows_in, found.committed) == (1, 1)
    assert stored().select("symbol", "volume").rows() == [(symbol, volume)]


def test_a_file_without_contracts_of_it(vendor_file: Write, refusal: Callable[..., str]) -> None:
    assert refusal(vendor_file("day.csv", AGGREGATES), format_name="massive", symbol="QQQ") == "NO_SUCH_SYMBOL"


def test_a_root_on_another_symbol_contradicts_the_row(
    canonical: Write, option: Option, outcome: Outcome, quarantine: Callable[[], Sequence[str]]
) -> None:
    odd = {"expiration": "", "strike": "", "option_type": ""}
    found = outcome(
        canonical(
            option(contract="ZZZ260220C00100000", **odd),
            option(contract="AAA1260220C00100000", **odd),
            option(symbol="SPX", contract="SPXW260220C00100000", **odd),
        )
    )
    assert (found.committed, quarantine()) == (2, ["CONTRADICTORY_CONTRACT"])


def test_a_row_that_does_not_say_whose_it_is_is_set_aside(
    canonical: Write, option: Option, outcome: Outcome, quarantine: Callable[[], Sequence[str]]
) -> None:
    found = outcome(canonical(option(), option(symbol=""), option(symbol="BBB")), symbol="AAA")
    assert (found.rows_in, found.committed, quarantine()) == (2, 1, ["MISSING_SYMBOL"])


@pytest.mark.parametrize("format_name", ["ohlcv", "auto"])
def test_files_named_after_other_symbols_are_theirs(
    format_name: str, vendor_file: Write, ingest: Ingest, lake: Lake
) -> None:
    for name, close in (("IWM_2026.csv", 11), ("SPY_2026.csv", 12)):
        path = vendor_file(name, f"date,open,high,low,close\n2026-01-08,10,12,9,{close}\n")
    ingest(str(Path(path).parent), format_name=format_name, symbol="SPY")
    assert lake.bars().select("symbol", "close").rows() == [("SPY", 12)]


def test_one_file_may_be_named_otherwise(vendor_file: Write, outcome: Outcome, lake: Lake) -> None:
    path = vendor_file("prices.csv", "date,open,high,low,close\n2026-01-08,1,2,1,2\n")
    outcome(path, format_name="ohlcv", symbol="SPY")
    assert lake.bars()["symbol"].to_list() == ["SPY"]


def test_a_column_that_bears_the_name_of_ours(canonical: Write, option: Option, outcome: Outcome) -> None:
    assert outcome(canonical(option(row="7"))).committed == 1


@pytest.mark.parametrize(
    "name", ["t1openinterest", "T1_OI", "next-day-open-interest", "T+1 OpenInterest", "next_day_oi", "x.next_day_oi"]
)
def test_a_column_that_looks_ahead_however_it_is_spelled(
    name: str, canonical: Write, option: Option, refusal: Callable[..., str]
) -> None:
    assert refusal(canonical(option() | {name: "5"})) == "LOOKAHEAD_COLUMN"


def test_a_refused_file_is_no_day_before(canonical: Write, option: Option, ingest: Ingest) -> None:
    def rows(day: str, bad: int) -> list[dict[str, str]]:
        good = [option(date=day, strike=str(100 + n), volume=str(n + 1)) for n in range(40)]
        return good + [option(date=day, strike=str(-1 - n)) for n in range(bad)]

    first, second = canonical(*rows("2026-01-08", 30), name="a.csv"), canonical(*rows("2026-01-09", 0), name="b.csv")
    assert [file.status for file in ingest(first, second, max_quarantine=0.05).files] == ["rejected", "committed"]


def test_a_split_and_a_dividend_of_one_day_from_two_files(vendor_file: Write, outcome: Outcome, lake: Lake) -> None:
    for name, kind, value in (("a.csv", "split", 2), ("b.csv", "dividend", 0.5), ("c.csv", "split", 3)):
        outcome(vendor_file(name, f"symbol,date,kind,value\nAAA,2026-01-08,{kind},{value}\n"), format_name="actions")
    assert lake.actions().select("kind", "value").rows() == [("dividend", 0.5), ("split", 3.0)]


def test_which_close_it_is_of_is_said_by_who_gives_the_open_interest(
    vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    mapping = vendor_file(
        "oi.toml",
        'open_interest = "same close"\npart = true\n[columns]\ncontract = "ticker"\ndate = "date"\nopen_interest = "oi"\n',
    )
    outcome(vendor_file("oi.csv", "ticker,date,oi\nO:SPY260220C00700000,2026-01-08,99\n"), format_name=mapping)
    outcome(vendor_file("2026-01-08.csv", AGGREGATES), format_name="massive", symbol="SPY")
    assert stored().select("oi_lag", "open_interest", "volume").rows() == [(0, 99, 5)]


def test_documents_of_one_expiry_make_a_day_together(vendor_file: Write, ingest: Ingest, stored: Stored) -> None:
    header = "contractSymbol,lastTradeDate,strike,lastPrice,bid,ask,volume,openInterest,impliedVolatility,contractSize"
    for number, day in enumerate(("260116", "260123")):
        row = f"AAA{day}C00100000,2026-01-08 15:00:00+00:00,100,1,1,2,{number + 1},5,0.2,REGULAR"
        path = vendor_file(f"2026-01-08/{day}.csv", f"{header}\n{row}\n")
    found = ingest(str(Path(path).parent), format_name="yfinance")
    assert [file.status for file in found.files] == ["committed", "committed"]
    assert stored()["volume"].to_list() == [1, 2]


def test_a_row_without_open_interest_does_not_say_which_close_it_is_of(
    canonical: Write, option: Option, vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    outcome(canonical(option(open_interest="99", oi_lag="0")))
    header = "contractSymbol,lastTradeDate,strike,lastPrice,bid,ask,volume,openInterest,impliedVolatility,contractSize"
    row = "AAA260116C00100000,2026-01-08 15:00:00+00:00,100,1,1,2,7,,0.2,REGULAR"
    outcome(vendor_file("2026-01-08/a.csv", f"{header}\n{row}\n"), format_name="yfinance")
    assert stored().select("oi_lag", "open_interest", "volume").rows() == [(0, 99, 7)]
