"""Odd days: told by what came before them, in the same file, the same run, or the lake."""

from collections.abc import Callable, Mapping

import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files

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


def parts(rows: Rows, canonical: Write, day: str, seed: int = 0, **cells: str) -> list[str]:
    """A day in three files of ten strikes, one per expiry."""
    return in_parts(rows(day, 30, seed, **cells), canonical, f"{day}_{seed}")


def in_parts(day: list[dict[str, str]], canonical: Write, name: str) -> list[str]:
    return [
        canonical(*(row | {"expiration": expiry} for row in day[10 * n : 10 * n + 10]), name=f"{name}_{n}.csv")
        for n, expiry in enumerate(("2026-01-16", "2026-01-23", "2026-02-20"))
    ]


def test_a_day_in_parts_is_partial_until_the_last_one_has_come(rows: Rows, canonical: Write, ingest: Ingest) -> None:
    for n, day in enumerate(DAYS[:5]):
        ingest(*parts(rows, canonical, day, n))
    whole = ingest(*parts(rows, canonical, DAYS[5], 9))
    assert [odd(file.warnings) for file in whole.files] == [{}] * 3
    several = [ingest(path).files[0] for path in parts(rows, canonical, DAYS[6], 8)]
    assert [odd(file.warnings) for file in several] == [{"PARTIAL_DAY": 1}, {}, {}]


@pytest.mark.parametrize("one_command", [True, False])
def test_a_copy_in_parts_is_a_copy(one_command: bool, rows: Rows, canonical: Write, ingest: Ingest) -> None:
    ingest(*parts(rows, canonical, DAYS[0]))
    copy = parts(rows, canonical, DAYS[1])
    found = ingest(*copy).files if one_command else [ingest(path).files[0] for path in copy]
    # ten contracts alone are too few to tell; with those before them they are enough
    assert [file.status for file in found] == ["committed", "rejected", "rejected"]
    assert "COPY_OF_PREVIOUS_DAY: AAA on 2026-01-06 repeats the volume of 100%" in str(found[1].reason)


def test_a_part_that_repeats_its_own_expiries_is_a_copy(rows: Rows, canonical: Write, ingest: Ingest) -> None:
    day = [row | {"expiration": expiry} for expiry in ("2026-01-16", "2026-02-20") for row in rows(DAYS[0])]
    ingest(canonical(*day, name="first.csv"))
    part = [row | {"date": DAYS[1]} for row in day[:30]]
    assert "COPY_OF_PREVIOUS_DAY" in str(ingest(canonical(*part, name="copy.csv")).files[0].reason)


@pytest.mark.parametrize("one_command", [True, False])
def test_stale_open_interest_is_judged_on_the_whole_day(
    one_command: bool, rows: Rows, canonical: Write, ingest: Ingest, lake: Lake
) -> None:
    ingest(*parts(rows, canonical, DAYS[0]))
    held = [row["open_interest"] for row in rows(DAYS[0])]
    later = [row | {"open_interest": held[n] if n < 20 else "7"} for n, row in enumerate(rows(DAYS[1], 30, 5))]
    later_files = in_parts(later, canonical, "later")
    found = ingest(*later_files).files if one_command else [ingest(path).files[0] for path in later_files]
    assert sum(file.warnings.get("STALE_OPEN_INTEREST", 0) for file in found) == (1 if one_command else 2)
    assert lake.contents()["stale_open_interest"].to_list() == [False, True]
