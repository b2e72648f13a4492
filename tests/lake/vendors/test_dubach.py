"""dubach: Parquet of each dtype that dates come in, SQLite, and the bars that lie beside the chains."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from flowbt.errors import RejectedFileError, UnknownFormatError
from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.intake.read_file import recognise_format
from flowbt.lake.reading import Source, open_file
from flowbt.lake.vendors import FORMATS, ReadOptions
from flowbt.schema import STRIKE_ROWS
from flowbt.workflows.explain import explain_file

CHAIN = pl.DataFrame(
    {
        "contract_id": ["SPY230120C00380000", "SPY230120P00380000"],
        "symbol": ["SPY", "SPY"],
        "expiration": [date(2023, 1, 20)] * 2,
        "strike": [380.0, 380.0],
        "type": ["call", "put"],
        "bid": [5.0, 4.0],
        "ask": [5.1, 4.1],
        "volume": [1200, 2200],
        "open_interest": [3400, 4400],
        "date": [date(2023, 1, 9)] * 2,
        "implied_volatility": [0.2, 0.21],
        "delta": [0.51, -0.49],
        "gamma": [0.03, 0.03],
        "theta": [-0.1, -0.1],
        "vega": [0.2, 0.2],
        "rho": [0.1, -0.1],
    }
)
BARS = pl.DataFrame(
    {
        "symbol": ["SPY", "SPY"],
        "date": ["2023-01-06", "2023-01-09"],
        "open": [385.0, 390.0],
        "high": [388.5, 393.0],
        "low": [380.0, 386.0],
        "close": [388.0, 387.86],
        "adjusted_close": [380.0, None],
        "volume": [100, 200],
        "dividend_amount": [0.0, 0.0],
        "split_coefficient": [1.0, 1.0],
    }
)
DAYS = ("date", "expiration")
WRITTEN: dict[str, pl.Expr] = {
    "dates": pl.col(DAYS),
    "text": pl.col(DAYS).cast(pl.String),
    "text with a time": pl.col(DAYS).cast(pl.String) + " 00:00:00",
    "timestamps": pl.col(DAYS).cast(pl.Datetime("us")),
    "nanoseconds": pl.col(DAYS).cast(pl.Datetime("ns")),
    "categories": pl.col(DAYS).cast(pl.String).cast(pl.Categorical),
}


@pytest.fixture
def stored(lake: Lake) -> Callable[[], pl.DataFrame]:
    return lambda: lake.strike_rows(STRIKE_ROWS, ["SPY"], date(1970, 1, 1), date(2199, 12, 31))


def brought_in(lake: Lake, path: Path, vendor: str = "auto", **said: Any) -> FileOutcome:
    return ingest_files(lake, vendor, [str(path)], options=ReadOptions(**said)).files[0]


@pytest.fixture
def as_csv(tmp_path: Path) -> pl.DataFrame:
    """The strike row that the chain gives as CSV."""
    CHAIN.write_csv(tmp_path / "spy.csv")
    other = Lake(tmp_path / "of_csv")
    assert brought_in(other, tmp_path / "spy.csv").committed == 2
    return other.strike_rows(STRIKE_ROWS, ["SPY"], date(2023, 1, 1), date(2023, 12, 31))


@pytest.mark.parametrize("dates", WRITTEN)
def test_parquet_gives_the_same_rows_however_dates_are_typed(
    dates: str, lake: Lake, tmp_path: Path, stored: Callable[[], pl.DataFrame], as_csv: pl.DataFrame
) -> None:
    path = tmp_path / "parquet_spy" / "options_2023.parquet"
    path.parent.mkdir()
    CHAIN.with_columns(WRITTEN[dates]).write_parquet(path)
    found = brought_in(lake, path)
    assert (found.format, found.committed, found.quarantined) == ("dubach", 2, 0)
    assert stored().equals(as_csv, null_equal=True)


@pytest.mark.parametrize("dtype", [pl.Float64(), pl.Float32(), pl.Int32(), pl.UInt64(), pl.String(), pl.Decimal(12, 2)])
def test_counts_may_be_of_any_dtype(
    dtype: pl.DataType, lake: Lake, tmp_path: Path, stored: Callable[[], pl.DataFrame], as_csv: pl.DataFrame
) -> None:
    CHAIN.with_columns(pl.col("volume", "open_interest").cast(dtype)).write_parquet(tmp_path / "spy.parquet")
    assert brought_in(lake, tmp_path / "spy.parquet").committed == 2
    assert stored().equals(as_csv, null_equal=True)


def test_a_number_as_four_bytes_is_the_decimal_that_was_meant(
    lake: Lake, tmp_path: Path, stored: Callable[[], pl.DataFrame]
) -> None:
    CHAIN.with_columns(pl.col("ask", "implied_volatility").cast(pl.Float32)).write_parquet(tmp_path / "spy.parquet")
    brought_in(lake, tmp_path / "spy.parquet")
    assert stored().select("call_ask", "put_iv").row(0) == (5.1, 0.21)


def test_a_count_that_is_not_whole_sets_its_row_aside(lake: Lake, tmp_path: Path) -> None:
    CHAIN.with_columns(volume=pl.Series([1200.0, 2200.5])).write_parquet(tmp_path / "spy.parquet")
    found = ingest_files(lake, "dubach", [str(tmp_path / "spy.parquet")], max_quarantine=1).files[0]
    assert (found.committed, found.quarantined) == (1, 1)
    assert lake.quarantined_rows()["reasons"].to_list() == ["UNREADABLE_VOLUME"]


def test_a_day_of_no_year_that_chains_are_of_sets_its_row_aside(lake: Lake, tmp_path: Path) -> None:
    odd = CHAIN.with_columns(expiration=pl.Series([date(2023, 1, 20), date(1023, 1, 20)])).drop("contract_id")
    odd.with_columns(contract_id=pl.lit(None, pl.String)).write_parquet(tmp_path / "spy.parquet")
    ingest_files(lake, "dubach", [str(tmp_path / "spy.parquet")], max_quarantine=1)
    assert lake.quarantined_rows()["reasons"].to_list() == ["UNREADABLE_EXPIRATION"]


def test_rows_without_any_cell_are_no_rows_but_one_with_an_unread_cell_is(lake: Lake, tmp_path: Path) -> None:
    blank = CHAIN.head(1).select(pl.lit(None, dtype).alias(name) for name, dtype in CHAIN.schema.items())
    with_rho = blank.with_columns(rho=pl.lit(0.5))
    pl.concat([CHAIN, blank, with_rho]).write_parquet(tmp_path / "spy.parquet")
    found = ingest_files(lake, "dubach", [str(tmp_path / "spy.parquet")], max_quarantine=1).files[0]
    assert (found.rows_in, found.committed, found.quarantined) == (3, 2, 1)


def test_a_contract_that_says_something_else_is_set_aside(lake: Lake, tmp_path: Path) -> None:
    odd = CHAIN.with_columns(contract_id=pl.Series(["SPY230120C00390000", "QQQ230120P00380000"]))
    odd.write_parquet(tmp_path / "spy.parquet")
    ingest_files(lake, "dubach", [str(tmp_path / "spy.parquet")], max_quarantine=1)
    assert lake.quarantined_rows()["reasons"].to_list() == ["CONTRADICTORY_CONTRACT"] * 2


def test_alpha_vantage_is_another_format(lake: Lake, tmp_path: Path) -> None:
    CHAIN.rename({"contract_id": "contractID"}).with_columns(last=1.0, mark=1.0).write_csv(tmp_path / "av.csv")
    assert brought_in(lake, tmp_path / "av.csv").format == "alpha-vantage"


# -- the bars beside the chains ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("symbol", ["in a column", "in the folder's name"])
def test_bars_are_of_their_folder(symbol: str, lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "parquet_spy" / "underlying_prices.parquet"
    path.parent.mkdir()
    (BARS if symbol == "in a column" else BARS.drop("symbol")).write_parquet(path)
    assert brought_in(lake, path).format == "ohlcv"
    assert lake.bars().select("symbol", "date", "close", "adj_close").rows() == [
        ("SPY", date(2023, 1, 6), 388.0, 380.0),
        ("SPY", date(2023, 1, 9), 387.86, None),
    ]


# -- SQLite -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """`spy_options.db`, with both tables."""
    path = tmp_path / "spy_options.db"
    text = CHAIN.with_columns(pl.col(DAYS).cast(pl.String), created_at=pl.lit("2025-12-16 15:44:45"), in_the_money=0)
    with closing(sqlite3.connect(path)) as held, held:
        for name, frame in (("options_data", text), ("underlying_prices", BARS)):
            held.execute(f"CREATE TABLE {name} ({', '.join(frame.columns)})")
            held.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * frame.width)})", frame.rows())  # noqa: S608
    return path


def test_the_chains_of_a_database(
    database: Path, lake: Lake, stored: Callable[[], pl.DataFrame], as_csv: pl.DataFrame
) -> None:
    before = database.read_bytes()
    assert brought_in(lake, database, "dubach").committed == 2
    assert stored().equals(as_csv, null_equal=True)
    assert database.read_bytes() == before


def test_the_bars_of_a_database(database: Path, lake: Lake) -> None:
    assert brought_in(lake, database, "ohlcv").committed == 2
    assert lake.bars()["close"].to_list() == [388.0, 387.86]


def test_each_table_of_a_database_is_read_in_its_own_format(
    database: Path, lake: Lake, stored: Callable[[], pl.DataFrame], as_csv: pl.DataFrame
) -> None:
    with closing(sqlite3.connect(database)) as held, held:
        held.execute("CREATE TABLE notes (id, text)")  # of no format, and not named
    found = ingest_files(lake, "auto", [str(database)]).files
    assert [(Path(file.path).name, file.format, file.committed) for file in found] == [
        ("options_data", "dubach", 2),
        ("underlying_prices", "ohlcv", 2),
    ]
    assert stored().equals(as_csv, null_equal=True)
    assert lake.bars()["close"].to_list() == [388.0, 387.86]


def test_a_database_of_both_is_explained_by_its_chains(database: Path) -> None:
    told = explain_file(database, "auto", ReadOptions())
    assert (told["format"], told["reason"]) == ("dubach", None)


def test_a_database_with_one_table_of_a_format_is_that_table(database: Path, lake: Lake) -> None:
    with closing(sqlite3.connect(database)) as held, held:
        held.execute("DROP TABLE underlying_prices")
        held.execute("CREATE TABLE notes (id, text)")
    found = brought_in(lake, database)
    assert (Path(found.path).name, found.format, found.committed) == ("spy_options.db", "dubach", 2)


def test_a_file_of_two_formats_gets_no_starter_mapping(tmp_path: Path) -> None:
    BARS.write_csv(tmp_path / "SPY.csv")
    source, twin = Source(tmp_path / "SPY.csv"), replace(FORMATS["ohlcv"], name="twin")
    with pytest.raises(RejectedFileError, match="it could be ohlcv and twin: specify the format") as caught:
        recognise_format(open_file(source), source, [FORMATS["ohlcv"], twin])
    assert not isinstance(caught.value, UnknownFormatError)  # that is what a starter mapping comes with


def test_a_folder_finds_the_database(database: Path, lake: Lake) -> None:
    assert brought_in(lake, database.parent, "dubach").committed == 2


def test_a_cell_that_is_no_number_is_told(database: Path, lake: Lake) -> None:
    with closing(sqlite3.connect(database)) as held, held:
        held.execute("UPDATE options_data SET volume = 'many' WHERE type = 'put'")
    found = ingest_files(lake, "dubach", [str(database)], max_quarantine=1).files[0]
    assert (found.committed, found.quarantined) == (1, 1)
    assert lake.quarantined_rows()["reasons"].to_list() == ["UNREADABLE_VOLUME"]


def test_blocks_of_a_database_are_put_together(
    database: Path, lake: Lake, monkeypatch: pytest.MonkeyPatch, stored: Callable[[], pl.DataFrame]
) -> None:
    monkeypatch.setattr("flowbt.lake.reading.sqlite.BLOCK_ROWS", 1)
    assert brought_in(lake, database, "dubach").rows_in == 2
    assert stored().select("call_volume", "put_volume").row(0) == (1200, 2200)


def test_a_damaged_database_is_refused(database: Path, lake: Lake) -> None:
    database.write_bytes(database.read_bytes()[:5000])
    assert str(brought_in(lake, database, "dubach").reason).partition(":")[0] in {"NOT_SQLITE", "EMPTY"}


def test_a_compressed_database_says_what_to_do(database: Path, lake: Lake) -> None:
    path = database.with_name("spy_options.db.zst")
    path.write_bytes(bytes(pa.compress(database.read_bytes(), codec="zstd", asbytes=True)))
    assert "decompress it first" in str(brought_in(lake, path, "dubach").reason)


def test_timestamps_with_a_time_of_day_are_of_their_day(
    lake: Lake, tmp_path: Path, stored: Callable[[], pl.DataFrame]
) -> None:
    at_close = CHAIN.with_columns(date=pl.lit("2023-01-09T16:00").str.to_datetime())
    at_close.write_parquet(tmp_path / "spy.parquet")
    brought_in(lake, tmp_path / "spy.parquet")
    assert stored()["date"].to_list() == [date(2023, 1, 9)]
