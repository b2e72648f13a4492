"""What midnight means is decided by a whole file, not by each of its blocks."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.reading import delimited, parquet

THURSDAY, FRIDAY = date(2026, 1, 8), date(2026, 1, 9)
MIDNIGHT, EVENING = datetime(2026, 1, 9, tzinfo=UTC), datetime(2026, 1, 8, 20, 59, tzinfo=UTC)
Option = Callable[..., dict[str, str]]
Outcome = Callable[..., FileOutcome]


@pytest.mark.parametrize("typed", [True, False])
@pytest.mark.parametrize(
    ("stamps", "days"),
    [
        ([MIDNIGHT, EVENING], [THURSDAY, THURSDAY]),
        ([EVENING, MIDNIGHT], [THURSDAY, THURSDAY]),
        ([EVENING, EVENING, MIDNIGHT], [THURSDAY, THURSDAY, THURSDAY]),
        ([MIDNIGHT, None, EVENING], [THURSDAY, THURSDAY]),
        ([MIDNIGHT, MIDNIGHT], [FRIDAY, FRIDAY]),
        ([EVENING, EVENING], [THURSDAY, THURSDAY]),
    ],
)
def test_the_order_of_the_rows_does_not_decide_the_session(
    stamps: list[datetime | None],
    days: list[date],
    *,
    typed: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    option: Option,
    outcome: Outcome,
    stored: Callable[[], pl.DataFrame],
) -> None:
    """A snapshot at 15:59 in New York and one at 19:00, in blocks of one row."""
    monkeypatch.setattr(parquet, "BLOCK_ROWS", 1)
    rows = pl.DataFrame([option(strike=str(100 + n)) for n, _ in enumerate(stamps)])
    dates = pl.Series("date", stamps, dtype=pl.Datetime("us", "UTC"))
    path = tmp_path / "chain.parquet"
    rows.with_columns(dates if typed else dates.dt.strftime("%Y-%m-%dT%H:%M:%SZ")).write_parquet(path)
    found = outcome(str(path))
    assert stored()["date"].to_list() == days
    assert (found.rows_in, found.committed, found.duplicates) == (len(stamps), len(days), 0)


def test_the_file_is_read_again_with_its_counts_from_the_start(
    monkeypatch: pytest.MonkeyPatch, canonical: Callable[..., str], option: Option, outcome: Outcome
) -> None:
    """A block each of midnights and of evenings, with a copy, a row that cannot be read and a quote that is crossed."""
    monkeypatch.setattr(delimited, "BLOCK", 200)
    rows = [option(date="2026-01-09T00:00:00Z", strike=str(100 + n)) for n in range(3)]
    rows += [option(date="2026-01-08T20:59:00Z", strike=str(110 + n), bid="2", ask="1") for n in range(3)]
    found = outcome(canonical(*rows, rows[-1], option(strike="x")))
    assert found.reason is None
    assert (found.rows_in, found.committed, found.quarantined, found.duplicates) == (8, 6, 1, 1)
    assert found.warnings["CROSSED_QUOTE"] == 3
