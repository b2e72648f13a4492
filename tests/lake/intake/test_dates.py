"""Dates and moments: offsets, midnights, numbers since 1970, and what the user specifies outside the file."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowbt.errors import FlowbtError
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.dates import read_dates, read_moments
from flowbt.lake.intake.parse_values import read_cells
from flowbt.lake.vendors import format_named
from flowbt.lake.vendors.date_formats import EPOCHS, check_date_format

LAYOUT = format_named("canonical").layouts[0]
THURSDAY, FRIDAY = date(2026, 1, 8), date(2026, 1, 9)
Write = Callable[..., str]
Option = Callable[..., dict[str, str]]
Outcome = Callable[..., FileOutcome]


def dates(*cells: str, formats: Sequence[str] = (), exchange: str = "XNYS") -> list[date | None]:
    return read_dates(pl.Series(cells), replace(LAYOUT, dates=tuple(formats), exchange=exchange)).to_list()


@pytest.mark.parametrize(
    ("cell", "exchange", "day"),
    [
        ("2026-01-09T02:30Z", "XNYS", THURSDAY),
        ("2026-01-09T02:30:00+00:00", "XNYS", THURSDAY),
        ("2026-01-09 02:30:00.123456 UTC", "XNYS", THURSDAY),
        ("2026-01-08T21:00:00-05:00", "XNYS", THURSDAY),
        ("2026-01-09T04:59:59Z", "XNYS", THURSDAY),
        ("2026-01-09T05:00:00Z", "XNYS", FRIDAY),
        ("2026-07-10T04:00:00Z", "XNYS", date(2026, 7, 10)),
        ("2026-01-08T18:29:00Z", "XNSE", THURSDAY),
        ("2026-01-08T18:30:00Z", "XNSE", FRIDAY),
        ("2026-01-09T02:30:00", "XNYS", FRIDAY),
    ],
)
def test_a_stamp_with_an_offset_is_dated_at_the_exchange(cell: str, exchange: str, day: date) -> None:
    assert dates(cell, exchange=exchange) == [day]


@pytest.mark.parametrize(
    "cell",
    ["2026-01-09T00:00:00Z", "2026-01-09T00:00:00-05:00", "2026-01-09 00:00+05:30", "2026-01-09T00:00:00.000+01:00"],
)
def test_a_column_of_midnights_is_one_of_dates(cell: str) -> None:
    assert dates(cell) == [FRIDAY]


def test_a_midnight_among_moments_is_a_moment() -> None:
    assert dates("2026-01-09T00:00:00Z", "2026-01-09T02:30:00Z") == [THURSDAY, THURSDAY]


def test_a_stamp_in_another_order_of_day_and_month() -> None:
    assert dates("01/09/2026 02:30:00+00:00", formats=["%m/%d/%Y"]) == [THURSDAY]


@pytest.mark.parametrize(
    "cell",
    ["1767926400", "1767926400000", "1767926400000000", "1767926400000000000", "1767926400000.0", "1.7679264e12"],
)
def test_a_number_since_1970_is_known_by_its_size(cell: str) -> None:
    assert dates(cell) == [THURSDAY]  # 02:40 on the 9th in UTC


@pytest.mark.parametrize("cell", ["1767916800", "1767916800000"])
def test_a_number_of_midnight_in_utc_is_a_date(cell: str) -> None:
    assert dates(cell) == [FRIDAY]


@pytest.mark.parametrize("cell", ["46031", "202601081", "2026010816", "20260230", "20260108163000", "176792640000"])
def test_a_number_that_may_be_something_else_is_not_guessed_at(cell: str) -> None:
    assert dates(cell) == [None]


@pytest.mark.parametrize(("form", "by"), list(EPOCHS.items()))
def test_a_declared_number_since_1970(form: str, by: int) -> None:
    check_date_format(form)
    assert dates(str(1767926400 * by), formats=[form]) == [THURSDAY]
    assert dates(str(998_000_000 * by), formats=[form]) == [date(2001, 8, 16)]


@pytest.mark.parametrize("cell", ["20260108", "20260108.0"])
def test_eight_digits_are_a_date_whatever_else_is_declared(cell: str) -> None:
    assert dates(cell) == [THURSDAY]
    assert dates(cell, formats=["%m/%d/%Y"]) == [THURSDAY]


def test_eight_digits_are_a_number_where_numbers_since_1970_are_declared() -> None:
    # 20,260,108 s are 234 days and 11.7 hours
    assert dates("20260108", "2026-01-08", formats=["epoch_s"]) == [date(1970, 8, 23), THURSDAY]


@given(st.datetimes(datetime(2002, 1, 1), datetime(2199, 1, 1)))  # noqa: DTZ001 (hypothesis wants them bare)
@settings(deadline=None, max_examples=50)
def test_the_same_moment_has_the_same_date_however_it_is_written(moment: datetime) -> None:
    moment = moment.replace(second=moment.second or 1, microsecond=0, tzinfo=UTC)  # never midnight
    seconds = int(moment.timestamp())
    written = [moment.isoformat(), moment.strftime("%Y-%m-%dT%H:%M:%SZ"), str(seconds), str(seconds * 1000)]
    typed = read_dates(pl.Series([moment], dtype=pl.Datetime("us", "UTC")), LAYOUT).to_list()
    fits = [cell for cell in written if not (cell.isdigit() and len(cell) == 10 and cell[:2] in {"19", "20"})]
    fits = [cell for cell in fits if not (cell.isdigit() and len(cell) not in {10, 13})]
    assert [read_dates(pl.Series([cell]), LAYOUT).to_list() for cell in fits] == [typed] * len(fits)


def test_times_as_numbers_since_1970() -> None:
    found = read_moments(pl.Series(["1767926400", "1767926400000", "2026-01-09T02:40:00Z"]), LAYOUT)
    assert found.to_list() == [datetime(2026, 1, 9, 2, 40, tzinfo=UTC)] * 3


@pytest.mark.parametrize(
    ("cell", "formats"),
    [
        ("2026-01-08 21:00:00 UTC", ()),
        ("2026-01-08 21:00 GMT", ()),
        ("2026-01-08 21:00:00UTC", ()),
        ("20260108 16:00", ()),
        ("01/08/2026 21:00:00 UTC", ("%m/%d/%Y",)),
        ("01/08/2026 16:00:00-05:00", ("%m/%d/%Y",)),
        ("2026-01-08T16:00:00.000", ("%m/%d/%Y",)),
    ],
)
def test_a_time_has_the_offsets_and_dates_that_a_date_has(cell: str, formats: tuple[str, ...]) -> None:
    """16:00 in New York in January, written in seven ways."""
    found = read_moments(pl.Series([cell]), replace(LAYOUT, dates=formats, zone="America/New_York"))
    assert found.to_list() == [datetime(2026, 1, 8, 21, tzinfo=UTC)]


@pytest.mark.parametrize("cell", ["2026-01-08 25:00 UTC", "2026-01-08 21:75 UTC", "2026-01-08 16:00 EST", "01/08/2026"])
def test_what_is_not_a_time(cell: str) -> None:
    us = replace(LAYOUT, dates=("%m/%d/%Y",))
    assert read_moments(pl.Series([cell]), us).to_list() == [None]


def test_times_are_not_guessed_to_have_the_day_first() -> None:
    us = replace(LAYOUT, dates=("%m/%d/%Y",), zone="America/New_York")
    assert read_moments(pl.Series(["01/08/2026 16:00"]), us).to_list() == [datetime(2026, 1, 8, 21, tzinfo=UTC)]
    assert read_moments(pl.Series(["01/08/2026 16:00"]), LAYOUT).to_list() == [None]


@pytest.mark.parametrize(
    ("days", "day"),
    [
        (pl.Series([datetime(2026, 1, 9, 2, 30)]).dt.replace_time_zone("UTC"), THURSDAY),  # noqa: DTZ001
        (pl.Series([datetime(2026, 1, 9)]).dt.replace_time_zone("UTC"), FRIDAY),  # noqa: DTZ001
        (pl.Series([datetime(2026, 1, 9)]).dt.replace_time_zone("America/New_York"), FRIDAY),  # noqa: DTZ001
        (pl.Series([datetime(2026, 1, 9)]).cast(pl.Datetime("ns")), FRIDAY),  # noqa: DTZ001
        (pl.Series([FRIDAY]), FRIDAY),
        (pl.Series([20260109]), FRIDAY),
        (pl.Series([1767926400000]), THURSDAY),
        (pl.Series([1767926400.0]), THURSDAY),
    ],
)
def test_parquet_has_its_dates_typed(
    days: pl.Series, day: date, tmp_path: Path, option: Option, outcome: Outcome, stored: Callable[[], pl.DataFrame]
) -> None:
    path = tmp_path / "chain.parquet"
    pl.DataFrame([option()]).with_columns(days.alias("date")).write_parquet(path)
    assert outcome(str(path), max_quarantine=0.0).status == "committed"
    assert stored()["date"].to_list() == [day]


def test_typed_dates_do_not_care_how_the_format_writes_its_dates(
    tmp_path: Path, outcome: Outcome, stored: Callable[[], pl.DataFrame]
) -> None:
    row = {"underlying": "SPX", "underlying_last": 6900.0, "optionroot": "SPXW260116C06900000", "type": "call"}
    row |= {
        "expiration": date(2026, 1, 16),
        "quotedate": THURSDAY,
        "strike": 6900.0,
        "bid": 1.0,
        "ask": 1.1,
        "volume": 3,
    }
    path = tmp_path / "day.parquet"
    pl.DataFrame([row]).write_parquet(path)
    assert outcome(str(path), format_name="cboe-daily-csv").committed == 1
    assert stored().select("date", "expiration").rows() == [(THURSDAY, date(2026, 1, 16))]


US = """
dates = ["%m/%d/%Y"]
{more}
[columns]
symbol = "Ticker"
strike = "K"
option_type = "Type"
bid = "Bid"
"""
ROWS = "Ticker,K,Type,Bid\nABC,95,Call,6.0\n"


@pytest.mark.parametrize(
    ("more", "name", "options"),
    [
        ("", "a.csv", {"date": THURSDAY, "expiration": date(2026, 1, 16)}),
        (r"path = '(?P<date>\d{4}-\d\d-\d\d)_(?P<expiration>\d{8})'", "2026-01-08_20260116.csv", {}),
        (r"path = '(?P<date>\d\d-\d\d-\d{4})_(?P<expiration>\d\d-\d\d-\d{4})'"
         "\npath_date_format = '%d-%m-%Y'", "08-01-2026_16-01-2026.csv", {}),
        (r"path = '(?P<date>\d{4}-\d\d-\d\d)'", "2026-01-07.csv", {"date": THURSDAY, "expiration": date(2026, 1, 16)}),
        ("constants = {date = 2026-01-08, expiration = 2026-01-16}", "a.csv", {}),
    ],
)  # fmt: skip
def test_what_is_known_outside_the_file_is_a_date_already(
    more: str,
    name: str,
    options: dict[str, date],
    tmp_path: Path,
    vendor_file: Write,
    outcome: Outcome,
    stored: Callable[[], pl.DataFrame],
) -> None:
    mapping = tmp_path / "us.toml"
    mapping.write_text(US.format(more=more))
    assert outcome(vendor_file(name, ROWS), format_name=str(mapping), **options).committed == 1
    assert stored().select("date", "expiration").rows() == [(THURSDAY, date(2026, 1, 16))]


def test_a_date_on_the_command_line_under_a_date_format(
    canonical: Write, option: Option, outcome: Outcome, stored: Callable[[], pl.DataFrame]
) -> None:
    mapping = {**option(expiration="16/01/2026")}
    del mapping["date"]
    path = canonical(mapping)
    header = Path(path).read_text().replace("option_type", "kind")
    Path(path).write_text(header)
    toml = Path(path).with_suffix(".toml")
    toml.write_text(
        "[columns]\n"
        + "".join(f"{name} = '{name}'\n" for name in mapping if name != "option_type")
        + "option_type = 'kind'"
    )
    found = outcome(path, format_name=str(toml), date=THURSDAY, date_format="%d/%m/%Y")
    assert found.committed == 1
    assert stored().select("date", "expiration").rows() == [(THURSDAY, date(2026, 1, 16))]


def test_the_exchange_that_the_user_gives_dates_the_rows_and_has_the_sessions(
    canonical: Write, option: Option, outcome: Outcome, stored: Callable[[], pl.DataFrame]
) -> None:
    stamp = "2025-12-31T20:00:00Z"  # 1 January in Mumbai, where the exchange is open
    path = canonical(option(date=stamp, quote_time=stamp))
    assert outcome(path, exchange="XNSE").committed == 1
    assert stored()["date"].to_list() == [date(2026, 1, 1)]


def test_an_exchange_that_is_not_known(canonical: Write, option: Option, outcome: Outcome) -> None:
    with pytest.raises(FlowbtError, match="XXXX"):
        outcome(canonical(option()), exchange="XXXX")


def test_quotes_are_dated_from_the_close_of_their_own_exchange() -> None:
    text = pl.DataFrame({"date": [THURSDAY]}).with_row_index("row")
    found = read_cells(
        text, {"date": pl.Date(), "quote_time": pl.Datetime("us", "UTC")}, replace(LAYOUT, quoted=-15, exchange="XNSE")
    )
    assert found.rows["quote_time"].to_list() == [datetime(2026, 1, 8, 9, 45, tzinfo=UTC)]  # 15:15 in Mumbai


@pytest.mark.parametrize("time", ["1767882600", "1767882600000", "1767882600000000000", "2026-01-08T14:30:00Z"])
def test_a_tape_may_have_its_times_as_numbers(
    time: str, tape: Write, execution: Option, outcome: Outcome, taped: Callable[[], pl.DataFrame]
) -> None:
    assert outcome(tape(execution(time=time)), format_name="prints").committed == 1
    assert taped()["time"].to_list() == [datetime(2026, 1, 8, 14, 30, tzinfo=UTC)]


def test_a_tape_of_another_exchange_has_its_days_and_hours(
    tape: Write, execution: Option, outcome: Outcome, taped: Callable[[], pl.DataFrame]
) -> None:
    path = tape(execution(time="2026-01-09T04:00:00Z"))  # 9:30 in Mumbai, 23:00 of the day before in New York
    found = outcome(path, format_name="prints", exchange="XNSE")
    assert (found.committed, found.warnings) == (1, {})
    assert taped()["date"].to_list() == [FRIDAY]
