"""One number for "not known" on a whole snapshot: what is taken for it, and what becomes of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files
from flowbt.workflows.lake_status import lake_status

Option = Callable[..., dict[str, str]]
Write = Callable[..., str]
Ingest = Callable[..., IngestOutcome]
Outcome = Callable[..., FileOutcome]
Stored = Callable[[], pl.DataFrame]
DAYS = ("2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09")


@pytest.fixture
def chain(canonical: Write, option: Option) -> Callable[..., str]:
    """A day of so many calls, each with an open interest and a volume of its own; cells stand for all of them."""

    def write(day: str, contracts: int, *, seed: int = 0, first: int = 100, name: str = "", **cells: str) -> str:
        rows = [
            option(date=day, strike=str(first + n), volume=str(3 + (n * 7 + seed) % 31), open_interest=str(50 + n))
            | cells
            for n in range(contracts)
        ]
        return canonical(*rows, name=name or f"{day}-{contracts}-{first}.csv")

    return write


def zeros(file: FileOutcome) -> Mapping[str, int]:
    return {code: n for code, n in file.warnings.items() if code.startswith("ALL_")}


@pytest.fixture
def known(stored: Stored) -> Callable[[str], list[Any]]:
    """The distinct values of a column, of the last day stored."""

    def values(column: str) -> list[Any]:
        rows = stored()
        return rows.filter(pl.col("date") == rows["date"].max())[column].unique().sort().to_list()

    return values


@pytest.mark.parametrize(("contracts", "unknown"), [(5, True), (4, False)])
def test_what_was_held_the_day_before(
    contracts: int, unknown: bool, chain: Write, outcome: Outcome, known: Callable[[str], list[Any]]
) -> None:
    outcome(chain(DAYS[0], contracts))
    found = outcome(chain(DAYS[1], contracts, open_interest="0", seed=1))
    assert zeros(found) == ({"ALL_ZERO_OPEN_INTEREST": 5} if unknown else {})
    assert known("open_interest") == [None if unknown else 0]
    assert found.committed == contracts


@pytest.mark.parametrize(("contracts", "unknown"), [(10, True), (9, False)])
def test_nothing_to_go_by(
    contracts: int, unknown: bool, chain: Write, outcome: Outcome, known: Callable[[str], list[Any]]
) -> None:
    outcome(chain(DAYS[0], contracts, open_interest="0"))
    assert known("open_interest") == [None if unknown else 0]


@pytest.mark.parametrize("one_file", [True, False])
def test_days_of_zeros_in_a_row(one_file: bool, option: Option, canonical: Write, ingest: Ingest) -> None:
    of_days = [
        [option(date=day, strike=str(100 + n), volume=str(n + 5 * place), open_interest=held) for n in range(12)]
        for place, (day, held) in enumerate(zip(DAYS, ("50", "0", "0", "50"), strict=True))
    ]
    files = [[row for rows in of_days for row in rows]] if one_file else of_days
    found = ingest(*(canonical(*rows, name=f"{place}.csv") for place, rows in enumerate(files)))
    assert sum(file.warnings.get("ALL_ZERO_OPEN_INTEREST", 0) for file in found.files) == 24


@pytest.mark.parametrize(("column", "contracts"), [("open_interest", 6), ("volume", 20)])
@pytest.mark.parametrize("one_file", [True, False])
@pytest.mark.parametrize("one_command", [True, False])
def test_too_few_contracts_to_tell_are_judged_by_the_last_day_with_numbers(
    column: str, contracts: int, one_file: bool, one_command: bool, option: Option, canonical: Write, ingest: Ingest
) -> None:
    """Three days of zeros in a row, of contracts that had numbers before the first of them."""
    given = [
        [
            option(date=day, strike=str(100 + n), volume=str(5 + n + 7 * place), open_interest=str(50 + n + place))
            | ({column: "0"} if place else {})
            for n in range(contracts)
        ]
        for place, day in enumerate(DAYS)
    ]
    files = [[row for rows in given for row in rows]] if one_file else given
    paths = [canonical(*rows, name=f"{place}.csv") for place, rows in enumerate(files)]
    commands = [paths] if one_command else [[path] for path in paths]
    found = [file for command in commands for file in ingest(*command).files]
    assert sum(file.warnings.get(f"ALL_ZERO_{column.upper()}", 0) for file in found) == 3 * contracts


def test_one_contract_that_is_held_makes_the_zeros_true(
    canonical: Write, option: Option, outcome: Outcome, known: Callable[[str], list[Any]]
) -> None:
    rows = [option(strike=str(100 + n), open_interest="0" if n else "1") for n in range(30)]
    assert zeros(outcome(canonical(*rows))) == {}
    assert known("open_interest") == [0, 1]


def test_an_expiry_on_its_first_day_keeps_its_zeros(chain: Write, ingest: Ingest, stored: Stored) -> None:
    """As a file of its own, before or after that of the others, in one command or not."""
    ingest(chain(DAYS[0], 30))
    new = {"expiration": "2026-03-20", "open_interest": "0"}
    ingest(chain(DAYS[1], 12, seed=1, name="a.csv", **new), chain(DAYS[1], 30, seed=2, name="b.csv"))
    ingest(chain(DAYS[2], 12, seed=1, name="c.csv", **new))
    ingest(chain(DAYS[2], 30, seed=2, name="d.csv"))
    of_new = stored().filter(pl.col("expiration").dt.month() == 3)
    assert (of_new.height, of_new["open_interest"].unique().to_list()) == (24, [0])


def test_the_first_day_of_a_lake_in_parts(chain: Write, ingest: Ingest, stored: Stored) -> None:
    """Without a day before, another file of the same command knows better."""
    new = {"expiration": "2026-03-20", "open_interest": "0"}
    found = ingest(chain(DAYS[1], 12, name="a.csv", **new), chain(DAYS[1], 30, seed=2, name="b.csv"))
    assert [zeros(file) for file in found.files] == [{}, {}]
    assert stored()["open_interest"].null_count() == 0


def test_zeros_of_the_whole_day_in_parts(chain: Write, ingest: Ingest, stored: Stored) -> None:
    ingest(chain(DAYS[0], 30))
    found = ingest(
        chain(DAYS[1], 15, seed=1, name="a.csv", open_interest="0"),
        chain(DAYS[1], 15, seed=1, name="b.csv", first=115, open_interest="0"),
    )
    assert [zeros(file) for file in found.files] == [{"ALL_ZERO_OPEN_INTEREST": 15}] * 2
    assert stored()["open_interest"].null_count() == 30


@pytest.mark.parametrize(("traded", "unknown"), [(20, True), (19, False)])
def test_volume_of_a_chain_that_traded_the_day_before(
    traded: int, unknown: bool, chain: Write, outcome: Outcome, known: Callable[[str], list[Any]]
) -> None:
    outcome(chain(DAYS[0], traded))
    found = outcome(chain(DAYS[1], traded, volume="0"))
    assert zeros(found) == ({"ALL_ZERO_VOLUME": 20} if unknown else {})
    assert known("volume") == [None if unknown else 0]


@pytest.mark.parametrize(("contracts", "unknown"), [(500, True), (499, False)])
def test_volume_with_nothing_to_go_by(
    contracts: int, unknown: bool, chain: Write, outcome: Outcome, known: Callable[[str], list[Any]]
) -> None:
    outcome(chain(DAYS[0], contracts, volume="0"))
    assert known("volume") == [None if unknown else 0]


def test_no_one_trades_on_a_day_that_is_no_session(chain: Write, lake: Lake, known: Callable[[str], list[Any]]) -> None:
    ingest_files(lake, "canonical", [chain("2026-01-09", 30)])
    ingest_files(lake, "canonical", [chain("2026-01-10", 30, volume="0")], any_day=True)
    assert known("volume") == [0]


def test_quotes(chain: Write, outcome: Outcome, known: Callable[[str], list[Any]]) -> None:
    found = outcome(chain(DAYS[0], 3, bid="0", ask="0"))
    assert {code: found.warnings.get(code) for code in ("ALL_ZERO_QUOTES", "ZERO_BID")} == {
        "ALL_ZERO_QUOTES": 3,
        "ZERO_BID": None,
    }
    assert (known("bid"), known("ask"), known("last")) == ([None], [None], [1.5])


@pytest.mark.parametrize("name", ["delta", "gamma", "theta", "vega"])
@pytest.mark.parametrize(("contracts", "unknown"), [(10, True), (9, False)])
def test_greeks(
    contracts: int, unknown: bool, name: str, chain: Write, outcome: Outcome, known: Callable[[str], list[Any]]
) -> None:
    found = outcome(chain(DAYS[0], contracts, **{name: "0"}))
    assert zeros(found) == ({f"ALL_ZERO_{name.upper()}": 10} if unknown else {})
    assert known(name) == [None if unknown else 0]


@pytest.mark.parametrize(
    ("contracts", "bid", "expected"), [(50, "1.4", (50, [None])), (50, "", (50, [0.25])), (48, "1.4", (0, [0.25]))]
)
def test_one_volatility_for_all_contracts(
    contracts: int,
    bid: str,
    expected: tuple[int, list[float | None]],
    canonical: Write,
    option: Option,
    outcome: Outcome,
    known: Callable[[str], list[Any]],
) -> None:
    rows = [
        option(strike=str(100 + n), expiration=expiry, iv="0.25", bid=bid, ask="1.6", open_interest=str(n))
        for n in range(contracts // 2)
        for expiry in ("2026-01-16", "2026-01-23")
    ]
    found = outcome(canonical(*rows))
    assert (found.warnings.get("ALL_EQUAL_IV", 0), known("iv")) == expected


def test_rows_that_say_nothing_else_are_set_aside(
    chain: Write, outcome: Outcome, quarantine: Callable[[], Sequence[str]]
) -> None:
    found = outcome(chain(DAYS[0], 12, open_interest="0", volume="", last=""))
    assert (found.status, found.committed, found.quarantined) == ("unchanged", 0, 12)
    assert set(quarantine()) == {"ALL_ZERO_OPEN_INTEREST"}


@pytest.mark.parametrize("most_in_memory", [1, 1_000_000])
def test_rows_that_say_nothing_else_count_as_bad_rows(
    most_in_memory: int, chain: Write, ingest: Ingest, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowbt.lake.intake.spill_buffer.MOST_IN_MEMORY", most_in_memory)
    (found,) = ingest(chain(DAYS[0], 12, open_interest="0", volume="", last=""), max_quarantine=0.5).files
    assert (found.status, lake.versions()) == ("rejected", {})
    assert str(found.reason).startswith("TOO_MANY_BAD_ROWS: 12 of 12 rows cannot be used (12 ALL_ZERO_OPEN_INTEREST)")


def test_a_file_larger_than_memory(
    chain: Write, outcome: Outcome, known: Callable[[str], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowbt.lake.intake.spill_buffer.MOST_IN_MEMORY", 1)
    found = outcome(chain(DAYS[0], 12, open_interest="0"))
    assert (zeros(found), found.committed, known("open_interest")) == ({"ALL_ZERO_OPEN_INTEREST": 12}, 12, [None])


def test_the_same_file_again_changes_nothing(chain: Write, outcome: Outcome) -> None:
    outcome(chain(DAYS[0], 12))
    path = chain(DAYS[1], 12, seed=1, open_interest="0")
    assert [outcome(path).status for _ in range(2)] == ["committed", "unchanged"]


def test_status_lists_the_days_until_they_are_known(chain: Write, outcome: Outcome, lake: Lake) -> None:
    outcome(chain(DAYS[0], 30))
    outcome(chain(DAYS[1], 30, seed=1, open_interest="0"))
    outcome(chain(DAYS[2], 30, seed=2, volume="0"))
    held = lake_status(lake).chains[0]
    assert [str(day) for day in held.unknown_open_interest] == [DAYS[1]]
    assert [str(day) for day in held.unknown_volume] == [DAYS[2]]
    outcome(chain(DAYS[1], 30, seed=1))
    assert lake_status(lake).chains[0].unknown_open_interest == ()
