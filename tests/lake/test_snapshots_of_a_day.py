"""Several snapshots of a day in one file: refused with the way out, or the first or the last of them taken."""

from collections.abc import Callable

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome

Write = Callable[..., str]
Option = Callable[..., dict[str, str]]
Outcome = Callable[..., FileOutcome]


@pytest.fixture
def three(canonical: Write, option: Option) -> Callable[..., str]:
    """Two contracts, of which the first has three rows, and the second one."""

    def write(*times: str) -> str:
        lasts = ("1.0", "2.0", "3.0")
        rows = [
            option(last=last, **({"quote_time": time} if time else {})) for last, time in zip(lasts, times, strict=True)
        ]
        return canonical(*rows, option(strike="105", last="9.0"))

    return write


def test_they_contradict_each_other_and_the_message_names_the_option(three: Write, outcome: Outcome) -> None:
    reason = str(outcome(three("", "", ""), max_quarantine=0.05).reason)
    assert reason.startswith("TOO_MANY_BAD_ROWS: 3 of 4 rows cannot be used (3 CONFLICTING_ROWS)")
    assert "--take last" in reason


@pytest.mark.parametrize(
    ("take", "times", "last"),
    [
        ("last", ("", "", ""), 3.0),
        ("first", ("", "", ""), 1.0),
        ("last", ("2026-01-08T20:00Z", "2026-01-08T21:00Z", "2026-01-08T15:00Z"), 2.0),
        ("first", ("2026-01-08T20:00Z", "2026-01-08T21:00Z", "2026-01-08T15:00Z"), 3.0),
    ],
)
def test_one_of_them_is_taken_by_its_time_else_by_its_place(
    take: str,
    times: tuple[str, str, str],
    last: float,
    three: Write,
    outcome: Outcome,
    stored: Callable[[], pl.DataFrame],
) -> None:
    found = outcome(three(*times), take=take, max_quarantine=0.0)
    assert (found.rows_in, found.committed, found.duplicates, found.quarantined) == (4, 2, 2, 0)
    assert found.warnings["NOT_TAKEN"] == 2
    assert stored().sort("strike")["last"].to_list() == [last, 9.0]


def test_exact_copies_among_them_are_copies(
    canonical: Write, option: Option, outcome: Outcome, stored: Callable[[], pl.DataFrame]
) -> None:
    found = outcome(canonical(option(last="1"), option(last="1"), option(last="2")), take="last")
    assert (found.committed, found.duplicates, found.warnings["NOT_TAKEN"]) == (1, 2, 1)
    assert stored()["last"].to_list() == [2]
