"""Odd days: told by what came before them, in the same file, the same run, or the lake."""

from collections.abc import Callable, Mapping

import pytest

from flowbt.lake import Lake
from flowbt.lake.ingest import IngestOutcome, ingest_files

Option = Callable[..., dict[str, str]]
Write = Callable[..., str]
Ingest = Callable[..., IngestOutcome]
DAYS = ("2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09", "2026-01-12", "2026-01-13")


@pytest.fixture
def rows(option: Option) -> Callable[..., list[dict[str, str]]]:
    """A day of so many strikes, whose volumes and open interest follow from `seed`."""

    def of_day(day: str, strikes: int = 30, seed: int = 0, **cells: str) -> list[dict[str, str]]:
        return [
            option(
                date=day, strike=str(100 + n), volume=str(5 + (n * 7 + seed) % 31),
                open_interest=str(50 + (n * 11 + seed * 3) % 97), **cells,
            )
            for n in range(strikes)
        ]  # fmt: skip

    return of_day


Rows = Callable[..., list[dict[str, str]]]


def odd(warnings: Mapping[str, int]) -> dict[str, int]:
    return {code: n for code, n in warnings.items() if code in {"PARTIAL_DAY", "PRICE_JUMP", "STALE_OPEN_INTEREST"}}


@pytest.mark.parametrize("one_file", [True, False])
@pytest.mark.parametrize(("strikes", "found"), [(17, {"PARTIAL_DAY": 1}), (18, {})])
def test_a_day_of_few_rows(
    strikes: int, found: dict[str, int], one_file: bool, rows: Rows, canonical: Write, ingest: Ingest
) -> None:
    days = [rows(day, seed=n) for n, day in enumerate(DAYS[:5])]
    few = rows(DAYS[5], strikes, seed=9)
    if one_file:
        outcome = ingest(canonical(*(row for day in (*days, few) for row in day)))
    else:
        ingest(canonical(*(row for day in days for row in day), name="before.csv"))
        outcome = ingest(canonical(*few, name="few.csv"))
    assert odd(outcome.files[-1].warnings) == found
    assert outcome.files[-1].status == "committed"


def test_too_few_days_to_know_what_is_usual(rows: Rows, canonical: Write, ingest: Ingest) -> None:
    days = [rows(day, seed=n) for n, day in enumerate(DAYS[:4])]
    outcome = ingest(canonical(*(row for day in days for row in day), *rows(DAYS[4], 5, seed=9)))
    assert odd(outcome.files[0].warnings) == {}


@pytest.mark.parametrize(("price", "found"), [("136", 1), ("134", 0), ("10", 1), ("73", 1), ("75", 0)])
def test_an_underlying_that_jumps(price: str, found: int, rows: Rows, canonical: Write, ingest: Ingest) -> None:
    outcome = ingest(canonical(*rows(DAYS[0]), *rows(DAYS[1], seed=1, underlying_price=price)))
    assert odd(outcome.files[0].warnings).get("PRICE_JUMP", 0) == found


def test_open_interest_that_was_not_updated(rows: Rows, canonical: Write, ingest: Ingest) -> None:
    again = [
        row | {"open_interest": before["open_interest"]}
        for row, before in zip(rows(DAYS[1], seed=1), rows(DAYS[0]), strict=True)
    ]
    outcome = ingest(canonical(*rows(DAYS[0])), canonical(*again, name="later.csv"))
    assert [odd(file.warnings) for file in outcome.files] == [{}, {"STALE_OPEN_INTEREST": 1}]


def test_each_symbol_has_a_past_of_its_own(rows: Rows, canonical: Write, ingest: Ingest) -> None:
    ingest(canonical(*rows(DAYS[0], underlying_price="100")))
    outcome = ingest(canonical(*rows(DAYS[1], symbol="BBB", underlying_price="500"), name="b.csv"))
    assert odd(outcome.files[0].warnings) == {}


def test_a_day_brought_in_later_is_held_against_what_came_before_it(
    rows: Rows, canonical: Write, ingest: Ingest
) -> None:
    ingest(canonical(*rows(DAYS[0]), *rows(DAYS[3], seed=3, underlying_price="100")))
    copy = ingest(canonical(*rows(DAYS[1]), name="late.csv")).files[0]
    assert str(copy.reason).startswith("COPY_OF_PREVIOUS_DAY: AAA on 2026-01-06 repeats the volume of 100%")


def test_a_closed_day_may_be_let_in(option: Option, canonical: Write, lake: Lake) -> None:

    path = canonical(option(date="2026-01-10", expiration="2026-02-20"))
    assert ingest_files(lake, "canonical", [path], any_day=True).files[0].status == "committed"
