"""canonical: our own columns as CSV and as Parquet."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.lake.intake.batch import FileOutcome
from flowbt.schema import CONTRACT_ROWS, to_contract_rows

Write = Callable[..., str]
Option = Callable[..., dict[str, str]]
Outcome = Callable[..., FileOutcome]
Stored = Callable[[], pl.DataFrame]


@pytest.fixture
def full_chain(chain: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    """Contract rows with every column known of the call."""
    call = {
        "bid": 1.4, "ask": 1.6, "last": 1.5, "vwap": 1.55, "volume": 10, "open_interest": 50, "iv": 0.2,
        "delta": 0.5, "gamma": 0.04, "theta": -0.03, "vega": 0.1,
    }  # fmt: skip
    rows = chain({100: {f"call_{name}": value for name, value in call.items()} | {"put_last": 1 / 3}})
    return to_contract_rows(rows.with_columns(quote_time=datetime(2026, 1, 5, 21, 15, tzinfo=UTC)))


@pytest.mark.parametrize("ending", ["csv", "parquet", "PARQUET", "CSV"])
def test_our_own_rows_come_back_as_they_were(
    ending: str, full_chain: pl.DataFrame, tmp_path: Path, outcome: Outcome, stored: Stored
) -> None:
    path = tmp_path / f"chain.{ending}"
    (full_chain.write_parquet if "parquet" in ending.lower() else full_chain.write_csv)(path)
    assert outcome(str(path)).committed == 2
    assert stored().equals(full_chain)


@given(numbers=st.lists(st.floats(min_value=5e-324, max_value=1e300), min_size=1, max_size=20, unique=True))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parquet_numbers_keep_their_last_bit(
    numbers: list[float], tmp_path: Path, text_of: Callable[..., pl.DataFrame]
) -> None:
    path = tmp_path / "numbers.parquet"
    whole = dict.fromkeys(("symbol", "date", "expiration", "strike", "option_type"), ["x"] * len(numbers))
    pl.DataFrame(whole | {"last": numbers}).write_parquet(path)
    text = text_of(path, "canonical")
    assert [float(cell) for cell in text["last"]] == numbers
    assert all(map(math.isfinite, numbers))


@pytest.mark.parametrize(
    ("dtype", "column"),
    [
        (pl.Categorical(), "option_type"),
        (pl.Decimal(10, 2), "strike"),
        (pl.Int32(), "strike"),
        (pl.Datetime("ns"), "date"),
        (pl.Datetime("ms"), "expiration"),
        (pl.Float32(), "volume"),
        (pl.String(), "open_interest"),
    ],
)
def test_parquet_in_other_dtypes(
    dtype: pl.DataType,
    column: str,
    full_chain: pl.DataFrame,
    tmp_path: Path,
    outcome: Outcome,
    stored: Stored,
) -> None:
    path = tmp_path / "chain.parquet"
    full_chain.with_columns(pl.col(column).cast(dtype)).write_parquet(path)
    outcome(str(path))
    assert stored().equals(full_chain)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_parquet_times_of_any_zone_are_the_same_moment(
    zone: str, full_chain: pl.DataFrame, tmp_path: Path, outcome: Outcome, stored: Stored
) -> None:
    path = tmp_path / "chain.parquet"
    full_chain.with_columns(pl.col("quote_time").dt.convert_time_zone(zone)).write_parquet(path)
    outcome(str(path))
    assert set(stored()["quote_time"]) == {datetime(2026, 1, 5, 21, 15, tzinfo=UTC)}


def test_parquet_dates_in_a_zone_are_that_zones_dates(
    full_chain: pl.DataFrame, tmp_path: Path, outcome: Outcome, stored: Stored
) -> None:
    path = tmp_path / "chain.parquet"
    midnight = datetime(2026, 1, 5, tzinfo=ZoneInfo("Asia/Kolkata"))
    full_chain.with_columns(date=pl.lit(midnight)).write_parquet(path)
    outcome(str(path))
    assert set(stored()["date"]) == {date(2026, 1, 5)}


@pytest.mark.parametrize(
    "lines",
    [
        "{h}\r\n{a}\r\n{b}\r\n",
        "{h}\r\n{a}\n{b}\r\n",
        "\ufeff{h}\n{a}\n{b}",
        "{h}\n\n{a}\n\n{b}\n\n",
        "{h}\n{a} \n {b}\n",
    ],
    ids=["CRLF", "mixed", "BOM", "blank lines", "spaces"],
)
def test_line_ends_and_marks(lines: str, vendor_file: Write, outcome: Outcome, stored: Stored) -> None:
    text = lines.format(
        h="symbol,date,expiration,strike,option_type,last",
        a="AAA,2026-01-08,2026-01-16,100,call,1.5",
        b="AAA,2026-01-08,2026-01-16,105,call,2.5",
    )
    found = outcome(vendor_file("chain.csv", text))
    assert (found.rows_in, found.committed) == (2, 2)
    assert stored()["last"].to_list() == [1.5, 2.5]


def test_headers_in_any_case_and_spacing(vendor_file: Write, outcome: Outcome) -> None:
    text = "Symbol, DATE,Expiration,Strike,Option Type,Open Interest\nAAA,2026-01-08,2026-01-16,100,CALL,5\n"
    assert outcome(vendor_file("chain.csv", text)).committed == 1


def test_what_may_be_absent(canonical: Write, option: Option, outcome: Outcome, stored: Stored) -> None:
    outcome(canonical(option()))
    assert stored().select("root", "oi_lag", "multiplier", "source").rows() == [("AAA", 1, 100.0, "canonical")]


def test_roots_of_one_symbol_lie_side_by_side(
    canonical: Write, option: Option, outcome: Outcome, stored: Stored
) -> None:
    assert outcome(canonical(option(root="AAA"), option(root="AAA1", multiplier="10"))).committed == 2
    assert stored()["root"].to_list() == ["AAA", "AAA1"]


def test_the_symbol_option_chooses(canonical: Write, option: Option, outcome: Outcome, stored: Stored) -> None:
    path = canonical(option(), option(symbol="BBB"))
    assert outcome(path, symbol="bbb").rows_in == 1
    assert stored()["symbol"].to_list() == ["BBB"]


@pytest.mark.parametrize("lag", ["0", "1"])
def test_which_close_the_open_interest_is_of_is_kept(
    lag: str, canonical: Write, option: Option, outcome: Outcome, stored: Stored
) -> None:
    outcome(canonical(option(oi_lag=lag)))
    assert stored()["oi_lag"].to_list() == [int(lag)]


def test_the_user_is_believed_over_the_file(canonical: Write, option: Option, outcome: Outcome, stored: Stored) -> None:
    outcome(canonical(option(oi_lag="1")), oi_lag=0)
    assert stored()["oi_lag"].to_list() == [0]


def test_a_symbol_the_file_does_not_have(canonical: Write, option: Option, refusal: Callable[..., str]) -> None:
    assert refusal(canonical(option()), symbol="ZZZ") == "NO_SUCH_SYMBOL"


def test_quoted_cells(vendor_file: Write, outcome: Outcome) -> None:
    text = (
        '"symbol","date","expiration","strike","option_type","last"\n"AAA","2026-01-08","2026-01-16","100","put","1"\n'
    )
    assert outcome(vendor_file("chain.csv", text)).committed == 1


def test_every_column_of_the_schema_is_read(
    full_chain: pl.DataFrame, tmp_path: Path, text_of: Callable[..., pl.DataFrame]
) -> None:
    path = tmp_path / "chain.csv"
    full_chain.write_csv(path)
    assert set(text_of(path, "canonical").columns) == set(CONTRACT_ROWS)
