"""Day or month first, and files that write their columns in different ways."""

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl
import pytest

from flowbt.errors import RejectedFileError
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.date_order import with_known_dates
from flowbt.lake.intake.dates import read_dates
from flowbt.lake.vendors import format_named

LAYOUT = format_named("canonical").layouts[0]
COLUMNS = {"date": pl.Date(), "expiration": pl.Date(), "quote_time": pl.Datetime("us", "UTC")}
THURSDAY, EXPIRY = date(2026, 1, 8), date(2026, 1, 16)
Write = Callable[..., str]
Option = Callable[..., dict[str, str]]
Outcome = Callable[..., FileOutcome]


def read(**cells: Sequence[str]) -> list[list[date | None]]:
    text = pl.DataFrame(cells)
    layout = with_known_dates(LAYOUT, text, COLUMNS)
    return [read_dates(text[name], layout).to_list() for name in text.columns]


@pytest.mark.parametrize(
    ("day", "expiration"),
    [
        ("2026-01-08", "01/16/2026"),
        ("20260108", "16/01/2026"),
        ("01/08/2026", "01/16/2026"),
        ("08.01.2026", "16.01.2026"),
        ("01/08/26", "01/16/26"),
        ("01/08/2026", "01/16/26"),
        ("2026-01-08", "01-16-26"),
    ],
)
def test_columns_may_be_written_in_different_ways(day: str, expiration: str) -> None:
    assert read(date=[day], expiration=[expiration]) == [[THURSDAY], [EXPIRY]]


@pytest.mark.parametrize(
    "cells",
    [
        {"date": ["01/08/2026"], "expiration": ["02/06/2026"]},
        {"date": ["01/08/2026"], "expiration": ["2026-01-16"]},
        {"date": ["01/08/2026", "01/09/2026"], "expiration": ["16/01/2026", "01/16/2026"]},
        {"date": ["01/13/2026"], "expiration": ["16/01/2026"]},
        {"date": ["2026-01-08"], "expiration": ["16/01/2026"], "quote_time": ["01/13/2026 16:00"]},
    ],
)
def test_a_doubt_is_not_decided(cells: dict[str, list[str]]) -> None:
    with pytest.raises(RejectedFileError, match="--date-format '%d/%m/%Y' or --date-format '%m/%d/%Y'"):
        read(**cells)


def test_a_stray_cell_does_not_make_a_column_doubtful() -> None:
    assert read(date=["2026-01-08", "01/09/2026"]) == [[THURSDAY, None]]


def test_the_proposal_for_two_digit_years_has_two_digits() -> None:
    with pytest.raises(RejectedFileError, match="--date-format '%d/%m/%y' or --date-format '%m/%d/%y'"):
        read(date=["01/08/26"])


def test_a_number_above_12_before_two_digit_years_may_be_the_year() -> None:
    assert read(date=["26/01/08"]) == [[None]]


@pytest.mark.parametrize("options", [{}, {"date_format": "%m/%d/%Y"}])
def test_a_file_of_iso_days_and_us_expirations(
    options: dict[str, str], canonical: Write, option: Option, outcome: Outcome, stored: Callable[[], pl.DataFrame]
) -> None:
    path = canonical(option(expiration="01/16/2026", quote_time="01/08/2026 16:00"))
    assert outcome(path, max_quarantine=0.0, **options).committed == 1
    assert stored().select("date", "expiration").rows() == [(THURSDAY, EXPIRY)]
