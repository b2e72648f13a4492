"""A file that lacks a column which files of its format always have is committed with a warning that names it."""

from collections.abc import Callable

import pytest

from flowbt.lake.intake.batch import FileOutcome

Write = Callable[..., str]
Outcome = Callable[..., FileOutcome]
DAILY = {
    "underlying": "SPX",
    "underlying_last": "6900",
    "optionroot": "SPXW260116C06900000",
    "type": "call",
    "expiration": "01/16/2026",
    "quotedate": "01/08/2026",
    "strike": "6900",
    "last": "5",
    "bid": "4.9",
    "ask": "5.1",
    "volume": "10",
    "openinterest": "20",
    "impliedvol": "0.2",
    "delta": "0.5",
    "gamma": "0.01",
}


@pytest.mark.parametrize("format_name", ["cboe-daily-csv", "auto"])
@pytest.mark.parametrize(
    ("lacking", "ours"), [("openinterest", "open_interest"), ("volume", "volume"), ("impliedvol", "iv")]
)
def test_it_is_counted_and_named(
    format_name: str, lacking: str, ours: str, vendor_file: Write, outcome: Outcome
) -> None:
    cells = {name: cell for name, cell in DAILY.items() if name != lacking}
    path = vendor_file("day.csv", ",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    found = outcome(path, format_name=format_name)
    assert (found.committed, found.warnings, found.missing_columns) == (1, {"MISSING_COLUMN": 1}, {ours: lacking})


def test_a_whole_file_has_no_such_warning(vendor_file: Write, outcome: Outcome) -> None:
    path = vendor_file("day.csv", ",".join(DAILY) + "\n" + ",".join(DAILY.values()) + "\n")
    assert outcome(path, format_name="cboe-daily-csv").warnings == {}


def test_columns_that_are_optional_are_not_missed(
    canonical: Write, option: Callable[..., dict[str, str]], outcome: Outcome
) -> None:
    assert outcome(canonical(option())).warnings == {}
