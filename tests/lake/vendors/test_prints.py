"""prints: the trade tape in our own columns, as CSV and as Parquet."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome
from flowbt.schema import PRINTS, conform

Write = Callable[..., str]
Row = Callable[..., dict[str, str]]
Outcome = Callable[..., FileOutcome]
Taped = Callable[[], pl.DataFrame]


@pytest.fixture(scope="session")
def full_tape() -> pl.DataFrame:
    """Two prints of which every column is known, and one of which only the least is."""
    full = {
        "symbol": "AAA", "date": date(2026, 1, 8), "root": "AAA1", "expiration": date(2026, 1, 16), "strike": 102.5,
        "option_type": "put", "price": 1 / 3, "size": 10, "side": "bid", "bid": 0.3, "ask": 0.4,
        "underlying_price": 99.5, "exchange": "XCBO", "order": "17", "multiplier": 10.0, "iv": 0.2, "delta": -0.5,
        "source": "test",
    }  # fmt: skip
    least = dict.fromkeys(("side", "bid", "ask", "underlying_price", "exchange", "order", "iv", "delta"))
    times = [datetime(2026, 1, 8, 14, 30, second, 7140 * second, UTC) for second in range(3)]
    return conform(
        pl.DataFrame([full | {"time": time} for time in times[:2]] + [full | least | {"time": times[2]}]), PRINTS
    )


@pytest.mark.parametrize("ending", ["csv", "parquet", "PARQUET", "CSV"])
def test_our_own_rows_come_back_as_they_were(
    ending: str, full_tape: pl.DataFrame, tmp_path: Path, outcome: Outcome, taped: Taped
) -> None:
    path = tmp_path / f"tape.{ending}"
    (full_tape.write_parquet if "parquet" in ending.lower() else full_tape.write_csv)(path)
    assert outcome(str(path), format_name="auto").committed == 3
    assert taped().equals(full_tape)


def test_what_may_be_absent(tape: Write, execution: Row, outcome: Outcome, taped: Taped) -> None:
    required = ("symbol", "time", "expiration", "strike", "option_type", "price", "size")
    outcome(tape({name: execution()[name] for name in required}), format_name="prints")
    found = taped().select("root", "date", "multiplier", "source", "side", "order")
    assert found.rows() == [("AAA", date(2026, 1, 8), 100.0, "prints", None, None)]


@pytest.mark.parametrize("missing", ["symbol", "time", "price", "size", "strike", "expiration", "option_type"])
def test_what_may_not(missing: str, tape: Write, execution: Row, refusal: Callable[..., str]) -> None:
    row = {name: cell for name, cell in execution().items() if name != missing}
    assert refusal(tape(row), format_name="prints") == "MISSING_COLUMN"


def test_the_symbol_option_chooses(tape: Write, execution: Row, outcome: Outcome, taped: Taped) -> None:
    found = outcome(tape(execution(), execution(symbol="BBB")), format_name="prints", symbol="aaa")
    assert (found.rows_in, taped().height) == (1, 1)


def test_expiries_in_another_date_format(tape: Write, execution: Row, outcome: Outcome, taped: Taped) -> None:
    outcome(tape(execution(expiration="01/16/2026")), format_name="prints", date_format="%m/%d/%Y")
    assert taped()["expiration"].to_list() == [date(2026, 1, 16)]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("symbol,time,contract,price,size", "prints"),
        ("Symbol, Time ,Contract,Price,Size\r", "prints"),
        ('"symbol","time","contract","price","size"', "prints"),
        ("symbol,date,time,expiration,strike,option type,price,size", "prints"),
        ("symbol,date,expiration,strike,option_type,price,volume", "canonical"),
        ("symbol,date,expiration,strike,Option Type,last", "canonical"),
    ],
)
def test_a_tape_is_told_from_a_chain(header: str, name: str, vendor_file: Write, format_of: Callable[..., str]) -> None:
    assert format_of(Path(vendor_file("file.csv", header + "\n"))) == name


def test_parquet_is_recognised_too(full_tape: pl.DataFrame, tmp_path: Path, format_of: Callable[..., str]) -> None:
    full_tape.write_parquet(tmp_path / "tape.parquet")
    assert format_of(tmp_path / "tape.parquet") == "prints"


def test_every_column_of_the_schema_is_read(
    full_tape: pl.DataFrame, tmp_path: Path, text_of: Callable[..., pl.DataFrame]
) -> None:
    full_tape.write_csv(tmp_path / "tape.csv")
    assert set(text_of(tmp_path / "tape.csv", "prints").columns) == set(PRINTS)
