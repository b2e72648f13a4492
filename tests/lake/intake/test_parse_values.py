"""Cells: how dates are written is found out or asked for; repairs are declared, and counted."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.parse_values import ParsedCells, read_cells
from flowbt.lake.vendors import Layout, format_named
from flowbt.lake.vendors.layout import Repair
from flowbt.lake.vendors.translate import ROW

LAYOUT = format_named("canonical").layouts[0]
EUROPEAN = ("1,5", "0,123", "1.234,56", "1.234,567", "12,34", "1,2345", ",123", "1,,234")
NUMBERS = {"last": pl.Float64(), "volume": pl.Int64()}


def read(layout: Layout = LAYOUT, **cells: Sequence[str | None]) -> ParsedCells:
    dtypes = {**NUMBERS, "date": pl.Date(), "quote_time": pl.Datetime("us", "UTC")}
    text = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String())).with_row_index(ROW)
    return read_cells(text, {name: dtypes[name] for name in cells}, layout)


@pytest.mark.parametrize(
    ("repair", "cell", "value"),
    [
        ("thousands", "1,234.5", 1234.5),
        ("thousands", "1,234,567", 1_234_567),
        ("thousands", "2,54,729", 254_729),
        ("thousands", "-1,07,26,500.50", -10_726_500.5),
        ("thousands", "12,345", 12_345),
        ("currency", "₹5", 5),
        ("currency", "$5.25", 5.25),
        ("currency", "-$5", -5),
        ("percent", "25.5%", 0.255),
        ("parentheses", "(5)", -5),
    ],
)
def test_a_declared_repair_is_done_and_counted(repair: Repair, cell: str, value: float) -> None:
    found = read(replace(LAYOUT, repairs=(repair,)), last=[cell, "1.5"])
    assert found.rows["last"].to_list() == [value, 1.5]
    assert found.repaired == {f"REPAIRED_{repair.upper()}": 1}
    assert read(last=[cell]).unreadable["reasons"].to_list() == ["UNREADABLE_LAST"]


def test_what_no_repair_mends_stays_unreadable() -> None:
    found = read(
        replace(LAYOUT, repairs=("thousands", "currency", "percent", "parentheses")),
        last=["n.a.", "1,23,4", "%", *EUROPEAN],
    )
    assert found.unreadable["reasons"].to_list() == ["UNREADABLE_LAST"] * (3 + len(EUROPEAN))


def test_every_cell_that_cannot_be_read_is_named() -> None:
    found = read(last=["x", "1"], volume=["1.5", "2"])
    assert found.unreadable["reasons"].to_list() == ["UNREADABLE_LAST UNREADABLE_VOLUME"]
    assert found.rows["last"].to_list() == [1]


def test_parquet_of_floats_gives_whole_numbers_or_names_the_cell(
    tmp_path: Path, option: Callable[..., dict[str, str]], outcome: Callable[..., FileOutcome]
) -> None:
    rows = pl.DataFrame([option(strike=str(100 + n)) for n in range(4)]).with_columns(
        volume=pl.Series([10.0, 12.5, float("nan"), float("inf")]), strike=pl.col("strike").cast(pl.Float64)
    )
    path = tmp_path / "chain.parquet"
    rows.write_parquet(path)
    found = outcome(str(path))
    assert (found.committed, found.quarantined) == (3, 1)
    assert found.warnings == {"NOT_A_NUMBER_VOLUME": 1, "INFINITE_VOLUME": 1}
    assert found.set_aside[0] | {"remedy": ""} == {
        "reason": "UNREADABLE_VOLUME", "rows": 1, "row": 2, "column": "volume", "cell": "12.5", "remedy": "",
    }  # fmt: skip


def test_a_side_that_pandas_filled_with_nan_is_not_listed(tmp_path: Path, outcome: Callable[..., FileOutcome]) -> None:
    mapping = tmp_path / "wide.toml"
    mapping.write_text(
        "constants = {symbol = 'AAA', date = 2026-01-08, expiration = 2026-01-16}\n[columns]\nstrike = 'K'\n"
        + "".join(f"{side}_{name} = '{side}_{name}'\n" for side in ("call", "put") for name in ("bid", "volume"))
    )
    nan = float("nan")
    rows = pl.DataFrame({"K": [100.0], "call_bid": [1.0], "call_volume": [5.0], "put_bid": [nan], "put_volume": [nan]})
    rows.write_parquet(tmp_path / "wide.parquet")
    rows.write_csv(tmp_path / "wide.csv")
    for name in ("wide.parquet", "wide.csv"):
        found = outcome(str(tmp_path / name), format_name=str(mapping), max_quarantine=0.0)
        assert (found.rows_in, found.quarantined, found.reason) == (1, 0, None)


def large(*cells: str) -> list[dict[str, str]]:
    """Thirty rows of small numbers, and some of others."""
    return [{"volume": "7"}] * 30 + [{"volume": cell} for cell in cells]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("2,54,729",), "1 of 1 values of 'volume' of 1,000 or more cannot be read, the first is '2,54,729' in row 31"),
        (("1,234", "1,235", "1236"), "2 of 3 values of 'volume' of 1,000 or more"),
        (("(5)",), "1 of 1 values of 'volume' below zero"),
    ],
)
def test_the_large_numbers_alone_are_never_set_aside(
    cells: Sequence[str],
    words: str,
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
) -> None:
    rows = [option(strike=str(100 + n), **row) for n, row in enumerate(large(*cells))]
    found = outcome(canonical(*rows), max_quarantine=0.15)  # fewer than that of the rows, and most of their group
    assert str(found.reason).startswith(f"UNREADABLE_NUMBERS: {words}")
    repair = "thousands" if "," in cells[0] else "parentheses"
    assert f"--repair {repair}" in str(found.reason)
    again = outcome(canonical(*rows), max_quarantine=0.15, repairs=(repair,))
    assert (again.status, again.quarantined) == ("committed", int(repair == "parentheses"))  # -5 contracts are none


@pytest.mark.parametrize("cell", ["abc", "$7", "1,5", "n.a."])
def test_a_stray_cell_is_set_aside(
    cell: str,
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
) -> None:
    rows = [option(strike=str(100 + n), **row) for n, row in enumerate(large(cell))]
    found = outcome(canonical(*rows), max_quarantine=0.05)
    assert (found.committed, found.quarantined) == (30, 1)
    assert found.set_aside[0]["cell"] == cell


def test_the_group_is_counted_over_all_blocks(
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flowbt.lake.reading.delimited.BLOCK", 400)
    rows = [option(strike=str(100 + n), volume="1,234" if n % 20 == 0 else "7") for n in range(60)]
    assert "3 of 3 values" in str(outcome(canonical(*rows), max_quarantine=0.2).reason)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026-01-08 16:15:00", datetime(2026, 1, 8, 21, 15, tzinfo=UTC)),
        ("2026-07-08T16:15:00", datetime(2026, 7, 8, 20, 15, tzinfo=UTC)),
        ("2026-01-08T21:15:00Z", datetime(2026, 1, 8, 21, 15, tzinfo=UTC)),
        ("2026-01-08T16:15:00-05:00", datetime(2026, 1, 8, 21, 15, tzinfo=UTC)),
    ],
)
def test_a_time_without_offset_is_in_the_vendors_zone(cell: str, value: datetime) -> None:
    found = read(replace(LAYOUT, zone="America/New_York"), quote_time=[cell])
    assert found.rows["quote_time"].to_list() == [value]


@pytest.mark.parametrize(("day", "hour"), [("2026-01-08", 20), ("2026-07-08", 19), ("2026-11-27", 17)])
def test_quotes_of_a_quarter_of_an_hour_before_the_close(day: str, hour: int) -> None:
    found = read(replace(LAYOUT, quoted=-15), date=[day])
    assert found.rows.width == 2  # only what the table asks for
    dtypes = {"date": pl.Date(), "quote_time": pl.Datetime("us", "UTC")}
    text = pl.DataFrame({"date": [day]}).with_row_index(ROW)
    found = read_cells(text, dtypes, replace(LAYOUT, quoted=-15))
    assert found.rows["quote_time"].dt.strftime("%H:%M").to_list() == [f"{hour}:45"]


@pytest.fixture
def dated(canonical: Callable[..., str], option: Callable[..., dict[str, str]]) -> Callable[..., str]:
    """A file of rows with these dates and expirations."""
    return lambda *days: canonical(
        *(option(date=day, expiration=expiration, strike=str(100 + n)) for n, (day, expiration) in enumerate(days))
    )


@pytest.mark.parametrize(
    ("days", "day"),
    [
        ([("01/08/2026", "01/16/2026")], date(2026, 1, 8)),
        ([("8/1/2026", "16/1/2026")], date(2026, 1, 8)),
        ([("08-01-2026", "16-01-2026")], date(2026, 1, 8)),
        ([("1/8/2026 0:00:00", "1/16/2026 0:00:00")], date(2026, 1, 8)),
    ],
)
def test_how_dates_are_written_is_inferred_where_the_file_leaves_no_doubt(
    days: Sequence[tuple[str, str]],
    day: date,
    dated: Callable[..., str],
    outcome: Callable[..., FileOutcome],
    stored: Callable[[], pl.DataFrame],
) -> None:
    assert outcome(dated(*days)).status == "committed"
    assert set(stored()["date"]) == {day}


def test_a_doubtful_order_of_day_and_month_is_asked_for(
    dated: Callable[..., str], outcome: Callable[..., FileOutcome], stored: Callable[[], pl.DataFrame]
) -> None:
    path = dated(("05/01/2026", "02/03/2026"))
    assert str(outcome(path).reason).startswith("AMBIGUOUS_DATE: '0")
    assert "--date-format" in str(outcome(path).reason)
    assert outcome(path, date_format="%d/%m/%Y").status == "committed"
    assert set(stored()["date"]) == {date(2026, 1, 5)}


def test_dates_of_both_orders_are_refused(dated: Callable[..., str], refusal: Callable[..., str]) -> None:
    assert refusal(dated(("01/16/2026", "16/01/2026"))) == "AMBIGUOUS_DATE"


def test_a_year_of_two_digits_is_not_year_24(
    dated: Callable[..., str], outcome: Callable[..., FileOutcome], quarantine: Callable[[], Sequence[str]]
) -> None:
    outcome(dated(("26-01-08", "26-01-16")))
    assert quarantine() == ["UNREADABLE_DATE"]


def test_words_for_not_known_in_a_canonical_file(
    canonical: Callable[..., str], option: Callable[..., dict[str, str]], outcome: Callable[..., FileOutcome]
) -> None:
    cells = ("None", "-", "N/A", "1.4", "1.4", "1.4")
    rows = [option(strike=str(100 + n), bid=cell, volume="12.5" if n == 5 else "10") for n, cell in enumerate(cells)]
    found = outcome(canonical(*rows), max_quarantine=0.05)
    # three of six cells are words, and only half a contract sets its row aside
    assert (found.status, found.committed, found.quarantined) == ("committed", 5, 1)
    assert found.warnings["NOT_A_NUMBER_BID"] == 3


def test_a_repair_is_looked_for_in_a_column_of_small_numbers_too() -> None:
    text = pl.DataFrame({"oi_lag": ["1", "1,234"]}).with_row_index(ROW)
    [found] = read_cells(text, {"oi_lag": pl.Int8()}, LAYOUT).unrepaired
    assert (found.column, found.repair, found.cell) == ("oi_lag", "thousands", "1,234")
