"""A day in parts, some of which have only zeros: what the lake holds does not depend on the order in which they arrive."""

import csv
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.full import tries

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files
from flowbt.schema import CHAIN_ROWS
from flowbt.workflows.lake_status import lake_status

Option = Callable[..., dict[str, str]]
Write = Callable[..., str]
Outcome = Callable[..., FileOutcome]
Stored = Callable[[], pl.DataFrame]
Row = Mapping[str, Any]

BEFORE, DAY = date(2026, 1, 7), date(2026, 1, 8)
EXPIRIES = [date(2026, 1, 16), date(2026, 1, 23), date(2026, 1, 30), date(2026, 2, 20)]
CELLS: Mapping[str, Callable[[int], str]] = {
    "held": lambda n: str(5 + n),
    "zero": lambda _: "0",
    "blank": lambda _: "",
    "zero or blank": lambda n: "0" if n % 2 else "",
}
kinds = st.sampled_from(list(CELLS))
parts = st.lists(st.tuples(st.integers(2, 14), kinds, kinds), min_size=2, max_size=4)


def rows_of(part: tuple[int, str, str], place: int, day: date = DAY, more: int = 0) -> list[Row]:
    """The contracts of one expiry."""
    contracts, held, traded = part
    shared = {"symbol": "AAA", "date": day, "expiration": EXPIRIES[place], "option_type": "call", "last": 1.5}
    return [
        shared | {"strike": 90 + n, "open_interest": CELLS[held](n + more), "volume": CELLS[traded](n + more)}
        for n in range(contracts)
    ]


def write(folder: Path, name: str, rows: Sequence[Row]) -> str:
    path = folder / f"{name}.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def lake_of(folder: Path, *commands: Sequence[str]) -> pl.DataFrame:
    """The day as a lake holds it after these commands, each with its files."""
    lake = Lake(folder)
    for files in commands:
        found = ingest_files(lake, "canonical", files)
        assert [file.reason for file in found.files if file.status == "rejected"] == []
    return lake.strike_rows(CHAIN_ROWS, ["AAA"], DAY, DAY)


@pytest.mark.thorough
@given(day=parts, order=st.randoms(use_true_random=False), known=st.sampled_from(["nothing", "held", "zero"]))
@settings(
    max_examples=tries(6, 25), deadline=None, phases=[Phase.explicit, Phase.generate]
)  # a file is slow to make smaller
def test_the_order_of_the_parts_does_not_matter(day: list[tuple[int, str, str]], order: Any, known: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = []
        if known != "nothing":
            before = [
                row for n, part in enumerate(day[:-1]) for row in rows_of((part[0], known, "held"), n, BEFORE, 40)
            ]
            first = [[write(folder, "before", before)]]
        files = [write(folder, f"part-{place}", rows_of(part, place)) for place, part in enumerate(day)]
        whole = write(folder, "whole", [row for place, part in enumerate(day) for row in rows_of(part, place)])
        at_once = lake_of(folder / "whole", *first, [whole])
        assert lake_of(folder / "together", *first, files).equals(at_once)
        order.shuffle(files)
        assert lake_of(folder / "apart", *first, *([file] for file in files)).equals(at_once)


def test_a_part_that_shows_the_zeros_of_another_to_be_true(
    canonical: Write, option: Option, outcome: Outcome, stored: Stored, lake: Lake
) -> None:
    """Ten contracts of a new expiry without open interest are not known, until the other expiry has some."""
    new = [option(strike=str(90 + n), expiration="2026-01-30", open_interest="0") for n in range(10)]
    outcome(canonical(*new, name="new.csv"))
    assert stored()["open_interest"].to_list() == [None] * 10
    assert lake_status(lake).chains[0].unknown_open_interest == (DAY,)
    outcome(canonical(option(), name="held.csv"))
    assert stored()["open_interest"].to_list() == [50] + [0] * 10
    assert lake_status(lake).chains[0].unknown_open_interest == ()


def test_two_small_parts_that_are_zero_are_both_unknown(
    canonical: Write, option: Option, outcome: Outcome, stored: Stored
) -> None:
    """Six zeros may be true, twelve may not: the second part makes the first unknown as well."""
    for expiry in ("2026-01-16", "2026-01-30"):
        rows = [option(strike=str(90 + n), expiration=expiry, open_interest="0") for n in range(6)]
        outcome(canonical(*rows, name=f"{expiry}.csv"))
    assert stored()["open_interest"].to_list() == [None] * 12


def test_what_the_source_left_blank_stays_unknown(
    canonical: Write, option: Option, outcome: Outcome, stored: Stored
) -> None:
    rows = [option(strike=str(90 + n), expiration="2026-01-30", open_interest="" if n == 0 else "0") for n in range(11)]
    outcome(canonical(*rows, name="new.csv"))
    outcome(canonical(option(), name="held.csv"))
    assert stored()["open_interest"].to_list() == [50, None] + [0] * 10


def test_a_file_of_zeros_again_is_a_duplicate(canonical: Write, option: Option, outcome: Outcome) -> None:
    new = canonical(*(option(strike=str(90 + n), open_interest="0") for n in range(10)), name="new.csv")
    outcome(new)
    assert outcome(new).status == "unchanged"
    outcome(canonical(option(expiration="2026-01-30"), name="held.csv"))
    found = outcome(new)
    assert (found.status, found.duplicates, "ALL_ZERO_OPEN_INTEREST" in found.warnings) == ("unchanged", 10, False)


def test_placeholders_in_the_file_of_a_part(
    canonical: Write, option: Option, ingest: Callable[..., IngestOutcome], stored: Stored
) -> None:
    """Zeros for five contracts with open interest on file for this day correct nothing; another expiry's zeros stay."""
    held = [option(strike=str(90 + n), open_interest=str(50 + n)) for n in range(5)]
    other = canonical(option(expiration="2026-01-30", open_interest="0"), name="other.csv")
    ingest(canonical(*held, name="held.csv"), other)
    zeros = canonical(*(row | {"open_interest": "0"} for row in held), name="evening.csv")
    (found,) = ingest(zeros).files
    assert (found.status, found.warnings["ALL_ZERO_OPEN_INTEREST"]) == ("unchanged", 5)
    assert stored()["open_interest"].to_list() == [50, 51, 52, 53, 54, 0]


def test_zeros_of_four_contracts_may_be_true(
    canonical: Write, option: Option, ingest: Callable[..., IngestOutcome], stored: Stored
) -> None:
    held = [option(strike=str(90 + n), open_interest=str(50 + n)) for n in range(4)]
    other = canonical(option(expiration="2026-01-30"), name="other.csv")
    ingest(canonical(*held, name="held.csv"), other)
    ingest(canonical(*(row | {"open_interest": "0"} for row in held), name="zeros.csv"))
    assert stored()["open_interest"].to_list() == [0, 0, 0, 0, 50]


def test_a_file_larger_than_memory_that_shows_zeros_to_be_true(
    canonical: Write, option: Option, outcome: Outcome, stored: Stored, monkeypatch: Any
) -> None:
    outcome(canonical(*(option(strike=str(90 + n), open_interest="0") for n in range(10)), name="new.csv"))
    monkeypatch.setattr("flowbt.lake.intake.spill_buffer.MOST_IN_MEMORY", 1)
    outcome(canonical(option(expiration="2026-01-30"), name="held.csv"))
    assert stored()["open_interest"].to_list() == [0] * 10 + [50]
